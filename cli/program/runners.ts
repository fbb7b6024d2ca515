/** The function that commander calls after parsing a command. */
import type { Command } from "commander";
import type { Context } from "../context";
import type { GlobalOptions, OperatorOptions } from "../options";
import type { Outcome } from "../output";

export type Print = (outcome: Outcome, options: GlobalOptions) => void;

type Action = (...given: unknown[]) => Promise<void>;

/**
 * @param load imports a command, which takes its options, and then the arguments of the command line
 */
export function runner(print: Print) {
  return <Options extends GlobalOptions, Arguments extends unknown[]>(
      load: () => Promise<(options: Options, ...args: Arguments) => Promise<Outcome>>,
    ): Action =>
    async (...given) => {
      const options = (given.at(-1) as Command).optsWithGlobals<Options>();
      print(await (await load())(options, ...(given.slice(0, -2) as Arguments)), options);
    };
}

/** The same for a command that operates a gateway: it takes a context instead of its options. */
export function operatorRunner(print: Print) {
  return <Options, Arguments extends unknown[]>(
      load: () => Promise<(context: Context<Options>, ...args: Arguments) => Promise<Outcome>>,
    ): Action =>
    async (...given) => {
      const options = (given.at(-1) as Command).optsWithGlobals<OperatorOptions & Options>();
      const [command, { findGateway }, { operator }] = await Promise.all([
        load(),
        import("../gateway"),
        import("../operator"),
      ]);
      const gateway = await findGateway(options);
      const context = { gateway, options, by: operator(gateway), reason: options.reason ?? "no reason given" };
      print(await command(context, ...(given.slice(0, -2) as Arguments)), options);
    };
}

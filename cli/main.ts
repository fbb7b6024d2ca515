/**
 * `edgegate <command>`: the command line. Each command calls the module that does the work, and is loaded when it is
 * used.
 */
import { createRequire } from "node:module";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { ConfigError } from "../config/error";
import type { Engine } from "../local/engines";
import { SHORT_ID } from "../session/revocation";
import { onStderr } from "./colors";
import type { Context } from "./context";
import { CommandFailure, EXIT_CODES, EXIT_CODE_HELP, type Exit } from "./failures";
import type { GlobalOptions, OperatorOptions } from "./options";
import type { Outcome } from "./output";
import { printable, printableJson } from "./printable";

const MAX_REASON = 500;
/** The revoker's. */
const MAX_LIMIT = 1_000;

/** Those of local/engines.ts, which takes too long to load for `--help`. */
const ENGINE_NAMES: readonly Engine[] = ["sandbox", "njs"];

const EXAMPLES = `
Examples:
  edgegate init
  edgegate dev
  edgegate sessions --user alice@example.com
  edgegate revoke user alice@example.com --reason "laptop stolen"
  edgegate lockdown --reason "store read by an unknown role" --yes
  edgegate secrets put main --file client-secret.txt
  edgegate sessions --local                 the gateway that edgegate dev runs

Exit codes:
${Object.entries(EXIT_CODE_HELP)
  .map(([exit, text]) => `  ${EXIT_CODES[exit as Exit]}  ${text}`)
  .join("\n")}
`;

function createProgram(print: (outcome: Outcome, options: GlobalOptions) => void): Command {
  const program = new Command("edgegate")
    .description(
      "Makes and operates a gateway in front of a site: who may pass, who is signed in, ending sessions, keys.",
    )
    .version(version())
    .option("--config <file>", "the gateway's config (EDGEGATE_CONFIG, or gateway.config.ts)")
    .option("--json", "print one JSON document")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", EXAMPLES)
    .exitOverride();
  addProject(program, print);
  addOperation(program, print);
  return program;
}

/** What is done with a config, before there is a gateway. */
function addProject(program: Command, print: (outcome: Outcome, options: GlobalOptions) => void): void {
  /** @param load imports the command */
  const run =
    <Options extends GlobalOptions>(load: () => Promise<(options: Options) => Promise<Outcome>>) =>
    async (...given: unknown[]): Promise<void> => {
      const options = (given.at(-1) as Command).optsWithGlobals<Options>();
      print(await (await load())(options), options);
    };

  program.commandsGroup("A gateway in the making:");
  program
    .command("init")
    .description("write a config, and what belongs beside it; asks for what no option says")
    .option("--name <name>", "begins the name of every resource")
    .option("--domain <host>", "the host that people open")
    .option("--issuer <url>", "of your OpenID Connect provider")
    .option("--client-id <id>", "that the provider gave the site")
    .option("--origin <host>", 'the site behind the gateway, or "s3" for a bucket of its own')
    .option("--dns <id>", "the domain's Route 53 zone, or the ARN of a certificate in us-east-1")
    .action(run(async () => (await import("./commands/init")).init));
  program
    .command("check")
    .description("check the config, and say what its policy decides")
    .action(run(async () => (await import("./commands/check")).check));
  program
    .command("dev")
    .description("the gateway on this machine, with the files that would be deployed")
    .option("--check", "start, sign in by script, print what happened, end (0: all well, 1: not)")
    .addOption(new Option("--port <n>", "port of the site").default(8443).argParser(parsePort))
    .addOption(new Option("--engine <name>", "what runs the gate").choices(ENGINE_NAMES).default("sandbox"))
    .option("--issuer <url>", "another OpenID provider in the place of the local one, with")
    .option("--client-id <id>", "the client that it knows the site by, and")
    .option("--client-secret-file <path>", "a file with that client's secret, where it has one")
    .action(run(async () => (await import("./commands/dev")).dev));
  program
    .command("synth")
    .description("write the Terraform configuration")
    .action(run(async () => (await import("./commands/synth")).synth));
  program
    .command("bench")
    .description("measure what has a price, and hold it against its limit; needs no config")
    .action(run(async () => (await import("./commands/bench")).bench));
}

/** What is asked of a gateway that runs. */
function addOperation(program: Command, print: (outcome: Outcome, options: GlobalOptions) => void): void {
  /** @param load imports the command; what it takes are the command's arguments */
  const run =
    <Options, Arguments extends unknown[]>(
      load: () => Promise<(context: Context<Options>, ...args: Arguments) => Promise<Outcome>>,
    ) =>
    async (...given: unknown[]): Promise<void> => {
      const options = (given.at(-1) as Command).optsWithGlobals<OperatorOptions & Options>();
      const [command, { findGateway }, { operator }] = await Promise.all([
        load(),
        import("./gateway"),
        import("./operator"),
      ]);
      const gateway = await findGateway(options);
      const context = { gateway, options, by: operator(gateway), reason: options.reason ?? "no reason given" };
      print(await command(context, ...(given.slice(0, -2) as Arguments)), options);
    };
  const operating = (command: Command): Command =>
    command
      .option("--local [port]", "the gateway that edgegate dev runs here; --local=<port> where several run")
      .option("--reason <text>", "why, for the ledger", parseReason)
      .option("--yes", "do not ask before wide effects");

  program.commandsGroup("A gateway that runs:");
  operating(program.command("sessions"))
    .description("list sessions whose time is not up, the newest first; state says which are revoked")
    .option("--user <user>", "of one user: e-mail address or uid")
    .option("--all", "with --user: those that are over or signed out too")
    .option("--limit <n>", "at most so many (100)", parseLimit)
    .action(run(async () => (await import("./commands/sessions")).sessions));

  const revoke = program.command("revoke").description("end sessions");
  operating(revoke.command("user"))
    .description("end every session of one user; the user may sign in again if the identity provider agrees")
    .argument("[user]", "e-mail address or uid")
    .option("--issuer <url>", "the user by issuer and subject of the identity provider")
    .option("--subject <sub>", "goes with --issuer")
    .action(run(async () => (await import("./commands/revoke-user")).revokeUser));
  operating(revoke.command("session"))
    .description("end one session")
    .argument("<sid>", "as edgegate sessions lists it")
    .action(run(async () => (await import("./commands/revoke-session")).revokeSession));

  operating(program.command("lockdown"))
    .description("end every session and replace every session key, at once")
    .action(run(async () => (await import("./commands/lockdown")).lockdown));

  operating(program.command("rotate-keys"))
    .description("a new session key; sessions go on")
    .option("--no-wait", "do not wait until it signs")
    .action(run(async () => (await import("./commands/rotate-keys")).rotateKeys));

  const store = program.command("store").description("the key value store that the gate reads");
  operating(store.command("check"))
    .description("compare it with ledger and keys; changes nothing")
    .action(run(async () => (await import("./commands/store")).checkStore));
  operating(store.command("rebuild"))
    .description("make it equal to ledger and keys")
    .action(run(async () => (await import("./commands/store")).rebuildStore));

  operating(program.command("secrets").description("client secrets of identity providers").command("put"))
    .description("store a client secret, from a file, from stdin or asked for without showing it")
    .argument("<idp>", "the identity provider's id in the config")
    .option("--file <path>", "a file that holds the secret and nothing else")
    .action(run(async () => (await import("./commands/put-secret")).putSecret));
}

function version(): string {
  const { version } = createRequire(__filename)("edgegate/package.json") as { version: string };
  return version;
}

function parsePort(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new InvalidArgumentError("write a number up to 65535.");
  return Number(text);
}

function parseLimit(text: string): number {
  if (!/^[1-9][0-9]{0,3}$/.test(text) || Number(text) > MAX_LIMIT)
    throw new InvalidArgumentError(`write a number from 1 to ${MAX_LIMIT}.`);
  return Number(text);
}

function parseReason(text: string): string {
  if (text.trim() === "" || text.length > MAX_REASON)
    throw new InvalidArgumentError(`write 1 to ${MAX_REASON} characters.`);
  return text;
}

/**
 * A bare `--local` must not take the word after it for its port, which is written with `=`.
 *
 * @throws CommandFailure where that word can only be meant as one
 */
function withoutGuesses(args: readonly string[]): string[] {
  const port = args.find((argument, place) => args[place - 1] === "--local" && /^\d{1,5}$/.test(argument));
  if (port !== undefined) throw new CommandFailure("usage", `${port} is no part of --local`, `write --local=${port}`);
  return args.map((argument) => (argument === "--local" ? "--local=" : argument));
}

/** A uid or sid may begin with a hyphen: behind `--` the parser takes it for no option. */
function withIdsLast(program: Command, args: readonly string[]): string[] {
  const options = withSubcommands(program).flatMap((command) => command.options);
  const isId = (argument: string, place: number): boolean =>
    argument.startsWith("-") &&
    SHORT_ID.test(argument) &&
    !options.some(({ long }) => long === argument) &&
    !options.some(({ long, required }) => required && long === args[place - 1]);
  const ids = args.filter(isId);
  return ids.length === 0 || args.includes("--")
    ? [...args]
    : [...args.filter((argument, place) => !isId(argument, place)), "--", ...ids];
}

async function main(args: readonly string[]): Promise<Exit> {
  const isJson = args.includes("--json");
  let exit: Exit = "done";
  const program = createProgram((outcome, { json }) => {
    process.stdout.write(json ? `${printableJson(outcome.json)}\n` : outcome.text);
    exit = outcome.exit ?? "done";
  });
  const usage: string[] = [];
  for (const command of withSubcommands(program)) command.configureOutput({ writeErr: (text) => usage.push(text) });
  try {
    await program.parseAsync(withIdsLast(program, withoutGuesses(args)), { from: "user" });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return "done";
    // The parser wrote the help, because a subcommand is missing.
    if (error instanceof CommanderError && error.code === "commander.help" && !isJson) {
      process.stderr.write(usage.join(""));
      return "usage";
    }
    const failure = failureOf(error, usage.join(""));
    if (isJson)
      process.stdout.write(
        `${printableJson({ error: { code: failure.exit, message: failure.message, hint: failure.hint } })}\n`,
      );
    else
      process.stderr.write(
        `${onStderr.red("edgegate:")} ${failure.message}\n${failure.hint === undefined ? "" : `${failure.hint}\n`}`,
      );
    return failure.exit;
  }
}

/** @param usage what the parser wrote of a mistake on the command line */
function failureOf(error: unknown, usage: string): CommandFailure {
  if (error instanceof CommandFailure) return error;
  if (error instanceof ConfigError) return new CommandFailure("usage", error.message);
  if (error instanceof CommanderError)
    return new CommandFailure(
      "usage",
      printableLines(usage.replace(/^error: /, "")),
      "edgegate --help lists commands and options",
    );
  if (!(error instanceof Error)) return new CommandFailure("failed", "unknown error");
  const { name, message } = error;
  return new CommandFailure("failed", printableLines(name === "Error" ? message : `${name}: ${message}`));
}

function printableLines(text: string): string {
  return text.trimEnd().split("\n").map(printable).join("\n");
}

function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Whoever reads may have gone, as `head` does: the command has done what it did, and its exit code says so. */
function unwritten({ code }: NodeJS.ErrnoException): void {
  if (code === "EPIPE") return;
  process.exitCode = EXIT_CODES.failed;
  process.stderr.write(
    `${onStderr.red("edgegate:")} what the command did could not be written (${code}); it may be done all the same\n`,
  );
}

// cdktf and others call deprecated functions of Node; no operator can do anything about it.
process.noDeprecation = true;
process.stdout.on("error", unwritten);
process.stderr.on("error", () => {});
void main(process.argv.slice(2)).then((exit) => {
  process.exitCode ??= EXIT_CODES[exit];
});

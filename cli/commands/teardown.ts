/** `edgegate teardown --plan`: lists the steps of a teardown, from the config alone. It changes nothing. */
import { relative } from "node:path";
import { loadConfig } from "../../config/load";
import { cdktfCommand, configFile } from "../config-file";
import { usageFailure } from "../failures";
import type { GlobalOptions } from "../options";
import { facts, type Outcome } from "../output";

interface TeardownOptions extends GlobalOptions {
  plan?: boolean;
}

export async function teardown({ plan, ...options }: TeardownOptions): Promise<Outcome> {
  if (!plan)
    throw usageFailure(
      "this command destroys nothing; Terraform does",
      "write edgegate teardown --plan to see the steps of a teardown, in order",
    );
  const file = configFile(options);
  const config = loadConfig(file);
  const [{ teardownSteps }, { stackToDestroy }] = await Promise.all([
    import("../teardown/steps"),
    import("../teardown/stack"),
  ]);
  const stack = stackToDestroy(config);
  const steps = teardownSteps(config, stack, cdktfCommand(file));
  const commandsOf = (commands: readonly string[]) => commands.map((line): [string, string] => ["type", line]);
  return {
    json: { gateway: config.name, protected: config.deletionProtection, steps },
    text:
      `To tear down "${config.name}" (${relative("", file)})\n` +
      steps
        .map(
          ({ title, items, commands }, place) =>
            `\n${place + 1}. ${title}\n` +
            facts([
              ...items.map(({ fate, kind, name, note }): [string, string] => [fate, `${kind} ${name}: ${note}`]),
              ...commandsOf(commands),
            ]),
        )
        .join(""),
  };
}

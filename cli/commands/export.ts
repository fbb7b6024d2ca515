/** `edgegate export`: writes the gateway as a Terraform module, for people without Node.js. */
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { loadConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { configFile } from "../config-file";
import { configFacts } from "../config-text";
import { CommandFailure } from "../failures";
import type { GlobalOptions } from "../options";
import { facts, type Outcome } from "../output";

export async function exportModule(
  { zip, ...options }: GlobalOptions & { zip?: string },
  folder: string,
): Promise<Outcome> {
  const file = configFile(options);
  const config = loadConfig(file);
  refuseMadeClients(config);
  const [{ moduleFiles }, { archiveOf, FolderInUse, writeModule }] = await Promise.all([
    import("../../export/files"),
    import("../../export/write"),
  ]);
  const files = moduleFiles(config);
  try {
    writeModule(folder, files);
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    throw new CommandFailure(
      "usage",
      `${folder} has files, but no module that edgegate export wrote`,
      "name another folder, or empty this one",
    );
  }
  if (zip !== undefined) writeFileSync(zip, archiveOf(folder));
  const names = Object.keys(files);
  return {
    json: { config: file, folder, files: names, ...(zip !== undefined && { zip }) },
    text:
      `Exported the gateway "${config.name}" as a Terraform module\n` +
      facts([
        ["config", relative("", file)],
        ...configFacts(config),
        ["written", `${names.length} files in ${folder}`],
        ...(zip === undefined
          ? []
          : [["archive", `${zip}: the same bytes wherever this version exports this config`] as [string, string]]),
        ["next", `read ${folder}/README.md; ${folder}/examples/gateway calls the module`],
      ]),
  };
}

/** Their stacks are not part of the gateway's, and a module gets what they make as variables. */
function refuseMadeClients({ identityProviders }: Config): void {
  for (const [id, { app, pool }] of Object.entries(identityProviders)) {
    if (!app && !pool) continue;
    const kind = app ? "app" : "pool";
    throw new CommandFailure(
      "usage",
      `identityProviders.${id}.${kind} is a stack of its own, which a module of the gateway does not have`,
      `write clientId${app ? "" : " and issuer"} in place of ${kind}, with the outputs of that stack`,
    );
  }
}

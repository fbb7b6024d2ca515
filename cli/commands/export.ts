/** `edgegate export`: writes the gateway as a Terraform module, for people without Node.js. */
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { loadConfig } from "../../config/load";
import { configFile } from "../config-file";
import { configFacts } from "../config-text";
import { usageFailure } from "../failures";
import type { GlobalOptions } from "../options";
import { facts, type Outcome } from "../output";

export async function exportModule(
  { zip, ...options }: GlobalOptions & { zip?: string },
  folder: string,
): Promise<Outcome> {
  const file = configFile(options);
  const config = loadConfig(file);
  const [{ moduleFiles }, { archiveOf, FolderInUse, writeModule }] = await Promise.all([
    import("../../export/files"),
    import("../../export/write"),
  ]);
  const files = moduleFiles(config);
  try {
    writeModule(folder, files);
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    throw usageFailure(
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

/** A gateway as a reusable Terraform module: the stack, with variables in the place of the config's values. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Artifacts } from "../build/artifacts";
import type { Config } from "../config/schema";
import { synthesize } from "../stacks/synthesize";
import { templateOf, type Replaced } from "./template";
import { localsOf, variablesOf } from "./variables";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export interface ModuleJson {
  terraform: { [key: string]: Json };
  variable: Record<string, object>;
  locals: { [key: string]: Json };
  resource: Record<string, Record<string, { [key: string]: Json }>>;
  output: Record<string, object>;
}

export interface GatewayModule {
  /** In Terraform's JSON syntax. */
  json: ModuleJson;
  replaced: readonly Replaced[];
}

/** Where a module has the files of its functions. */
export const BUNDLES = "bundles";

export function moduleOf(config: Config, artifacts?: Artifacts): GatewayModule {
  const template = templateOf(config);
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-export-"));
  try {
    const { stackDir } = synthesize(template.config, {
      outdir,
      stackName: "gateway",
      ...(artifacts && { artifacts }),
    });
    const text = readFileSync(join(stackDir, "cdk.tf.json"), "utf8");
    const { locals, output, resource, terraform, variable } = JSON.parse(inModule(text)) as ModuleJson;
    return {
      replaced: template.replaced,
      json: {
        terraform: {
          required_version: terraform["required_version"]!,
          required_providers: terraform["required_providers"]!,
        },
        variable: { ...variablesOf(template.replaced), ...variable },
        locals: { ...localsOf(template.replaced), ...locals },
        resource,
        output,
      },
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** `assets/auth_zip/<hash>/auth.zip` to the module's own file. */
function inModule(text: string): string {
  return text.replace(/assets\/\w+\/[0-9A-F]{32}\/([\w.-]+)/g, `\${path.module}/${BUNDLES}/$1`);
}

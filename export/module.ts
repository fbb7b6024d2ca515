/** A gateway as a reusable Terraform module: the stack, with variables instead of the config's values. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifacts as shipped, type Artifacts } from "../build/artifacts";
import type { Config } from "../config/schema";
import { isPolicyStored } from "../stacks/gate-code";
import { REGION } from "../stacks/provider-check";
import { synthesize } from "../stacks/synthesize";
import { BUNDLES } from "./bundles";
import type { Json, ModuleJson } from "./module-json";
import { managedClients, withBroughtClients } from "./identity/managed-clients";
import { withPolicyVariable } from "./policy";
import { templateOf, type Replaced } from "./template";
import { localsOf, variablesOf } from "./variables";

export interface GatewayModule {
  json: ModuleJson;
  replaced: readonly Replaced[];
  /** True if the policy is a variable; otherwise it is the config's. */
  hasPolicy: boolean;
}

/**
 * @param exported the config. Clients that Terraform makes are treated like existing ones: their modules are beside the
 * gateway's (export/identity/)
 * @throws Error if a value of the config got into the module in a form that Terraform cannot compute, which is a
 * mistake in options.ts
 */
export function moduleOf(exported: Config, artifacts?: Artifacts): GatewayModule {
  const config = withBroughtClients(exported);
  // Terraform compiles a policy to source, not to records of the store. The records are by host, so hosts are fixed, too.
  const hasPolicy = !isPolicyStored(config, artifacts ?? shipped());
  const open = { ...config, maintenance: undefined };
  const pools = managedClients(exported).flatMap(({ id, kind }) => (kind === "pool" ? [id] : []));
  const template = hasPolicy
    ? templateOf(open, { unknownIssuers: pools })
    : templateOf(config, { unknownIssuers: pools, fixed: ["domain", "alternateDomains"] });
  const { data, locals, output, resource, terraform, variable } = stackOf(template.config, artifacts);
  const json: ModuleJson = {
    terraform: {
      required_version: terraform["required_version"]!,
      required_providers: terraform["required_providers"]!,
    },
    variable: { ...variablesOf(template.replaced), ...variable },
    locals: { ...localsOf(template.replaced), ...locals },
    data: { ...data, aws_region: { here: {} } },
    resource: withRegionCheck(resource),
    output,
  };
  return { json: hasPolicy ? withPolicyVariable(json, open) : json, replaced: template.replaced, hasPolicy };
}

function stackOf(config: Config, artifacts: Artifacts | undefined): ModuleJson {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-export-"));
  try {
    const { stackDir } = synthesize(config, { outdir, stackName: "gateway", ...(artifacts && { artifacts }) });
    return JSON.parse(inModule(readStack(stackDir))) as ModuleJson;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** @returns `cdk.tf.json` @throws Error if the stack has changed a reference to a variable */
export function readStack(stackDir: string): string {
  const text = readFileSync(join(stackDir, "cdk.tf.json"), "utf8");
  // CDKTF's placeholders: unchanged, encoded together with the text around them, or as a list of their letters.
  const left = /.{0,40}(?:TfToken|TOKEN\W|\de\+2\d\d|"T\\?", ?\\?"f\\?").{0,40}/.exec(text);
  if (left) throw new Error(`the stack changes a value that is a variable of the module: ${left[0]}`);
  return text;
}

/** `assets/auth_zip/<hash>/auth.zip` to the module's own file. */
function inModule(text: string): string {
  return text.replace(/assets\/\w+\/[0-9A-F]{32}\/([\w.-]+)/g, `\${path.module}/${BUNDLES}/$1`);
}

/** Like stacks/provider-check.ts: the provider is the caller's. */
function withRegionCheck(resource: ModuleJson["resource"]): ModuleJson["resource"] {
  const { fixed_settings, ...data } = resource["terraform_data"]!;
  const { lifecycle } = fixed_settings as { lifecycle: { [key: string]: Json } };
  const precondition = [
    {
      // Both versions of the provider have `id`. The attribute with the name differs.
      condition: `\${data.aws_region.here.id == "${REGION}"}`,
      error_message: `The aws provider of this module must be for ${REGION}: write providers = { aws = aws.us_east_1 }.`,
    },
  ];
  return {
    ...resource,
    terraform_data: { fixed_settings: { ...fixed_settings, lifecycle: { ...lifecycle, precondition } }, ...data },
  };
}

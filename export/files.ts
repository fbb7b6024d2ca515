/** The files of a module: HCL by topic, its bundles, an example call, and a test. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { artifacts as shipped, type Artifacts } from "../build/artifacts";
import type { Config } from "../config/schema";
import { PROVIDER_LOCK } from "../stacks/provider-lock";
import { BUNDLES, bundleFile, bundlesOf } from "./bundles";
import { exampleOf } from "./call";
import { hclOf } from "./hcl/hcl-of";
import { identityFolder } from "./identity/call";
import type { IdentityModule } from "./identity/identity-module";
import { withBroughtClients } from "./identity/managed-clients";
import { identityModules } from "./identity/modules";
import { identityReadme } from "./identity/readme";
import { identityTests } from "./identity/tests";
import { moduleOf, type GatewayModule } from "./module";
import { readmeOf } from "./readme";
import { sbomOf } from "./sbom";
import { sitePages } from "./site-pages";
import { testsOf } from "./tests";

/** HCL that is the same in every module. */
const MODULE = join(__dirname, "module");

/** The subset of these files that compiles a variable policy. */
const COMPILED = [
  "maintenance.tf",
  "policy.tf",
  "policy-checks.tf",
  "policy-requirements.tf",
  "policy-rule-checks.tf",
  "policy-source.tf",
  "requirements.tf",
  "site.tf",
];

/** The file of a resource or a local by the first word of its name. */
const TOPICS: Record<string, readonly string[]> = {
  "access-logs.tf": ["access_logs"],
  "alarms.tf": ["alarm", "query", "dashboard"],
  "audit.tf": ["audit"],
  "checks.tf": ["fixed_settings", "here"],
  "distribution.tf": ["gateway", "origin", "site", "site_handler", "cache", "security_headers"],
  "domains.tf": ["certificate", "alias", "redirect"],
  "api.tf": ["api_gate", "bearer", "access_token"],
  "gate.tf": ["gate", "session_store", "site_places", "site_pages"],
  "ledger.tf": ["ledger"],
  "revocation.tf": ["revoker"],
  "session-keys.tf": ["key_rotator"],
  "sign-in.tf": ["auth", "secret", "required_roles", "session"],
  "store-access.tf": ["store_access"],
  "web-acl.tf": ["web_acl"],
};

export type Files = Record<string, string | Uint8Array>;

/** @returns contents by path in the module's folder */
export function moduleFiles(config: Config, artifacts: Artifacts = shipped()): Files {
  return filesOf(moduleOf(config, artifacts), config, artifacts);
}

/** @param exported the config whose values the example has */
export function filesOf(module: GatewayModule, exported: Config, artifacts: Artifacts): Files {
  const config = withBroughtClients(exported);
  const identity = identityModules(exported);
  const bundles = bundlesOf(config, module).map((name) => [`${BUNDLES}/${name}`, read(bundleFile(artifacts, name))]);
  const pages = sitePages(config).length > 0 ? ["site-pages.tf"] : [];
  const compiled = module.hasPolicy ? [...COMPILED, ...pages] : [];
  return {
    ...hclOf(module.json, { fileOf }),
    ...Object.fromEntries(compiled.map((name) => [name, read(join(MODULE, name))])),
    ...(Object.fromEntries(bundles) as Record<string, Uint8Array>),
    "README.md": readmeOf(config, module, identity),
    "sbom.cdx.json": sbomOf(
      artifacts,
      identity.map(({ client }) => client.name),
    ),
    "tests/gateway.tftest.hcl": testsOf(config, module),
    "examples/gateway/main.tf": exampleOf(config, module, identity),
    "examples/gateway/.terraform.lock.hcl": PROVIDER_LOCK,
    ...Object.fromEntries(identity.flatMap((each) => Object.entries(identityFiles(each)))),
  };
}

/** Below the gateway's module, where Terraform's tools look for submodules. */
function identityFiles(module: IdentityModule): Files {
  const { client, json, topics } = module;
  const files = {
    ...hclOf(json, { fileOf: (address) => fileAmong(topics, address) }),
    "README.md": identityReadme(module),
    [`tests/${client.name}.tftest.hcl`]: identityTests(module),
  };
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [`${identityFolder(client)}/${path}`, content]),
  );
}

/** @param address such as `aws_sqs_queue.revoker_queue_dead`, `local.gate_code` or `var.name` */
export function fileOf(address: string): string {
  return fileAmong(TOPICS, address);
}

/** @param topics the first words of names, by file */
function fileAmong(topics: Readonly<Record<string, readonly string[]>>, address: string): string {
  const [kind, ...rest] = address.split(".") as [string, ...string[]];
  if (kind === "terraform") return "versions.tf";
  if (kind === "var") return "variables.tf";
  if (kind === "output") return "outputs.tf";
  const name = rest.at(-1)!;
  const words = (prefix: string) => name === prefix || new RegExp(`^${prefix}[_-]`).test(name);
  const found = Object.entries(topics).flatMap(([file, prefixes]) =>
    prefixes.filter(words).map((prefix) => ({ file, length: prefix.length })),
  );
  const longest = found.sort((a, b) => b.length - a.length)[0];
  if (!longest) throw new Error(`no file for ${address}: add the first word of its name to a topic (export/files.ts)`);
  return longest.file;
}

function read(path: string): Uint8Array {
  return readFileSync(path);
}

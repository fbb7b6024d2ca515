/**
 * Common parts of the modules of identity providers. Like the gateway's, each is a stack that ran with references
 * instead of values (docs/decisions/0073-identity-modules.md).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ref, Token, type App, type TerraformStack } from "cdktf";
import { cannotMakeRole, MADE_ROLE_NAME } from "../../config/identity-provider-checks";
import type { Config } from "../../config/schema";
import { rolesOf } from "../../policy/rule";
import { hostsOf } from "../../stacks/settings";
import { synthesizeStack } from "../../stacks/synthesize";
import { readStack } from "../module";
import type { Json, ModuleJson } from "../module-json";
import { MODULE_OPTIONS, type ModuleOption } from "../options";
import { replacedIn, snakeCase, withReferences, type Replaced } from "../template";
import { localsOf, re2, sentence, variablesOf, type Validation, type Variable } from "../variables";
import type { ManagedClient } from "./managed-clients";

/** A variable from which the stack would compute a value. The module has an expression for that. */
export interface ComputedVariable {
  variable: Variable;
  /** Type and default, for the README. */
  type: string;
  initial: string;
  /** The value in the config. */
  value: Json;
  /** A value that the module refuses, for its own test. */
  wrong?: Json;
}

export interface IdentityModule {
  client: ManagedClient;
  json: ModuleJson;
  replaced: readonly Replaced[];
  computed: Readonly<Record<string, ComputedVariable>>;
  /** The file of a resource, a local or a data source by the first words of its name. */
  topics: Readonly<Record<string, readonly string[]>>;
  /** The README's text before the variables. */
  about: string;
  /** The region of the pool in the config. */
  region?: string;
  /** The tenant of the app, if the config names it. */
  home?: string | undefined;
}

/** The part of the gateway's config that a stack of an identity provider needs. */
export interface GatewayPart {
  name: string;
  domain: string;
  alternateDomains: string[];
}

const DESCRIPTIONS: Record<string, string> = {
  name: "The gateway's name, as in its module.",
  domain: "The gateway's `domain`.",
  alternateDomains: "The gateway's `alternate_domains`.",
};

const GATEWAY_OPTIONS: readonly ModuleOption[] = MODULE_OPTIONS.filter(({ path }) => path in DESCRIPTIONS).map(
  (option) => ({ ...option, description: DESCRIPTIONS[option.path]! }),
);

export function gatewayPart({ name, domain, alternateDomains }: Config): GatewayPart {
  return { name, domain, alternateDomains: [...alternateDomains] };
}

/** The gateway's part of a stack's properties, with references. */
export function gatewayProps(part: GatewayPart, { basePath }: Config) {
  return { name: part.name, basePath, hosts: hostsOf(part as Config) };
}

/**
 * @param part of the config: the gateway's part, and the app or the pool
 * @param renamed place of an option in the module's variables, if it differs from the config's
 */
export function templateOfPart<T extends GatewayPart>(
  part: T,
  options: readonly ModuleOption[],
  renamed: (keys: readonly string[]) => string[] | undefined,
): { template: T; replaced: Replaced[] } {
  const placeOf = (keys: readonly string[]) => renamed(keys) ?? keys.map(snakeCase);
  const replaced = replacedIn(part, [...GATEWAY_OPTIONS, ...options], placeOf);
  return { template: withReferences(part, replaced), replaced };
}

export function referenceToRoles(): string[] {
  return Token.asList(ref("var.roles"));
}

/** @returns the stack's JSON */
export function runStack(build: (app: App) => TerraformStack): ModuleJson {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-export-"));
  try {
    return JSON.parse(readStack(synthesizeStack(outdir, build))) as ModuleJson;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The stack's JSON as a module's: without provider and backend, which are the caller's. */
export function moduleJson(
  { terraform, variable, locals, data, resource, output }: ModuleJson,
  replaced: readonly Replaced[],
  computed: Readonly<Record<string, ComputedVariable>>,
): ModuleJson {
  const own = Object.entries(computed).map(([name, { variable }]) => [name, variable] as const);
  const { name, domain, alternate_domains, ...others } = variablesOf(replaced);
  return {
    terraform: {
      required_version: terraform["required_version"]!,
      required_providers: terraform["required_providers"]!,
    },
    variable: {
      ...(name && { name }),
      ...(domain && { domain }),
      ...(alternate_domains && { alternate_domains }),
      ...Object.fromEntries(own),
      ...others,
      ...variable,
    },
    locals: { ...localsOf(replaced), ...locals },
    data: { ...data },
    resource,
    output,
  };
}

export function rolesVariable(config: Config, more: Validation[] = []): ComputedVariable {
  const value = rolesOf(config.policy);
  const isOdd = `!can(regex("${re2(MADE_ROLE_NAME)}", role))`;
  return {
    variable: {
      type: "list(string)",
      description: "The roles of the policy: the output `roles` of the gateway's module.",
      default: value,
      nullable: false,
      validation: [
        refusing(`for role in var.roles : "roles: ${cannotMakeRole('\\"${role}\\"')}." if ${isOdd}`),
        ...more,
      ],
    },
    type: "list of texts",
    initial: "the config's",
    value,
    wrong: ["two words"],
  };
}

/**
 * A validation that lists its problems.
 *
 * @param problems the inside of a `for` expression that makes a line for each
 */
export function refusing(problems: string): Validation {
  return { condition: `\${length([${problems}]) == 0}`, error_message: `\${join("\\n", [${problems}])}` };
}

/** A text of the config inside quotation marks of Terraform. */
export function quotable(message: string): string {
  return sentence(message).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
}

/** Changes a resource. @param change from its JSON, to its JSON */
export function withResource(
  json: ModuleJson,
  type: string,
  name: string,
  change: (body: { [key: string]: Json }) => { [key: string]: Json },
): ModuleJson {
  const body = json.resource[type]?.[name];
  if (!body) throw new Error(`the stack has no ${type}.${name}`);
  return { ...json, resource: { ...json.resource, [type]: { ...json.resource[type], [name]: change(body) } } };
}

/** Replaces computed values with expressions. */
export function withForEach(json: ModuleJson, type: string, name: string, expression: string): ModuleJson {
  return withResource(json, type, name, (body) => ({ ...body, for_each: `\${${expression}}` }));
}

/** A command that reads a secret and stores it for the gateway; the secret is never on the screen or in a file. */
export function storeSecret(secretName: string): string {
  return `tr -d '\\n' | aws secretsmanager put-secret-value --region us-east-1 --secret-id ${secretName} --secret-string file:///dev/stdin`;
}

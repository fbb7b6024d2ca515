/**
 * The policy as a variable. `module/*.tf` compiles it (docs/decisions/0057-policy-in-hcl.md); here is what else follows
 * from it: the roles that providers may grant, the site that is closed, and what Terraform has to refuse.
 */
import { createHash } from "node:crypto";
import type { Config, Origin } from "../config/schema";
import { targetsWithoutHost } from "../config/host-checks";
import { placesOf } from "../config/site-checks";
import { policySource } from "../policy/source";
import { isS3 } from "../stacks/origins/origins";
import type { Json, ModuleJson } from "./module-json";

type Block = { [key: string]: Json };

/**
 * Terraform cannot prove what the synth proves of these sites: that a page which stands for others is open to all who see
 * it (sites/served-alike.ts). Their policy is fixed by the export.
 */
export function isPolicyFixed(config: Config): boolean {
  return originsOf(config).some((origin) => isS3(origin) && (origin.spa || origin.notFound !== undefined));
}

/** @param config without maintenance, which is a variable, too */
export function withPolicyVariable(json: ModuleJson, config: Config): ModuleJson {
  const { auth_settings, gate_settings, ...locals } = json.locals as Record<string, Block>;
  const { identityProviders, ...settings } = auth_settings as Block & { identityProviders: Record<string, Block> };
  const gate = json.resource["aws_cloudfront_function"]!["gate"]! as { lifecycle: { precondition: Json[] } };
  return {
    ...json,
    locals: {
      ...locals,
      required_roles: "${sort(distinct(flatten([for rule in var.policy : coalesce(rule.roles, [])])))}",
      gate_policy: "${local.policy_source}",
      gate_site: "${local.site_source}",
      site_places: placesOf(config).map(({ pattern, site }) => ({
        pattern,
        index: site?.index || null,
        spa: site?.spa ?? false,
      })),
      gate_settings: `\${merge(local.gate_settings_open, var.maintenance == null ? {} : { closed = ${RETRY_AFTER} })}`,
      gate_settings_open: gate_settings!,
      auth_settings: `\${${withoutNull("local.auth_settings_all")}}`,
      auth_settings_all: {
        ...settings,
        identityProviders: `\${{ for id, provider in local.auth_identity_providers : id => ${withoutNull("provider")} }}`,
        maintenance: MAINTENANCE,
      },
      auth_identity_providers: Object.fromEntries(
        Object.entries(identityProviders).map(([id, provider]) => [id, { ...provider, roles: rolesOf(config, id) }]),
      ),
    },
    resource: {
      ...json.resource,
      aws_cloudfront_function: {
        ...json.resource["aws_cloudfront_function"],
        gate: {
          ...gate,
          lifecycle: { ...gate.lifecycle, precondition: [...gate.lifecycle.precondition, ...preconditions(config)] },
        },
      },
    },
  };
}

/** `formatdate` prints what a time says in its own zone, so the zone's offset is taken from it first. */
const OFFSET = `try(regex("([+-])([0-9]{2}):([0-9]{2})$", var.maintenance.until), ["+", "00", "00"])`;
const IN_UTC = `timeadd(var.maintenance.until, format("%s%sh%sm", ${OFFSET}[0] == "+" ? "-" : "", ${OFFSET}[1], ${OFFSET}[2]))`;

/** As Retry-After: a date (https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3), or seconds as in stacks/settings.ts. */
const RETRY_AFTER = `try(formatdate("EEE, DD MMM YYYY hh:mm:ss 'GMT'", ${IN_UTC}), "300")`;

const MAINTENANCE = `\${var.maintenance == null ? null : ${withoutNull(
  "{ until = var.maintenance.until, message = var.maintenance.message, admitsSome = var.maintenance.roles == null ? null : true }",
)}}`;

/** The settings leave out what is the default. @returns an expression */
function withoutNull(object: string): string {
  return `{ for name, value in ${object} : name => value if value != null }`;
}

/** As `grantsOf` of config/identity-provider.ts: the roles of the policy that this provider may grant. */
function rolesOf(config: Config, id: string): string {
  const { grant, ...mapping } = config.identityProviders[id]!.roles;
  const isOnly = Object.keys(config.identityProviders).length === 1;
  const granted = grant
    ? `[for name in local.required_roles : name if contains(${text(grant)}, name)]`
    : isOnly
      ? "local.required_roles"
      : "[]";
  return `\${length(${granted}) == 0 ? null : merge(${text(mapping)}, { grant = ${granted} })}`;
}

interface Precondition {
  condition: string;
  error_message: string;
  [key: string]: Json;
}

/** What config/cross-checks.ts refuses, as far as a module's variables can make it wrong. */
function preconditions(config: Config): Precondition[] {
  const hook = config.signInHook?.grant ?? [];
  const grants = Object.entries(config.identityProviders).flatMap(([id, { roles }]) =>
    (roles.grant ?? []).map((name) => ({ name, by: `The identity provider "${id}"` })),
  );
  const needed = [...grants, ...hook.map((name) => ({ name, by: "The sign-in hook" }))];
  return [
    refuseRules(
      `rule.host == null ? true : contains(local.gate_settings_open.hosts, rule.host)`,
      "this host is not served; write domain or one of alternate_domains",
    ),
    refuseRules(
      `split("/", rule.path)[1] != ${text(config.basePath.slice(1))}`,
      `${config.basePath} is reserved for the gateway's own endpoints; remove the rule`,
    ),
    refuseRules(
      `length(setsubtract(coalesce(rule.idp, []), ${text(Object.keys(config.identityProviders))})) == 0`,
      `this identity provider is not configured; write ${Object.keys(config.identityProviders).join(" or ")}`,
    ),
    ...(needed.length === 0
      ? []
      : [
          {
            condition: `\${length(setsubtract(${text([...new Set(needed.map(({ name }) => name))])}, local.required_roles)) == 0}`,
            error_message: `The policy must require each role that may be granted: ${needed.map(({ name, by }) => `${by} grants ${text(name)}`).join(". ")}.`,
          },
        ]),
    ...folderPreconditions(config),
    ...hostPreconditions(config),
    ...bodyPreconditions(config),
  ];
}

/** @param isFine condition over `rule` */
function refuseRules(isFine: string, problem: string): Precondition {
  return {
    condition: `\${alltrue([for rule in var.policy : ${isFine}])}`,
    error_message: `\${join("\\n", [for i, rule in var.policy : "policy[\${i}] (\${rule.path}): ${problem.replaceAll('"', '\\"')}." if !(${isFine})])}`,
  };
}

/**
 * A folder and its index document are two names of one file, and the gate decides about the first. The synth has proved
 * for the exported policy that both are decided alike (sites/served-alike.ts). In another one, rules must have forms that
 * match both or none.
 */
function folderPreconditions(config: Config): Precondition[] {
  const indexes = originsOf(config).flatMap((origin) => (isS3(origin) && origin.index !== false ? [origin.index] : []));
  if (indexes.length === 0) return [];
  const names = text([...new Set(indexes)]);
  const rules = refuseRules(
    `(can(regex("^(/[^*/]+)*/[*][*]$", rule.path)) || can(regex("^[^*]*[.][A-Za-z][^./*]*$", rule.path))) && length(setintersection(split("/", rule.path), ${names})) == 0`,
    "the origin is a bucket with folders, and this rule would decide about a folder but not about its index document; write /a/** for a folder and everything below it, or the path of a file",
  );
  return [orProven(config, rules)];
}

/** Hosts share behaviors. The synth has proved for the exported policy that no host opens what another protects. */
function hostPreconditions(config: Config): Precondition[] {
  if (targetsWithoutHost(config).length === 0) return [];
  const rules = refuseRules(
    "rule.host == null",
    "the origin is a bucket, or is cached by path alone, so this rule could protect on one host what another opens; write it without host, or export the module from a config with this rule",
  );
  return [orProven(config, rules)];
}

/** Also fulfilled by the exported policy, on the hosts for which the synth has proved it. */
function orProven(config: Config, rules: Precondition): Precondition {
  const { domain, alternateDomains, policy } = config;
  const isExported = `sha256("function policy\${local.policy_function}") == "${sha256(policySource(policy))}"`;
  const hosts = text([...new Set([domain, ...alternateDomains])].sort());
  const isProven = isProvenForEveryHost(config)
    ? isExported
    : `(${isExported} && jsonencode(sort(local.gate_settings_open.hosts)) == jsonencode(${hosts}))`;
  return { ...rules, condition: `\${${isProven} || ${bare(rules.condition)}}` };
}

/** The proof is for the config's hosts. It also holds for others if one of these has no rules of its own. */
function isProvenForEveryHost({ domain, alternateDomains, policy }: Config): boolean {
  return [domain, ...alternateDomains].some((host) => policy.every((rule) => rule.host !== host));
}

function bare(template: string): string {
  return template.slice("${".length, -"}".length);
}

function sha256(source: string): string {
  return createHash("sha256").update(source).digest("hex");
}

/** The web ACL looks into bodies where anybody may send one (stacks/web-acl/rules.ts). Its rules are fixed by the export. */
function bodyPreconditions(config: Config): Precondition[] {
  const { waf } = config;
  if (waf === false || "webAclArn" in waf || !waf.groups.includes("common")) return [];
  const open = config.policy
    .filter(({ allow, methods }) => allow === "public" && (methods?.some(hasBody) ?? true))
    .map(({ path }) => path);
  if (open.includes("/**")) return [];
  return [
    refuseRules(
      `rule.allow != "public" || (rule.methods == null ? false : length(setsubtract(rule.methods, ["GET", "HEAD", "OPTIONS"])) == 0) || contains(${text(open)}, rule.path)`,
      'anybody may send a body there, and the web ACL of this module does not look into it; write methods = ["GET", "HEAD"], or export the module from a config with this rule',
    ),
  ];
}

function hasBody(method: string): boolean {
  return !["GET", "HEAD", "OPTIONS"].includes(method);
}

/** None if somebody else's distribution has them. */
function originsOf({ origin, behaviors }: Config): Origin[] {
  return [origin ?? [], behaviors.map(({ origin }) => origin)].flat();
}

/** A value of the config as an expression. */
function text(value: unknown): string {
  return JSON.stringify(value).replace(/[$%](?=\{)/g, "$&$&");
}

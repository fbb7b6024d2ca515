/** Checks of a policy that depend on more than the policy, so Terraform runs them as preconditions. */
import { createHash } from "node:crypto";
import { apiBehaviors, usesApi } from "../config/api-checks";
import { targetsWithoutHost } from "../config/host-checks";
import type { Config, Origin } from "../config/schema";
import { withoutNames } from "../policy/patterns";
import { alternativesOf, comparesCountries } from "../policy/rule";
import { policySource } from "../policy/source";
import { SERVICE_TOKEN_IDP } from "../session/service-token";
import { isS3 } from "../stacks/origins/origins";
import type { Json } from "./module-json";
import { sitePages } from "./site-pages";

interface Precondition {
  condition: string;
  error_message: string;
  [key: string]: Json;
}

/** The checks of config/cross-checks.ts that a module's variables can violate. */
export function preconditions(config: Config): Precondition[] {
  const hook = config.signInHook?.grant ?? [];
  const grants = Object.entries(config.identityProviders).flatMap(([id, { roles }]) =>
    (roles.grant ?? []).map((name) => ({ name, by: `The identity provider "${id}"` })),
  );
  const tokens = Object.entries(config.accessTokens).flatMap(([id, { roles }]) =>
    (roles?.grant ?? []).map((name) => ({ name, by: `The issuer "${id}" of access tokens` })),
  );
  const known = providersOf(config);
  const needed = [...grants, ...tokens, ...hook.map((name) => ({ name, by: "The sign-in hook" }))];
  return [
    { condition: "${length(local.policy_problems) == 0}", error_message: '${join("\\n", local.policy_problems)}' },
    refuseRules(
      `rule.host == null ? true : contains(local.gate_settings_open.hosts, rule.host)`,
      "this host is not served; write domain or one of alternate_domains",
    ),
    refuseRules(
      `split("/", rule.path)[1] != ${text(config.basePath.slice(1))}`,
      `${config.basePath} is reserved for the gateway's own endpoints; remove the rule`,
    ),
    refuseRules(
      `length(setsubtract(local.policy_providers[i], ${text(known)})) == 0`,
      `this identity provider is not configured; write ${known.join(" or ")}`,
    ),
    ...(needed.length === 0
      ? []
      : [
          {
            condition: `\${length(setsubtract(${text([...new Set(needed.map(({ name }) => name))])}, local.required_roles)) == 0}`,
            error_message: `The policy must require each role that may be granted: ${needed.map(({ name, by }) => `${by} grants ${text(name)}`).join(". ")}.`,
          },
        ]),
    ...excludedRolesPreconditions(config),
    ...countryPreconditions(config),
    ...folderPreconditions(config),
    ...hostPreconditions(config),
    ...bodyPreconditions(config),
    ...pagePreconditions(config),
    ...cachePreconditions(config),
  ];
}

/** @param isFine condition over `rule`, and its index `i` */
function refuseRules(isFine: string, problem: string): Precondition {
  return {
    condition: `\${alltrue([for i, rule in var.policy : ${isFine}])}`,
    error_message: `\${join("\\n", [for i, rule in var.policy : "policy[\${i}] (\${rule.path}): ${problem.replaceAll('"', '\\"')}." if !(${isFine})])}`,
  };
}

/**
 * No session of a provider's people has a role that the provider may not grant, so a rule that excludes it would let
 * them all pass. The export fixes which roles a provider may grant.
 */
function excludedRolesPreconditions({ identityProviders }: Config): Precondition[] {
  const isOnly = Object.keys(identityProviders).length === 1;
  const limits = Object.entries(identityProviders).flatMap(([id, { roles }]) =>
    roles.grant || !isOnly ? [[id, roles.grant ?? []] as const] : [],
  );
  if (limits.length === 0) return [];
  const problem =
    '${each.place}.not_roles: people of ${id} would pass although they have \\"${name}\\"; name other providers in idp, or export the module from a config with this role in roles.grant of ${id}.';
  const lines = `flatten([for each in local.policy_sets : [for id, granted in ${text(Object.fromEntries(limits))} : [for name in setsubtract(coalesce(each.set.not_roles, []), granted) : "${problem}"] if contains(coalesce(each.set.idp, [id]), id)]])`;
  return [{ condition: `\${length(${lines}) == 0}`, error_message: `\${join("\\n", ${lines})}` }];
}

/** The export fixes whether the gate gets the country, which needs an origin request policy or a cache policy. */
function countryPreconditions({ policy }: Config): Precondition[] {
  if (comparesCountries(policy)) return [];
  return [
    refuseRules(
      `length(regexall("&(no)?geo=", local.policy_requirements[i])) == 0`,
      "the gate of this module is not told the viewer's country; write networks, or export the module from a config with a rule for countries",
    ),
  ];
}

/**
 * A folder and its index document are two names of one file, and the gate decides about the first. The synth has proved
 * for the exported policy that both are decided alike (sites/served-alike.ts). In another policy, rules must have forms
 * that match both or neither.
 */
function folderPreconditions(config: Config): Precondition[] {
  const indexes = originsOf(config).flatMap((origin) =>
    isS3(origin) && !origin.spa && origin.index !== false ? [origin.index] : [],
  );
  if (indexes.length === 0) return [];
  const names = text([...new Set(indexes)]);
  const rules = refuseRules(
    `(can(regex("^(/[^*{/]+)*/[*][*]$", rule.path)) || can(regex("^[^*{]*[.][A-Za-z][^./*{]*$", rule.path))) && length(setintersection(split("/", rule.path), ${names})) == 0`,
    "the origin is a bucket with folders, and this rule would decide about a folder but not about its index document; write /a/** for a folder and everything below it, or the path of a file",
  );
  return [orProven(config, rules)];
}

/**
 * A page that is served for other paths must be open to everyone who gets it. The synth has proved that for the
 * exported policy (sites/served-alike.ts). For another policy, Terraform must be able to see it from the rules.
 */
function pagePreconditions(config: Config): Precondition[] {
  if (sitePages(config).length === 0) return [];
  const problems = "local.site_page_problems";
  return [
    orProven(config, {
      condition: `\${length(${problems}) == 0}`,
      error_message: `\${join("\\n", ${problems})}`,
    }),
  ];
}

/** A cached answer is not decided again. Like `cachedApisHaveLastingRules` of config/api-checks.ts. */
function cachePreconditions(config: Config): Precondition[] {
  const starts = apiBehaviors(config).flatMap(({ pattern }) => {
    const { caching } = pattern === "*" ? config : config.behaviors.find(({ path }) => path === pattern)!;
    return caching === "optimized" ? [pattern.split("*")[0]!] : [];
  });
  if (starts.length === 0) return [];
  const start = 'regex("^[^*{]*", rule.path)';
  return [
    refuseRules(
      `length(regexall("&((no)?(net|geo)|time|age)=", local.policy_requirements[i])) == 0 || !anytrue([for start in ${text(starts)} : startswith(${start}, start) || startswith("\${start}/", ${start})])`,
      'an API behavior of this module caches what it answers, and this rule depends on the caller\'s address, country or time; write other conditions, or export the module from a config whose API behavior has caching "disabled"',
    ),
  ];
}

/** The names that a rule may have in `idp`. */
function providersOf(config: Config): string[] {
  const { identityProviders, accessTokens } = config;
  return [
    ...new Set([...Object.keys(identityProviders), ...Object.keys(accessTokens)]),
    ...(usesApi(config) ? [SERVICE_TOKEN_IDP] : []),
  ];
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

/** The exported policy also passes, on the hosts for which the synth has proved it. */
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

/** The web ACL inspects bodies where anyone may send one (stacks/web-acl/rules.ts). The export fixes its rules. */
function bodyPreconditions(config: Config): Precondition[] {
  const { waf } = config;
  if (waf === false || "webAclArn" in waf || !waf.groups.includes("common")) return [];
  const open = config.policy
    .filter(({ allow, methods }) => alternativesOf(allow).some((one) => one.public) && (methods?.some(hasBody) ?? true))
    .map(({ path }) => withoutNames(path));
  if (open.includes("/**")) return [];
  return [
    refuseRules(
      `length(regexall("[*]$|&pub=", local.policy_requirements[i])) == 0 || (rule.methods == null ? false : length(setsubtract(rule.methods, ["GET", "HEAD", "OPTIONS"])) == 0) || contains(${text(open)}, replace(rule.path, "/[{][^/{}]*[}]/", "*"))`,
      'anybody may send a body there, and the web ACL of this module does not look into it; write methods = ["GET", "HEAD"], or export the module from a config with this rule',
    ),
  ];
}

function hasBody(method: string): boolean {
  return !["GET", "HEAD", "OPTIONS"].includes(method);
}

/** Empty for an existing distribution. */
export function originsOf({ origin, behaviors }: Config): Origin[] {
  return [origin ?? [], behaviors.map(({ origin }) => origin)].flat();
}

/** A value of the config as an expression. */
export function text(value: unknown): string {
  return JSON.stringify(value).replace(/[$%](?=\{)/g, "$&$&");
}

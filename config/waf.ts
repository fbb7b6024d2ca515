/** The web ACL in the config: what it blocks, what it only counts, and where. */
import { z } from "zod";
import type { ConfigProblem } from "./error";
import { pathPattern, slug, text } from "./fields";
import { groupOfRule, MANAGED_GROUP_NAMES, ruleSpelledLike, type ManagedGroupName } from "./managed-rules";

/** https://docs.aws.amazon.com/waf/latest/developerguide/limits.html */
const MAX_RATE_LIMITS = 10;
const MAX_ADDRESSES = 10_000;
/** Characters: a regular expression of a web ACL has at most 200, and escapes make it longer. */
const MAX_PATH = 100;

const path = pathPattern.refine(({ length }) => length <= MAX_PATH, `write at most ${MAX_PATH} characters`);

const managedRule = z.string("write the name of a managed rule").superRefine((name, context) => {
  if (groupOfRule(name) !== undefined) return;
  const meant = ruleSpelledLike(name);
  const write =
    meant === undefined
      ? 'write the name of a rule as AWS spells it, such as "CrossSiteScripting_BODY"'
      : `write "${meant}"`;
  context.addIssue({ code: "custom", message: write });
});

const address = z.string('write an address range, such as "192.0.2.0/24"').superRefine((range, context) => {
  const isRange = z.union([z.cidrv4(), z.cidrv6()]).safeParse(range).success;
  if (isRange && !range.endsWith("/0")) return;
  const [bits, example] = range.includes(":") ? [128, "2001:db8::/32"] : [32, "192.0.2.0/24"];
  const isAddress = z.union([z.ipv4(), z.ipv6()]).safeParse(range).success;
  context.addIssue({
    code: "custom",
    message: isAddress ? `write "${range}/${bits}"` : `write an address range, such as "${example}"`,
  });
});
const addresses = z
  .array(address, 'write a list of address ranges, such as ["192.0.2.0/24"]')
  .max(MAX_ADDRESSES, `write at most ${MAX_ADDRESSES} address ranges`)
  .default([]);

const countries = z
  .array(text(/^[A-Z]{2}$/, 'a country as ISO 3166 has it, such as "DE"'), 'write a list of countries, such as ["DE"]')
  .min(1, "name a country, or leave geo out")
  .max(50, "write at most 50 countries");

const rateLimit = z.strictObject({
  /** Only requests for these paths; all of them if absent. */
  path: path.optional(),
  /** Requests of one key within the window; further ones are blocked. */
  limit: z
    .number("write a number of requests")
    .int("write a whole number")
    .min(10, "write at least 10")
    .max(2_000_000_000, "write at most 2000000000")
    .optional(),
  window: z.enum(["1m", "2m", "5m", "10m"], 'write "1m", "2m", "5m" or "10m"').default("5m"),
  /** What is counted separately: each address, or each value of a header. */
  key: z
    .union(
      [
        z.literal("ip"),
        z.strictObject({ header: text(/^[a-z0-9-]{1,64}$/, 'a header name in lower case, such as "x-api-key"') }),
      ],
      { error: ({ input }) => (isObject(input) ? undefined : 'write "ip" or { header: "x-api-key" }') },
    )
    .default("ip"),
});

const field = text(/^[!-~]{1,100}$/, 'where the field is, such as "/user/email" in JSON or "email" in a form');

/** AWS's rules for a login form with passwords, which an application behind the gateway may have. */
const accountTakeover = z.strictObject({
  path: text(/^\/[A-Za-z0-9._~/-]{0,255}$/, 'the path that takes the password, such as "/shop/login"'),
  payload: z.enum(["json", "form"], 'write "json" or "form"'),
  username: field,
  password: field,
});

const own = z.strictObject(
  {
    webAclArn: text(
      /^arn:aws[a-z-]*:wafv2:us-east-1:[0-9]{12}:global\/webacl\/[A-Za-z0-9_-]{1,128}\/[0-9a-f-]{36}$/,
      "the ARN of a web ACL for CloudFront",
    ),
  },
  {
    error: ({ code }) =>
      code === "unrecognized_keys" ? "the web ACL of webAclArn is used as it is; remove one of them" : undefined,
  },
);

const rules = z.strictObject({
  /** `count` lets every request pass, and logs what would have been blocked. */
  mode: z.enum(["block", "count"], 'write "block" or "count"').default("block"),
  /** AWS's managed rule groups. */
  groups: z
    .array(z.enum(MANAGED_GROUP_NAMES, `write groups from ${MANAGED_GROUP_NAMES.join(", ")}`))
    .default(["ip-reputation", "known-bad-inputs", "common"]),
  /** Managed rules by name: block or count, on every path. */
  overrides: z.record(managedRule, z.enum(["block", "count"], 'write "block" or "count"')).default({}),
  /** Paths at which some managed rules only count. */
  exempt: z
    .array(
      z.strictObject({ path, rules: z.array(managedRule).min(1, "name a rule") }),
      'write a list, such as [{ path: "/wiki/**", rules: ["CrossSiteScripting_BODY"] }]',
    )
    .default([]),
  /** Adds to the two limits of the gateway, changes them, or turns one off. */
  rateLimits: z
    .record(
      slug,
      z.union([z.literal(false), rateLimit], {
        error: ({ input }) => (isObject(input) ? undefined : "write { limit: 5000 }, or false for none"),
      }),
    )
    .default({}),
  /** Address ranges to which none of the other rules applies, except `block`. */
  allow: addresses,
  block: addresses,
  /** Countries: only these, or all but these. */
  geo: z
    .strictObject({ allow: countries.optional(), block: countries.optional() })
    .refine(
      ({ allow, block }) => (allow === undefined) !== (block === undefined),
      'write either { allow: ["DE"] } or { block: ["DE"] }',
    )
    .optional(),
  botControl: z
    .literal([false, "common", "targeted"], 'write "common" or "targeted", or false for none')
    .default(false),
  accountTakeover: accountTakeover.optional(),
});

/** `false` for none, an existing one, or the rules of one that the gateway makes. */
export const waf = z.union([z.literal(false), own, rules], {
  error: ({ input }) => (isObject(input) ? undefined : "write an object, or false for no web ACL"),
});

type Waf = z.output<typeof waf>;
export type WafRules = z.output<typeof rules>;

/** The settings of the web ACL that the gateway makes; undefined if it makes none. */
export function wafRules({ waf }: { waf: Waf }): WafRules | undefined {
  return waf === false || "webAclArn" in waf ? undefined : waf;
}

export interface RateLimit {
  path?: string | undefined;
  limit: number;
  window: "1m" | "2m" | "5m" | "10m";
  key: "ip" | { header: string };
}

/**
 * The limits that apply, by name. An office shares one address, and loads many cached files: only the gateway's own
 * endpoints, where each request runs code, have a low limit.
 */
export function rateLimitsOf(config: { basePath: string; waf: Waf }): Record<string, RateLimit> {
  const limits: Record<string, { path?: string; limit: number }> = {
    gateway: { path: `${config.basePath}/**`, limit: 2_000 },
    site: { limit: 50_000 },
  };
  const chosen = wafRules(config)?.rateLimits ?? {};
  return Object.fromEntries(
    [...new Set([...Object.keys(limits), ...Object.keys(chosen)])].flatMap((name) => {
      const choice = chosen[name];
      if (choice === false) return [];
      const { path, limit } = { ...limits[name], ...withoutUndefined(choice ?? {}) };
      return [[name, { path, limit: limit!, window: choice?.window ?? "5m", key: choice?.key ?? "ip" }]];
    }),
  );
}

export function wafProblems(config: { basePath: string; waf: Waf }): ConfigProblem[] {
  const settings = wafRules(config);
  if (!settings) return [];
  const { overrides, exempt, groups, rateLimits, allow, block } = settings;
  const problems: ConfigProblem[] = [];
  const needsGroup = (rule: string, path: string): void => {
    const group = groupOfRule(rule) as ManagedGroupName;
    if (!groups.includes(group))
      problems.push({
        path,
        message: `the rule belongs to the group "${group}"; add it to waf.groups, or remove this`,
      });
  };
  for (const rule of Object.keys(overrides)) needsGroup(rule, `waf.overrides.${rule}`);
  exempt.forEach(({ rules }, i) =>
    rules.forEach((rule, j) => {
      const path = `waf.exempt[${i}].rules[${j}]`;
      needsGroup(rule, path);
      if (overrides[rule] === "count")
        problems.push({ path, message: `waf.overrides counts "${rule}" on every path; remove one of them` });
    }),
  );
  groups.forEach((group, i) => {
    if (groups.indexOf(group) < i)
      problems.push({ path: `waf.groups[${i}]`, message: `"${group}" is already listed; remove it` });
  });
  const limits = Object.entries(rateLimitsOf(config));
  if (limits.length > MAX_RATE_LIMITS)
    problems.push({
      path: "waf.rateLimits",
      message: `write at most ${MAX_RATE_LIMITS}, "gateway" and "site" included; there are ${limits.length}`,
    });
  for (const [name, { limit }] of limits)
    if (limit === undefined)
      problems.push({ path: `waf.rateLimits.${name}.limit`, message: "write a number of requests; it is missing" });
  for (const [name, choice] of Object.entries(rateLimits))
    if (choice === false && !["gateway", "site"].includes(name))
      problems.push({
        path: `waf.rateLimits.${name}`,
        message: 'only "gateway" and "site" can be turned off; remove it',
      });
  allow.forEach((range, i) => {
    if (block.includes(range))
      problems.push({ path: `waf.allow[${i}]`, message: `"${range}" is also in waf.block; remove one of them` });
  });
  return problems;
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

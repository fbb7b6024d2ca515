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
  /** The key of a counter: the address, or the value of a header. */
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
  /** Allow only these countries, or block these countries. */
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

/** The limit for requests that run the auth handler. */
export const GATEWAY_LIMIT = "gateway";
/** Limits that exist without any in the config. */
const BUILT_IN_LIMITS = [GATEWAY_LIMIT, "site"];

/**
 * The limits that apply, by name. An office shares one address, and loads many cached files: only the gateway's own
 * endpoints, where each request runs code, have a low limit.
 */
export function rateLimitsOf(config: { basePath: string; waf: Waf }): Record<string, RateLimit> {
  const builtIn: Record<string, RateLimit> = {
    [GATEWAY_LIMIT]: { path: `${config.basePath}/**`, limit: 2_000, window: "5m", key: "ip" },
    site: { limit: 50_000, window: "5m", key: "ip" },
  };
  const chosen = Object.entries(wafRules(config)?.rateLimits ?? {});
  const own = chosen.flatMap(([name, choice]) =>
    choice === false ? [] : [[name, { ...builtIn[name], ...withoutUndefined(choice) } as RateLimit]],
  );
  const turnedOff = chosen.filter(([, choice]) => choice === false).map(([name]) => name);
  return Object.fromEntries(
    Object.entries({ ...builtIn, ...Object.fromEntries(own) }).filter(([name]) => !turnedOff.includes(name)),
  ) as Record<string, RateLimit>;
}

export function wafProblems(config: { basePath: string; waf: Waf }): ConfigProblem[] {
  const settings = wafRules(config);
  if (!settings) return [];
  return [
    ...managedRuleProblems(settings),
    ...rateLimitProblems(settings, Object.keys(rateLimitsOf(config)).length),
    ...settings.allow.flatMap((range, i) =>
      settings.block.includes(range)
        ? [{ path: `waf.allow[${i}]`, message: `"${range}" is also in waf.block; remove one of them` }]
        : [],
    ),
  ];
}

function managedRuleProblems({ overrides, exempt, groups }: WafRules): ConfigProblem[] {
  const exempted = exempt.flatMap(({ rules }, i) =>
    rules.map((rule, j) => ({ rule, path: `waf.exempt[${i}].rules[${j}]` })),
  );
  const named = [...Object.keys(overrides).map((rule) => ({ rule, path: `waf.overrides.${rule}` })), ...exempted];
  return [
    ...groups.flatMap((group, i) =>
      groups.indexOf(group) < i
        ? [{ path: `waf.groups[${i}]`, message: `"${group}" is already listed; remove it` }]
        : [],
    ),
    ...named.flatMap(({ rule, path }) => {
      const group = groupOfRule(rule) as ManagedGroupName;
      const message = `the rule belongs to the group "${group}"; add it to waf.groups, or remove this`;
      return groups.includes(group) ? [] : [{ path, message }];
    }),
    ...exempted.flatMap(({ rule, path }) =>
      overrides[rule] === "count"
        ? [{ path, message: `waf.overrides counts "${rule}" on every path; remove one of them` }]
        : [],
    ),
  ];
}

/** @param count of all limits that apply */
function rateLimitProblems({ rateLimits }: WafRules, count: number): ConfigProblem[] {
  const names = BUILT_IN_LIMITS.map((name) => `"${name}"`);
  const problems = Object.entries(rateLimits).flatMap(([name, choice]) => {
    const path = `waf.rateLimits.${name}`;
    if (BUILT_IN_LIMITS.includes(name)) return [];
    if (choice === false) return [{ path, message: `only ${names.join(" and ")} can be turned off; remove it` }];
    return choice.limit === undefined
      ? [{ path: `${path}.limit`, message: "write a number of requests; it is missing" }]
      : [];
  });
  return count <= MAX_RATE_LIMITS
    ? problems
    : [
        ...problems,
        {
          path: "waf.rateLimits",
          message: `write at most ${MAX_RATE_LIMITS}, ${names.join(" and ")} included; there are ${count}`,
        },
      ];
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Mistakes in the module's `conditions` and `requirements`, and what Terraform says about them. */
import { snakeCase } from "../../export/template";
import { messagesOf, spelledInHcl, type ModuleMistake } from "./policy-mistakes";

/** Mistakes that a config can have, too: the module says the same. */
const IN_CONFIG: Record<string, unknown>[] = [
  ...["roles", "allRoles", "notRoles"].flatMap((name) => [{ [name]: [] }, { [name]: ["admin", " b"] }]),
  ...["scopes", "acr", "emailDomains", "networks", "notNetworks", "countries", "notCountries"].map((name) => ({
    [name]: [],
  })),
  { idp: [] },
  { idp: ["Main"] },
  ...["a b", 'a"b', "a\\b", ""].flatMap((name) => [{ scopes: ["read", name] }, { acr: [name] }]),
  { claims: { plan: ["a", "b\n"] } },
  { claims: { plan: [""] } },
  ...["Example.com", "@example.com", "*.example.com", "localhost"].map((domain) => ({ emailDomains: [domain] })),
  ...["", "0", "15", "59s", "31d", "1.5h", "-60", "15M", "soon", "1e3"].map((maxAge) => ({ maxAge })),
  ...["192.0.2.1", "192.0.2.1/24", "192.0.2.0/33", "010.0.0.0/8", "10.0.0.0/08", "10.0.0/8", "a/8", ""].flatMap(
    (range) => [{ networks: ["10.0.0.0/8", range] }, { notNetworks: [range] }],
  ),
  ...["2001:DB8::/32", "2001:db8:0::/48", "2001:db8::1/32", "::1"].map((range) => ({ networks: [range] })),
  { countries: ["de", "DEU"] },
  { notCountries: ["uk", ""] },
  { during: {} },
  ...["2026-12-01", "2026-02-30T08:00:00Z", "2026-12-01T24:00:00Z"].flatMap((time) => [
    { during: { from: time } },
    { during: { until: time } },
  ]),
  ...["2026-12-01T08:00:00Z", "2025-12-01T08:00:00Z"].map((until) => ({
    during: { from: "2026-12-01T08:00:00Z", until },
  })),
  { during: { days: [] } },
  { during: { days: ["mon", "Tue"] } },
  { during: { days: ["mon", "tue", "mon"] } },
  ...["8:00-18:00", "08:00", "08:00-25:00", "08:60-18:00", "24:00-08:00", "08:00-08:00"].map((hours) => ({
    during: { hours },
  })),
  { public: true },
  { public: true, roles: ["admin"], networks: ["10.0.0.0/8"] },
  { public: true, countries: ["DE"], maxAge: "15m", acr: ["mfa"] },
  { owner: { segment: "User", claim: "team" } },
  { owner: { segment: "user", claim: "a b" } },
  { owner: { segment: "user", claim: "" } },
];

const PATH = "/profile/{user}";
const EMPTY = "write what must hold, or signed_in = true; Terraform ignores attributes that it does not know.";

const RANGE = 'write an address range, such as "192.0.2.0/24" or "2001:db8::/32"';
const TIME = 'write a time in UTC, such as "2026-12-01T08:00:00Z"';
const WRITE: Record<string, string> = {
  scopes: 'write a scope without spaces, such as "reports:read"',
  acr: 'write an authentication context class as the provider spells it, such as "mfa"',
};

/** What can only be written in the module, or is said in other words. */
const IN_MODULE: [set: object, problem: string][] = [
  [{}, `: ${EMPTY}`],
  [{ role: ["admin"] }, `: ${EMPTY}`],
  [{ claims: {} }, ".claims: write at least one, or leave it out; it is {}."],
  [{ claims: { plan: [] } }, ".claims.plan: write at least one, or leave it out; it is []."],
  [{ claims: { "a b": ["x"] } }, '.claims.a b: write the name of a claim; it is "a b".'],
  [{ public: false, roles: ["a"] }, ".public: write true, or leave it out; it is false."],
  ...["scopes", "acr"].map((name): [object, string] => [
    { [name]: ["x".repeat(129)] },
    `.${name}[0]: ${WRITE[name]}; it is "${"x".repeat(129)}".`,
  ]),
  ...["::ffff:10.0.0.0/104", "::ffff:a00:0/104"].map((range): [object, string] => [
    { networks: [range] },
    `.networks[0]: ${RANGE}; it is "${range}".`,
  ]),
  [{ during: { from: "2026-12-01T08:00:00+01:00" } }, `.during.from: ${TIME}; it is "2026-12-01T08:00:00+01:00".`],
  [{ during: { until: "" } }, `.during.until: ${TIME}; it is "".`],
  [{ during: { hours: "" } }, '.during.hours: write hours in UTC, such as "08:00-18:00"; it is "".'],
  [{ signed_in: false }, ".signed_in: write true, or leave it out; it is false."],
  [{ signed_in: true, acr: ["mfa"] }, ".signed_in: every other condition needs a session, too; leave it out."],
  [{ owner: { segment: "name" } }, '.owner: the path "/profile/{user}" has no segment "{name}"; write user.'],
  [{ max_age: 59 }, '.max_age: write a duration between "60s" and "30d", such as "15m"; it is "59".'],
];

const MANY = Array.from({ length: 17 }, () => ({ acr: ["mfa"] }));
const LIMITED = 'preflights would pass from everywhere. Put a rule for them above, such as { path = "/**", methods';

export const CONDITION_MISTAKES: ModuleMistake[] = [
  ...IN_CONFIG.map((set): ModuleMistake => [
    { policy: [{ path: PATH, conditions: [{ roles: ["admin"] }, inHcl(set)] }] },
    saidOf({ policy: [{ path: PATH, allow: [{ roles: ["admin"] }, set] }] }),
  ]),
  ...IN_CONFIG.map((set): ModuleMistake => [
    { policy: [{ path: PATH, require: "staff" }], requirements: { staff: [inHcl(set)] } },
    saidOf({ policy: [{ path: PATH, allow: { require: "staff" } }], requirements: { staff: [set] } }),
  ]),
  ...IN_MODULE.map(([set, problem]): ModuleMistake => [
    { policy: [{ path: PATH, conditions: [set] }] },
    [`policy[0].conditions[0]${problem}`],
  ]),
  [{ policy: [{ path: "/**", conditions: [] }] }, ["policy[0].conditions: write at least one alternative; it is []."]],
  [{ policy: [{ path: "/**", conditions: MANY }] }, ["policy[0].conditions: write at most 16 alternatives."]],
  [
    { policy: [{ path: "/**", require: "staff" }], requirements: { staff: [] } },
    ["requirements.staff: write at least one alternative; it is []."],
  ],
  [
    { policy: [{ path: "/**", require: "staff" }], requirements: { staff: MANY } },
    ["requirements.staff: write at most 16 alternatives."],
  ],
  [
    { policy: [{ path: "/**", require: "A" }], requirements: { A: [{ acr: ["mfa"] }] } },
    ['requirements: write a short name of lower-case letters, digits and "-", such as "main"; it is "A".'],
  ],
  [
    { policy: [{ path: "/**", require: "staff" }] },
    ['policy[0].require: "staff" is not among requirements; add it there.'],
  ],
  [
    {
      policy: [
        { path: "/a", require: "staf" },
        { path: "/**", require: "staff" },
      ],
      requirements: { staff: [{ acr: ["mfa"] }], b: [{ acr: ["mfa"] }] },
    },
    [
      'policy[0].require: "staf" is not among requirements; write b or staff, or add it there.',
      'requirements.b: no rule requires it; remove it, or write require = "b" in a rule.',
    ],
  ],
  [
    { policy: [{ path: "/**", allow: "nobody", preflight: "pass" }] },
    ["policy[0].preflight: leave it out: the rule denies what it matches."],
  ],
  ...[{ networks: ["10.0.0.0/8"] }, { not_countries: ["DE"] }, { during: { days: ["mon"] } }].map(
    (set): ModuleMistake => [
      { policy: [{ path: "/**", conditions: [{ acr: ["mfa"] }, set], preflight: "pass" }] },
      [expect.stringContaining(`policy[0].preflight: leave it out: ${LIMITED}`) as string],
    ],
  ),
];

/** A set of the config as one of the module. */
function inHcl(set: Record<string, unknown>): object {
  return Object.fromEntries(
    Object.entries(set).map(([name, value]) => [
      snakeCase(name),
      name === "owner" && typeof value === "string" ? { segment: value } : value,
    ]),
  );
}

/** What the config says, in the module's words. */
function saidOf(part: Record<string, unknown>): string[] {
  return messagesOf(part).map(([path, message]) =>
    spelledInHcl(
      path.replace(/^(policy\[0\])\.allow/, "$1.conditions").replace(/\b[a-z]+[A-Z]\w*/, snakeCase),
      message.replace(/\b(?:not|all)[A-Z]\w+/g, snakeCase),
    ),
  );
}

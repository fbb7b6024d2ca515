/** Mistakes in what rules require. */
import { SMALL, UNKNOWN, rule, s3, type Mistake } from "../small-config";

const allow = (conditions: unknown, more: object = {}) => rule({ allow: conditions, ...more });
const PROFILE = { path: "/profile/{user}" };
const RANGE = 'write an address range, such as "192.0.2.0/24" or "2001:db8::/32"';

/** Written, and what to write instead. */
const RANGES: [written: string, message: string][] = [
  ["192.0.2.1/24", 'write "192.0.2.0/24"'],
  ["192.0.2.1", 'write "192.0.2.1/32"'],
  ["2001:DB8::/32", 'write "2001:db8::/32"'],
  ["2001:db8:0:0::1/64", 'write "2001:db8::/64"'],
  ["::1", 'write "::1/128"'],
  ...[
    "",
    "192.0.2/24",
    "192.0.2.0/33",
    "192.0.2.0/024",
    "010.0.0.0/8",
    "::ffff:192.0.2.0/120",
    "::ffff:c000:200/120",
  ].map((range): [string, string] => [range, RANGE]),
  ...["fe80::1%eth0/64", "2001:db8::/129", "1::2::3/64", "::/-1", "office"].map((range): [string, string] => [
    range,
    RANGE,
  ]),
];

const NO_SESSION =
  "needs a session, which public does without; leave out one of them. Beside public may be networks, notNetworks, countries, notCountries, during";

export const REQUIREMENT_MISTAKES: Mistake[] = [
  [allow({}), "policy[0].allow", 'write what must hold, or "signed-in"; it is {}'],
  [allow([]), "policy[0].allow", "write at least one alternative; it is []"],
  [allow([{}]), "policy[0].allow[0]", 'write what must hold, or "signed-in"; it is {}'],
  [allow(["public"]), "policy[0].allow[0]", 'write conditions, or "signed-in"; it is "public"'],
  [allow([{ roles: ["a"] }, { rolls: ["b"] }]), "policy[0].allow[1].rolls", UNKNOWN],
  [
    allow({ public: true }),
    "policy[0].allow",
    'write allow: "public", or say from which networks or countries, or when; it is {"public":true}',
  ],
  [allow({ public: false }), "policy[0].allow.public", "write true, or leave it out; it is false"],
  [
    allow({ public: true, networks: ["192.0.2.0/24"], roles: ["a"] }),
    "policy[0].allow.roles",
    `${NO_SESSION}; it is ["a"]`,
  ],
  [
    allow({ idp: ["constructor"], notRoles: ["a"] }),
    "policy[0].allow.idp[0]",
    '"constructor" is not among identityProviders; write main',
  ],
  [allow({ allRoles: [] }), "policy[0].allow.allRoles", "write at least one, or leave it out; it is []"],
  [
    allow({ scopes: ["a b"] }),
    "policy[0].allow.scopes[0]",
    'write a scope without spaces, such as "reports:read"; it is "a b"',
  ],
  [allow({ claims: {} }), "policy[0].allow.claims", "write at least one, or leave it out; it is {}"],
  [allow({ claims: { plan: [] } }), "policy[0].allow.claims.plan", "write at least one, or leave it out; it is []"],
  [
    allow({ claims: { plan: 1 } }),
    "policy[0].allow.claims.plan",
    'write a value or a list of values, such as ["pro", "team"]; it is 1',
  ],
  [allow({ claims: { "a b": "c" } }), "policy[0].allow.claims.a b", 'write the name of a claim; it is "a b"'],
  [
    allow({ emailDomains: ["Example.com"] }),
    "policy[0].allow.emailDomains[0]",
    'write a host name in lower case without scheme, port or path, such as "app.example.com"; it is "Example.com"',
  ],
  [
    allow({ acr: ['a"b'] }),
    "policy[0].allow.acr[0]",
    'write an authentication context class as the provider spells it, such as "mfa"; it is "a\\"b"',
  ],
  ...["5s", "31d", "15", 900].map((maxAge): Mistake => [
    allow({ maxAge }),
    "policy[0].allow.maxAge",
    `write a duration between "60s" and "30d", such as "15m"; it is ${JSON.stringify(maxAge)}`,
  ]),
  ...RANGES.flatMap(([range, message]): Mistake[] =>
    ["networks", "notNetworks"].map((name): Mistake => [
      allow({ [name]: ["10.0.0.0/8", range] }),
      `policy[0].allow.${name}[1]`,
      `${message}; it is "${range}"`,
    ]),
  ),
  [
    allow({ countries: ["de"] }),
    "policy[0].allow.countries[0]",
    'write a country as ISO 3166 has it, such as "DE"; it is "de"',
  ],
  [allow({ during: {} }), "policy[0].allow.during", "write from, until, days or hours; it is {}"],
  ...["2026-12-01", "2026-12-01T08:00:00+01:00", "2026-12-01T08:00Z"].map((from): Mistake => [
    allow({ during: { from } }),
    "policy[0].allow.during.from",
    `write a time in UTC, such as "2026-12-01T08:00:00Z"; it is "${from}"`,
  ]),
  [
    allow({ during: { until: "2026-02-30T08:00:00Z" } }),
    "policy[0].allow.during.until",
    'write a time that exists, such as "2026-12-01T08:00:00Z"; it is "2026-02-30T08:00:00Z"',
  ],
  [
    allow({ during: { from: "2026-12-01T08:00:00Z", until: "2026-12-01T08:00:00Z" } }),
    "policy[0].allow.during.until",
    'write a time after from; it is "2026-12-01T08:00:00Z"',
  ],
  [
    allow({ during: { days: ["monday"] } }),
    "policy[0].allow.during.days[0]",
    'write days from mon, tue, wed, thu, fri, sat, sun; it is "monday"',
  ],
  [
    allow({ during: { days: ["mon", "mon"] } }),
    "policy[0].allow.during.days",
    'name each day once; it is ["mon","mon"]',
  ],
  ...["8:00-18:00", "08:00-24:30", "24:00-08:00"].map((hours): Mistake => [
    allow({ during: { hours } }),
    "policy[0].allow.during.hours",
    `write hours in UTC, such as "08:00-18:00"; it is "${hours}"`,
  ]),
  [
    allow({ during: { hours: "08:00-08:00" } }),
    "policy[0].allow.during.hours",
    'write an end that is not the start; it is "08:00-08:00"',
  ],
  [
    allow({ owner: "user" }),
    "policy[0].allow.owner",
    'the path "/**" has no segment "{user}"; write a path such as "/profile/{user}"',
  ],
  [
    allow([{ roles: ["a"] }, { owner: { segment: "team", claim: "team" } }], PROFILE),
    "policy[0].allow[1].owner",
    'the path "/profile/{user}" has no segment "{team}"; write user',
  ],
  [
    allow({ owner: "{user}" }, PROFILE),
    "policy[0].allow.owner",
    'write the name of a segment of the path, such as "user" for "{user}"; it is "{user}"',
  ],
  [
    rule({ path: "/x/{User}" }),
    "policy[0].path",
    '"{User}" is not the name of a segment; write a segment such as "{user}", with a lower-case letter and then letters and digits; it is "/x/{User}"',
  ],
  [
    rule({ path: "/{a}/{a}" }),
    "policy[0].path",
    '"{a}" is there twice; give each segment a name of its own, or write "*"; it is "/{a}/{a}"',
  ],
  [
    {
      ...s3({ index: false }),
      policy: [
        { path: "/a/*", allow: "signed-in" },
        { path: "/a/{user}", allow: { owner: "user" } },
      ],
    },
    "policy[1]",
    "can never match: policy[0] (/a/*) matches all its requests first; move it up or remove it",
  ],
  [allow({ idp: ["other"] }), "policy[0].allow.idp[0]", '"other" is not among identityProviders; write main'],
  [
    {
      identityProviders: {
        main: { ...SMALL.identityProviders.main, roles: { grant: ["contractor"] } },
        other: { ...SMALL.identityProviders.main, roles: { grant: [] } },
      },
      policy: [{ path: "/**", allow: { notRoles: ["contractor"] } }],
    },
    "policy[0].allow.notRoles[0]",
    'people of other would pass although they have "contractor": add it to roles.grant there, or name other providers in idp',
  ],
  [allow("nobody", { preflight: "pass" }), "policy[0].preflight", "leave it out: the rule denies what it matches"],
  [
    allow({ networks: ["192.0.2.0/24"] }, { preflight: "pass" }),
    "policy[0].preflight",
    'leave it out: preflights would pass from everywhere. Put a rule for them above: { path: "/**", methods: ["OPTIONS"], allow: { public: true, … } }',
  ],
  [
    { ...allow({ countries: ["DE"] }), origin: { type: "custom", domainName: "o.example.com", open: true } },
    "origin",
    'requests for this origin cannot have the viewer\'s country, which policy[0].allow.countries compares; write host: "viewer" (and secretHeader: true or assertion: true if another origin has it), or caching: "optimized"',
  ],
  [allow({ require: "staff" }), "policy[0].allow.require", '"staff" is not among requirements; add it there'],
  [
    { ...allow({ require: "staf" }), requirements: { staff: { roles: ["staff"] } } },
    "policy[0].allow.require",
    '"staf" is not among requirements; write staff, or add it there',
  ],
  [allow({ require: "staff", roles: ["a"] }), "policy[0].allow.roles", UNKNOWN],
  [
    { requirements: { staff: { roles: ["staff"] } } },
    "requirements.staff",
    'no rule requires it; remove it, or write allow: { require: "staff" } in a rule',
  ],
  [
    { requirements: { staff: { require: "other" } } },
    "requirements.staff.require",
    'write the conditions here: requirements do not nest; it is "other"',
  ],
  [
    { requirements: { staff: "signed-in" } },
    "requirements.staff",
    'write conditions, such as { roles: ["admin"] }, or a list of them; it is "signed-in"',
  ],
];

/** Policies made from a seed: the same ones in every run. */
import { DAYS, METHODS, type Allow, type Conditions, type PolicyRule } from "../../policy/rule";

const PATTERNS = [
  ...["/", "/**", "/*", "/x", "/x/**", "/x/*", "/*/y", "/x/*/y", "/*/x/**", "/y/x", "/*/*", "/*/**", "/x/y/**"],
  ...["/*/*/y", "/x/*/**", "/y/*/x", "/x/x/*", "/y", "/y/**", "/*/x/y/**"],
];
const ALLOWS: Allow[] = [
  ...(["public", "signed-in"] as const),
  ...[["r"], ["s"], ["r", "s"], ["s", "t"], ["r", "s", "t"]].map((roles) => ({ roles })),
  ...[["m"], ["m", "n"]].flatMap((idp) => [{ idp }, { roles: ["r"], idp }, { roles: ["r", "t"], idp }]),
];

export const GENERATED_HOSTS = ["a.example", "b.example"];
export const GENERATED_ROLES = ["r", "s", "t"];
export const GENERATED_PROVIDERS = ["m", "n"];

/** @returns a whole number from 0 and below its argument */
export type Random = (below: number) => number;

export function seeded(seed: number): Random {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

export function generatedRule(next: Random): PolicyRule {
  return {
    ...(next(4) === 0 && { host: GENERATED_HOSTS[next(2)]! }),
    path: PATTERNS[next(PATTERNS.length)]!,
    ...(next(3) === 0 && { methods: METHODS.filter(() => next(3) === 0).slice(0, 3) }),
    allow: ALLOWS[next(ALLOWS.length)]!,
    ...(next(4) === 0 && { escapes: true }),
    ...(next(5) === 0 && { preflight: "pass" as const }),
  };
}

/** Up to `max` rules; every one has at least one method. */
export function generatedPolicy(next: Random, max = 6): PolicyRule[] {
  return Array.from({ length: next(max + 1) }, () => generatedRule(next)).filter(
    ({ methods }) => methods?.length !== 0,
  );
}

/** As people change a policy: a rule more, a rule less, two swapped, or another `allow`. */
export function changedPolicy(next: Random, rules: readonly PolicyRule[]): PolicyRule[] {
  const place = next(rules.length + 1);
  const [before, rest] = [rules.slice(0, place), rules.slice(place)];
  const [first, ...after] = rest;
  switch (first ? next(4) : 0) {
    case 0:
      return [...before, ...generatedPolicy(next, 1), ...rest];
    case 1:
      return [...before, ...after];
    case 2:
      return [...before, ...after, first!];
    default:
      return [...before, { ...first!, ...generatedRule(next), host: first!.host, path: first!.path }, ...after].filter(
        ({ methods }) => methods?.length !== 0,
      );
  }
}

/** Small worlds, so that conditions are often met and often not. */
export const GENERATED = {
  claims: {
    plan: ["pro", "team!x", "a&b|c"],
    "https://x.example/dept": ["r&d", "ops"],
    scope: ["read", "write", "x:y"],
  },
  emails: ["ann@example.com", "bob@EXAMPLE.com", "eve@sub.example.com", "mal@example.com.evil.example", ""],
  acr: ["mfa", "urn:x:phr", ""],
  addresses: [
    "192.0.2.7",
    "192.0.3.7",
    "10.255.255.255",
    "2001:db8::7",
    "2001:DB8:0:1::7",
    "::",
    "::ffff:192.0.2.7",
    "",
  ],
  networks: [
    "192.0.2.0/24",
    "192.0.2.0/23",
    "10.0.0.0/8",
    "0.0.0.0/0",
    "2001:db8::/64",
    "2001:db8::/32",
    "::/0",
    "::/128",
  ],
  countries: ["DE", "FR", "de", ""],
  owners: ["ann0000000000001", "bob0000000000002", "team-a", "x", "a%20b"],
  /** Seconds since the authentication. */
  ages: [30, 1000, 100_000],
} as const;

/** Conditions with up to three members; with the names of segments, of an owner, too. */
export function generatedConditions(next: Random, segments: readonly string[] = []): Conditions {
  const some = (values: readonly string[]) => values.filter((value) => value && next(2) === 0);
  const list = (values: readonly string[]) => {
    const chosen = some(values);
    return chosen.length > 0 ? chosen : [values.find((value) => value)!];
  };
  const ofRequest: (() => Conditions)[] = [
    () => ({ networks: list(GENERATED.networks) }),
    () => ({ notNetworks: list(GENERATED.networks) }),
    () => ({ countries: list(["DE", "FR"]) }),
    () => ({ notCountries: list(["DE", "FR"]) }),
    () => ({ during: { days: DAYS.filter(() => next(2) === 0).concat(DAYS[next(7)]!) } }),
    () => ({ during: next(2) ? { from: "2020-01-01T00:00:00Z" } : { until: "2020-01-01T00:00:00Z" } }),
    () => ({ during: { hours: ["00:00-24:00", "06:00-18:00", "18:00-06:00", "12:00-00:30"][next(4)]! } }),
  ];
  const ofSession: (() => Conditions)[] = [
    () => ({ roles: list(GENERATED_ROLES) }),
    () => ({ allRoles: list(GENERATED_ROLES) }),
    () => ({ notRoles: list(GENERATED_ROLES) }),
    () => ({ idp: list(GENERATED_PROVIDERS) }),
    () => ({ scopes: list(GENERATED.claims.scope) }),
    () => ({ claims: { plan: list(GENERATED.claims.plan) } }),
    () => ({ claims: { "https://x.example/dept": list(GENERATED.claims["https://x.example/dept"]) } }),
    () => ({ emailDomains: list(["example.com", "sub.example.com"]) }),
    () => ({ acr: list(GENERATED.acr) }),
    () => ({ maxAge: [60, 5000][next(2)]! }),
    ...(segments.length === 0
      ? []
      : [
          () => ({ owner: segments[next(segments.length)]! }),
          () => ({ owner: { segment: segments[next(segments.length)]!, claim: "plan" } }),
        ]),
  ];
  const isPublic = next(6) === 0;
  const makers = isPublic ? ofRequest : [...ofSession, ...ofSession, ...ofRequest];
  const members = Array.from({ length: 1 + next(3) }, () => makers[next(makers.length)]!());
  return Object.assign({}, ...(isPublic ? [{ public: true }] : []), ...members) as Conditions;
}

const NAMED_PATTERNS: [path: string, segments: string[]][] = [
  ["/x/{user}", ["user"]],
  ["/{team}/y/{user}", ["team", "user"]],
  ["/{user}/**", ["user"]],
];

/** As {@link generatedPolicy}, with conditions and with rules for nobody. */
export function generatedPolicyWithConditions(next: Random, max = 6): PolicyRule[] {
  return generatedPolicy(next, max).map((rule): PolicyRule => {
    const [path, segments] = next(3) === 0 ? NAMED_PATTERNS[next(NAMED_PATTERNS.length)]! : [rule.path, []];
    const conditions = () => generatedConditions(next, segments);
    const allow = [rule.allow, "nobody" as const, conditions(), [conditions(), conditions()], [{}, conditions()]][
      [0, 1, 2, 2, 3, 3, 4][next(7)]!
    ]!;
    return { ...rule, path, allow };
  });
}

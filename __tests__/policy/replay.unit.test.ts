/** What a replay says of logged requests, against what really happens to the people who made them. */
import { decider, type Decided, type ExplainedPolicy, type SignedIn } from "../../policy/explain";
import { replayer, type Effect, type LoggedRequest } from "../../policy/replay";
import { METHODS } from "../../policy/rule";
import {
  changedPolicy,
  generatedPolicy,
  GENERATED_HOSTS,
  GENERATED_PROVIDERS,
  GENERATED_ROLES,
  seeded,
} from "../support/generated-policies";

const UID = "alice00000000001";
const PATHS = [
  "/",
  "/x",
  "/y",
  "/o",
  "/x/y",
  "/x/o",
  "/y/x",
  "/o/x",
  "/o/y",
  "/x/o/y",
  "/x/%2f",
  "/%2f/x/y",
  "/a/../b",
];
/** Of OPTIONS, the log does not say whether it was a preflight: see below. */
const ASKED = METHODS.filter((method) => method !== "OPTIONS");
const ANONYMOUS = undefined;
const PEOPLE: (SignedIn | undefined)[] = [
  ANONYMOUS,
  ...[...GENERATED_PROVIDERS, "elsewhere"].flatMap((idp) =>
    [[], ...GENERATED_ROLES.map((role) => [role]), GENERATED_ROLES].map((roles) => ({ roles, idp })),
  ),
];

/** The line of the gate's log, if there is one that a rule decided. */
function logOf({ decision }: Decided): string {
  if (decision.is === "allowed") return decision.as === "public" ? "allow public" : `allow session ${UID}`;
  if (decision.is === "sign-in") return "login none";
  if (decision.is === "step-up") return "login step-up";
  return `deny ${decision.why === "escapes" ? "path" : decision.why}${decision.why === "role" ? ` ${UID}` : ""}`;
}

test("what is certain is true, what is the same is the same, and what changes is told", () => {
  const next = seeded(5);
  const seen = new Map<string, number>();
  for (let round = 0; round < 400; round++) {
    const rules = generatedPolicy(next);
    const [old, other] = [rules, round % 2 ? generatedPolicy(next) : changedPolicy(next, rules)].map(
      (own): ExplainedPolicy => ({ rules: own, hosts: GENERATED_HOSTS, basePath: "/_gate" }),
    );
    const [decideOld, decideNew, replay] = [decider(old!), decider(other!), replayer(old!, other!)];
    for (const host of GENERATED_HOSTS)
      for (const path of PATHS)
        for (const method of ASKED)
          for (const person of PEOPLE) {
            const reading = path.includes("..") ? "refused" : path.includes("%") ? "escaped" : "plain";
            const request = { host, path, method, reading } as const;
            const [was, is] = [decideOld(request, person), decideNew(request, person)];
            const logged: LoggedRequest = { host, path, method, reading, decision: logOf(was) };
            const replayed = replay(logged);
            const [passed, passes] = [was, is].map(({ decision }) => decision.is === "allowed");
            const fail = (why: string) => {
              throw new Error(JSON.stringify({ why, rules, other, logged, person, replayed, is }, null, 1));
            };
            if (!replayed) fail("not replayed");
            const { effect, isByOldRules } = replayed!;
            if (!isByOldRules) fail("the old rules decide so");
            const allowed: Record<Effect, boolean> = {
              loses: passed! && !passes!,
              gains: !passed! && passes!,
              "may lose": passed!,
              "may gain": !passed!,
              same: passed === passes,
            };
            if (!allowed[effect]) fail("not true");
            seen.set(effect, (seen.get(effect) ?? 0) + 1);
          }
  }
  for (const effect of ["loses", "gains", "may lose", "may gain", "same"])
    expect(seen.get(effect)).toBeGreaterThan(100);
});

const POLICY: ExplainedPolicy = {
  rules: [
    { path: "/api/**", methods: ["GET"], allow: { roles: ["staff"], idp: ["m"] }, preflight: "pass" },
    { path: "/staff/**", allow: { roles: ["staff"] } },
    { path: "/pages/**", allow: "public" },
  ],
  hosts: ["a.example"],
  basePath: "/_gate",
};
const withRules = (...rules: ExplainedPolicy["rules"]): ExplainedPolicy => ({ ...POLICY, rules });

test.each<[string, ExplainedPolicy, string, Effect]>([
  [
    "whoever had the role keeps it",
    withRules({ path: "/**", allow: { roles: ["staff", "b"] } }),
    "GET /staff/x allow session u",
    "same",
  ],
  [
    "it depends on another role",
    withRules({ path: "/**", allow: { roles: ["b"] } }),
    "GET /staff/x allow session u",
    "may lose",
  ],
  ["no rule is left", withRules({ path: "/x", allow: "public" }), "GET /staff/x allow session u", "loses"],
  ["another provider", withRules({ path: "/**", allow: { idp: ["n"] } }), "GET /api/x allow session u", "loses"],
  ["a session is needed", withRules({ path: "/**", allow: "signed-in" }), "GET /pages/x allow public", "may lose"],
  ["no role is needed", withRules({ path: "/**", allow: "signed-in" }), "GET /staff/x deny role u", "gains"],
  [
    "fewer people than before",
    withRules({ path: "/**", allow: { roles: ["staff"], idp: ["m"] } }),
    "GET /staff/x deny role u",
    "same",
  ],
  [
    "a visitor is asked to sign in as before",
    withRules({ path: "/**", allow: "signed-in" }),
    "GET /staff/x login none",
    "same",
  ],
  ["a visitor passes", withRules({ path: "/**", allow: "public" }), "GET /staff/x login expired", "gains"],
  [
    "a preflight passes no more",
    withRules({ path: "/**", allow: "signed-in" }),
    "OPTIONS /api/x allow public",
    "may lose",
  ],
  [
    "an OPTIONS request that need not be a preflight",
    withRules({ path: "/**", allow: "signed-in", preflight: "pass" }),
    "OPTIONS /pages/x allow public",
    "may lose",
  ],
  [
    "a preflight passes as before",
    withRules({ ...POLICY.rules[0]!, path: "/**" }),
    "OPTIONS /api/x allow public",
    "same",
  ],
])("%s", (_, after, line, effect) => {
  const [method, path, ...decision] = line.split(" ") as [string, string, ...string[]];
  const logged = { method, path, host: "a.example", reading: "plain" as const, decision: decision.join(" ") };
  expect(replayer(POLICY, after)(logged)).toMatchObject({ effect, isByOldRules: true });
});

test.each([
  ["allow public", "/staff/x"],
  ["allow session u", "/pages/x"],
  ["deny rule", "/pages/x"],
  ["login none", "/none"],
])("%s for %s was decided by other rules", (decision, path) => {
  const logged = { method: "GET", path, host: "a.example", reading: "plain" as const, decision };
  expect(replayer(POLICY, POLICY)(logged)).toMatchObject({ isByOldRules: false });
});

test.each(["deny host", "deny size", "deny endpoint", "deny store", "deny closed u", "", "-"])(
  "%j is no decision of a rule",
  (decision) => {
    const logged = { method: "GET", path: "/staff/x", host: "a.example", reading: "plain" as const, decision };
    expect(replayer(POLICY, POLICY)(logged)).toBeUndefined();
  },
);

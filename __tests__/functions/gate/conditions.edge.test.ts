/** Rules with conditions: generated policies against a reference that knows the rules only, and what a gate answers. */
import { runGate as runInSandbox } from "../../../local/gate-sandbox";
import { unmet } from "../../../policy/meets";
import type { CompiledPolicy } from "../../../policy/requirement-text";
import type { Allow, PolicyRule } from "../../../policy/rule";
import { closedPolicySource, policySource } from "../../../policy/source";
import type { Session } from "../../../session/token";
import {
  decisionOf,
  eventOf,
  NOW,
  person,
  referenceDecision,
  requestOf,
  SECONDS,
  type Asked,
} from "../../support/decisions/asked";
import { GENERATED, generatedPolicyWithConditions, seeded, type Random } from "../../support/generated-policies";
import { sourceWithConditions } from "./conditions";
import { ALICE, shardRecord, storeWith, token } from "./sessions";

const PROFILE: Allow = [{ owner: "user" }, { roles: ["admin"] }];
function visitor(next: Random): Asked {
  const one = <T>(values: readonly T[]): T => values[next(values.length)]!;
  const some = <T>(values: readonly T[]): T[] => values.filter(() => next(2) === 0);
  const session = person({
    uid: one(["ann0000000000001", "bob0000000000002"]),
    roles: some(["r", "s", "t"]),
    idp: one(["m", "n"]),
    email: one(GENERATED.emails),
    strength: one(GENERATED.acr),
    authTime: SECONDS - one(GENERATED.ages),
    claims: Object.fromEntries(
      some(Object.entries(GENERATED.claims)).flatMap(([name, values]) => {
        const held = some<string>(values);
        return held.length > 0 ? [[name, held]] : [];
      }),
    ),
  });
  const names = [...GENERATED.owners, "pro", "y"];
  const method = one(["GET", "HEAD", "PUT", "OPTIONS"]);
  return {
    host: one(["a.example", "b.example"]),
    method,
    path: `/${Array.from({ length: next(4) }, () => one(names)).join("/")}`,
    preflight: method === "OPTIONS" && next(2) === 0,
    address: one(GENERATED.addresses),
    country: one([...GENERATED.countries, undefined]),
    session: next(4) === 0 ? undefined : session,
  };
}

/** Of a run without a store: the policy and the part of the gate that other verifiers share. */
function decideByText(policy: CompiledPolicy, asked: Asked): string {
  const { host, method, path, preflight, address, country } = requestOf(asked);
  const segments = path.split("/");
  const required = policy(host, method, segments, preflight);
  const fields = asked.session && token(asked.session).split(".").slice(2, -1).join(".").split("~");
  if (required === undefined) return "refused";
  return unmet(required, fields, { address, country, segments, now: NOW.getTime() / 1000 }) || "passes";
}

/** Milliseconds, on a busy machine. */
const LONG = 120_000;

test(
  "10,000 generated policies decide as the reference does",
  () => {
    const next = seeded(20_261_201);
    for (let i = 0; i < 10_000; i++) {
      const rules = generatedPolicyWithConditions(next);
      const policy = new Function(`${policySource(rules)};return policy`)() as CompiledPolicy;
      const asked = visitor(next);
      const expected = referenceDecision(rules, asked);
      const seen = decideByText(policy, asked);
      const meaning = expected.startsWith("allow")
        ? ["passes"]
        : expected === "login step-up"
          ? ["step-up"]
          : ["role", "refused"];
      if (!meaning.includes(seen)) expect({ i, rules, asked, seen }).toEqual({ i, rules, asked, seen: expected });
    }
  },
  LONG,
);

afterEach(() => jest.restoreAllMocks());

test(
  "2,000 generated policies decide so in the gate",
  async () => {
    // The ages of authentications are those of this second, however long the test takes.
    jest.spyOn(Date, "now").mockReturnValue(NOW.getTime());
    const next = seeded(59);
    for (let i = 0; i < 2_000; i++) {
      const rules = generatedPolicyWithConditions(next);
      const asked = visitor(next);
      const expected = referenceDecision(rules, asked);
      const seen = await decisionOf(runInSandbox, sourceWithConditions(rules), asked);
      if (seen !== expected) expect({ i, rules, asked, seen }).toEqual({ i, rules, asked, seen: expected });
    }
  },
  LONG,
);

describe("three classic rules", () => {
  const source = sourceWithConditions([
    { path: "/admin/**", allow: { roles: ["admin"] } },
    { path: "/profile/{user}", methods: ["PUT"], allow: PROFILE },
    { path: "/premium/**", allow: { claims: { plan: ["pro"] } } },
  ]);

  test.each<[string, Asked, string]>([
    ["an admin opens /admin", { path: "/admin/x", session: person({ roles: ["admin"] }) }, "allow session"],
    ["nobody else does", { path: "/admin/x", session: person({}) }, "deny role"],
    [
      "the owner changes a profile",
      { path: `/profile/${ALICE.uid}`, method: "PUT", session: person({}) },
      "allow session",
    ],
    [
      "with a trailing slash, too",
      { path: `/profile/${ALICE.uid}/`, method: "PUT", session: person({}) },
      "allow session",
    ],
    ["an admin does", { path: "/profile/x", method: "PUT", session: person({ roles: ["admin"] }) }, "allow session"],
    ["nobody else does", { path: "/profile/x", method: "PUT", session: person({}) }, "deny role"],
    [
      "a part of the ID is none",
      { path: `/profile/${ALICE.uid.slice(0, -1)}`, method: "PUT", session: person({}) },
      "deny role",
    ],
    [
      "the ID in another case is none",
      { path: `/profile/${ALICE.uid.toUpperCase()}`, method: "PUT", session: person({}) },
      "deny role",
    ],
    ["an empty segment is nobody's", { path: "/profile/", method: "PUT", session: person({}) }, "deny rule"],
    [
      "an escaped ID comes to no rule",
      { path: "/profile/%61lice00000000001", method: "PUT", session: person({}) },
      "deny path",
    ],
    ["another method comes to no rule", { path: `/profile/${ALICE.uid}`, session: person({}) }, "deny rule"],
    ["a plan opens /premium", { path: "/premium", session: person({ claims: { plan: ["pro"] } }) }, "allow session"],
    ["another plan does not", { path: "/premium", session: person({ claims: { plan: ["prop", "pr"] } }) }, "deny role"],
    ["no plan does not", { path: "/premium", session: person({}) }, "deny role"],
  ])("%s (%#)", async (_, asked, expected) => {
    expect(await decisionOf(runInSandbox, source, asked)).toBe(expected);
  });
});

describe("what a request says itself", () => {
  const source = sourceWithConditions([
    { path: "/geo", allow: { public: true, countries: ["DE"] } },
    { path: "/not", allow: { public: true, notCountries: ["US"] } },
  ]);

  test.each(["/geo", "/not"])("two country headers are none: %s", async (path) => {
    const twice: Asked = { path, country: "DE", headers: [["CloudFront-Viewer-Country", "DE"]] };
    expect(await decisionOf(runInSandbox, source, twice)).toBe("deny rule");
    expect(await decisionOf(runInSandbox, source, { path, country: "DE" })).toBe("allow public");
  });
});

describe("a session that is valid but not strong enough", () => {
  const rules: PolicyRule[] = [
    { path: "/pay", allow: { roles: ["staff"], acr: ["mfa", "urn:x:phr"], maxAge: 900 } },
    { path: "/old", allow: { maxAge: 60 } },
  ];
  const source = sourceWithConditions(rules);
  const weak = person({ roles: ["staff"], authTime: SECONDS - 5000 });
  const navigation: [string, string][] = [
    ["Sec-Fetch-Mode", "navigate"],
    ["Sec-Fetch-Dest", "document"],
  ];
  const run = (asked: Asked, records = storeWith()) => runInSandbox(source, eventOf(asked), { records });

  test("is sent to a sign-in that asks for what the rule requires", async () => {
    expect(await run({ path: "/pay", session: weak, headers: navigation })).toMatchObject({
      log: ["login step-up"],
      result: {
        statusCode: 302,
        headers: {
          location: { value: "/_gate/login?return_to=%2Fpay&acr_values=mfa%20urn:x:phr&max_age=900" },
          "cache-control": { value: "no-store" },
        },
      },
    });
  });

  test("gets a challenge if it is a program's (RFC 9470)", async () => {
    const { result } = await run({ path: "/pay", session: weak });
    expect(result).toMatchObject({
      statusCode: 401,
      headers: {
        "www-authenticate": {
          value:
            'Cookie realm="gate", error="insufficient_user_authentication", acr_values="mfa urn:x:phr", max_age="900"',
        },
      },
    });
    expect(JSON.parse((result as { body: { data: string } }).body.data)).toEqual({
      status: 401,
      title: "Sign-in required",
      login: "/_gate/login?acr_values=mfa%20urn:x:phr&max_age=900",
      requestId: "id",
    });
  });

  test("asks for no more than the rule does", async () => {
    expect(await run({ path: "/old", session: weak, headers: navigation })).toMatchObject({
      result: { headers: { location: { value: "/_gate/login?return_to=%2Fold&max_age=60" } } },
    });
  });

  test("is not asked if it lacks something else, too", async () => {
    expect(await run({ path: "/pay", session: { ...weak, roles: [] } })).toMatchObject({
      log: [`deny role ${ALICE.uid}`],
    });
  });

  test("signs in again if it is revoked", async () => {
    const records = storeWith(shardRecord({ revokedSessions: [ALICE.sid] }));
    expect(await run({ path: "/pay", session: weak }, records)).toMatchObject({ log: ["login revoked"], reads: 2 });
  });

  test("an authentication in the future is none", async () => {
    const future = { ...weak, strength: "mfa", authTime: SECONDS + 3600 };
    expect(await run({ path: "/pay", session: future })).toMatchObject({ log: ["login step-up"] });
  });
});

describe("a closed site", () => {
  const rules: PolicyRule[] = [
    { path: "/a", allow: { claims: { plan: ["pro"] } } },
    { path: "/b", allow: { public: true, networks: ["192.0.2.0/24"] } },
    { path: "/c", allow: "nobody" },
    { path: "/d", allow: { maxAge: 900 } },
  ];
  const source = sourceWithConditions(rules).replace(policySource(rules), closedPolicySource(rules, ["ops"]));
  const ops = (more: Partial<Session> = {}) => person({ roles: ["ops"], ...more });

  test.each<[string, Asked, string]>([
    ["lets in whoever may pass anyway", { path: "/a", session: ops({ claims: { plan: ["pro"] } }) }, "allow session"],
    ["keeps its rules", { path: "/a", session: ops() }, "deny closed"],
    ["keeps others out", { path: "/a", session: person({ claims: { plan: ["pro"] } }) }, "deny closed"],
    ["needs a session for what is public elsewhere", { path: "/b" }, "deny closed"],
    ["lets in the same people there", { path: "/b", session: ops() }, "allow session"],
    ["but from there only", { path: "/b", session: ops(), address: "198.51.100.1" }, "deny rule"],
    ["lets nobody pass whom no rule lets pass", { path: "/c", session: ops() }, "deny closed"],
    ["asks for a newer sign-in", { path: "/d", session: ops({ authTime: SECONDS - 5000 }) }, "login step-up"],
    [
      "renews expired sessions of those who get in",
      { path: "/d", session: ops({ expiresAt: SECONDS - 5 }) },
      "login expired",
    ],
    ["and of nobody else", { path: "/d", session: person({ expiresAt: SECONDS - 5 }) }, "deny closed"],
  ])("%s", async (_, asked, expected) => {
    expect(await decisionOf(runInSandbox, source, asked)).toBe(expected);
  });
});

test("claims that only rules compare do not reach the origin", async () => {
  const source = sourceWithConditions([{ path: "/**", allow: { claims: { plan: ["pro"] } } }]);
  const session = person({ claims: { plan: ["pro"], department: ["sales"] } });
  const { result } = await runInSandbox(source, eventOf({ session }), { records: storeWith() });
  expect(
    Object.keys(result.headers!)
      .filter((name) => name.startsWith("x-gate-"))
      .sort(),
  ).toEqual(["x-gate-department", "x-gate-email", "x-gate-session", "x-gate-user"]);
});

test("what depends on the request alone is decided without a read of the store", async () => {
  const source = sourceWithConditions([{ path: "/**", allow: { roles: ["a"], networks: ["10.0.0.0/8"] } }]);
  const run = await runInSandbox(source, eventOf({ session: person({ roles: ["a"] }) }), { records: storeWith() });
  expect(run).toMatchObject({ log: ["deny rule"], reads: 0 });
});

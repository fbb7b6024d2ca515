/** Rules with conditions: the gate in both engines against a reference that knows the rules only. */
import { functionEvent, type CloudFrontFunctionEvent } from "../../../local/cloudfront-events";
import { runGate as runInNjs } from "../../../local/gate-njs";
import { runGate as runInSandbox } from "../../../local/gate-sandbox";
import { unmet } from "../../../policy/meets";
import type { CompiledPolicy } from "../../../policy/requirement-text";
import type { Allow, PolicyRule } from "../../../policy/rule";
import { closedPolicySource, policySource } from "../../../policy/source";
import { SESSION_COOKIE } from "../../../session/cookies";
import type { Session } from "../../../session/token";
import { GENERATED, generatedPolicyWithConditions, seeded, type Random } from "../../support/generated-policies";
import { decideByReference, type ReferenceRequest } from "../../support/reference-policy";
import { describeWith } from "../../support/tools";
import { sourceWithConditions } from "./conditions";
import { ALICE, shardRecord, storeWith, token } from "./sessions";

const NOW = new Date();
const ANN = "ann0000000000001";
const SECONDS = Math.floor(NOW.getTime() / 1000);

interface Asked extends Partial<ReferenceRequest> {
  session?: Session | undefined;
  headers?: [string, string][];
}

function requestOf(asked: Asked): ReferenceRequest {
  const {
    host = "app.example.com",
    method = "GET",
    path = "/",
    preflight = false,
    address = "192.0.2.7",
    country,
  } = asked;
  return { host, method, path, preflight, address, country };
}

function eventOf(asked: Asked): CloudFrontFunctionEvent {
  const { host, method, path, preflight, address, country } = requestOf(asked);
  return functionEvent({
    id: "id",
    method,
    path,
    query: undefined,
    headers: [
      ["Host", host],
      ...(preflight
        ? ([
            ["Origin", "https://o.example"],
            ["Access-Control-Request-Method", "PUT"],
          ] as const)
        : []),
      ...(country === undefined ? [] : [["CloudFront-Viewer-Country", country] as const]),
      ...(asked.session ? [["Cookie", `${SESSION_COOKIE}=${token(asked.session)}`] as const] : []),
      ...(asked.headers ?? []),
    ] as [string, string][],
    body: Buffer.alloc(0),
    clientIp: address,
  });
}

async function decisionOf(engine: typeof runInSandbox, source: string, asked: Asked): Promise<string> {
  const { log } = await engine(source, eventOf(asked), { records: storeWith() });
  return log.join().split(" ").slice(0, 2).join(" ");
}

const person = (more: Partial<Session>): Session => ({ ...ALICE, email: "alice@example.com", ...more });

/** Who asks, and from where. */
const VISITORS: [name: string, asked: Asked][] = [
  ["nobody signed in", {}],
  ["from elsewhere", { address: "198.51.100.1" }],
  ["from a range of IPv6", { address: "2001:db8::7", country: "DE" }],
  ["from an upper-case address", { address: "2001:DB8:0::FFFF", country: "FR" }],
  ["from ::", { address: "::" }],
  ["from an address of IPv4 written as IPv6", { address: "::ffff:192.0.2.7" }],
  ["the same in hexadecimal", { address: "::ffff:c000:207" }],
  ["from nowhere", { address: "" }],
  ["from what is no address", { address: "192.0.2.x" }],
  ["from a country in lower case", { country: "de" }],
  ["from an empty country", { country: "" }],
  ["no role", { session: person({}), country: "DE" }],
  ["admin", { session: person({ roles: ["admin"] }), country: "FR" }],
  ["admin and staff", { session: person({ roles: ["admin", "staff"] }), address: "10.1.2.3" }],
  ["contractor", { session: person({ roles: ["staff", "contractor"] }), address: "2001:db8::7" }],
  ["the owner", { session: person({ uid: ANN }), country: "DE" }],
  ["the owner by a claim", { session: person({ claims: { team: [ANN, "x"] } }) }],
  [
    "a claim whose value is the name of another",
    { session: person({ claims: { a: ["plan"], pro: ["plan"], plan: ["free"] } }) },
  ],
  ["a plan", { session: person({ claims: { plan: ["pro"] } }), address: "198.51.100.1" }],
  ["several plans with separators", { session: person({ claims: { plan: ["x!pro", "a&b|c", "100%"] } }) }],
  ["scopes", { session: person({ claims: { scope: ["read", "write"] } }) }],
  ["one scope", { session: person({ claims: { scope: ["read"], plan: ["team"] } }) }],
  ["a domain in upper case", { session: person({ email: "bob@EXAMPLE.org" }) }],
  ["a domain that ends alike", { session: person({ email: "bob@notexample.com" }) }],
  ["no address of e-mail", { session: person({ email: "", claims: { email: ["x@example.com"] } }) }],
  ["a strong sign-in", { session: person({ strength: "mfa", authTime: SECONDS - 30 }) }],
  ["a strong one long ago", { session: person({ strength: "mfa", authTime: SECONDS - 100_000 }) }],
  ["a weak one", { session: person({ strength: "pwd", authTime: SECONDS - 30, roles: ["admin"] }) }],
  ["another provider", { session: person({ idp: "partner", roles: ["admin"] }) }],
];

const PROFILE: Allow = [{ owner: "user" }, { roles: ["admin"] }];
const ALLOWS: Allow[] = [
  "nobody",
  { allRoles: ["admin", "staff"] },
  { notRoles: ["contractor"] },
  { roles: ["staff"], notRoles: ["contractor"], idp: ["main"] },
  { scopes: ["read"] },
  { scopes: ["read", "write"] },
  { claims: { plan: ["pro", "team"] } },
  { claims: { plan: ["a&b|c"] } },
  { claims: { plan: ["100%"] } },
  { claims: { plan: ["plan"] } },
  { claims: { email: ["alice@example.com"] } },
  { emailDomains: ["example.com", "example.org"] },
  { acr: ["mfa"] },
  { maxAge: 900 },
  { roles: ["admin"], acr: ["mfa"], maxAge: 900 },
  { networks: ["192.0.2.0/24", "2001:db8::/32"] },
  { networks: ["0.0.0.0/0"] },
  { networks: ["::/0"] },
  { notNetworks: ["192.0.2.0/25"] },
  { notNetworks: ["2001:db8::/127"] },
  { public: true, networks: ["192.0.2.7/32", "::/128"] },
  { public: true, notNetworks: ["10.0.0.0/8", "192.0.2.4/30"] },
  { public: true, countries: ["DE"] },
  { countries: ["DE", "FR"] },
  { notCountries: ["FR"] },
  { during: { from: "2020-01-01T00:00:00Z" } },
  { during: { until: "2020-01-01T00:00:00Z" } },
  { public: true, during: { hours: "00:00-24:00", days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] } },
  PROFILE,
  { owner: { segment: "user", claim: "team" } },
  [{}, { public: true, networks: ["192.0.2.0/24"] }],
  [{ networks: ["10.0.0.0/8"] }, { acr: ["mfa"] }, { claims: { plan: ["pro"] }, emailDomains: ["example.com"] }],
];
const TABLE: PolicyRule[] = ALLOWS.map((allow, i) => ({ path: `/k${i}/{user}`, allow }));
const TABLE_SOURCE = sourceWithConditions(TABLE);
const CASES = ALLOWS.map((allow, i) => [JSON.stringify(allow), `/k${i}/${ANN}`] as const);

function expectedFor(path: string): string[] {
  return VISITORS.map(([, asked]) => decideByReference(TABLE, requestOf({ ...asked, path }), asked.session, NOW));
}

test("the table has as many decisions as were promised, and some of each kind", () => {
  const all = CASES.flatMap(([, path]) => expectedFor(path));
  expect(all.length).toBeGreaterThanOrEqual(600);
  for (const kind of ["allow public", "allow session", "login none", "login step-up", "deny rule", "deny role"])
    expect(all.filter((one) => one === kind).length).toBeGreaterThan(20);
});

describe.each([["the sandbox", runInSandbox]])("in %s", (_, engine) => {
  test.each(CASES)("%s", async (_allow, path) => {
    const seen = await Promise.all(VISITORS.map(([, asked]) => decisionOf(engine, TABLE_SOURCE, { ...asked, path })));
    expect(named(seen)).toEqual(named(expectedFor(path)));
  });
});

describeWith("njs", "in njs", () => {
  test.each(CASES)("%s", async (_allow, path) => {
    const seen: string[] = [];
    for (const [, asked] of VISITORS) seen.push(await decisionOf(runInNjs, TABLE_SOURCE, { ...asked, path }));
    expect(named(seen)).toEqual(named(expectedFor(path)));
  });
});

function named(decisions: readonly string[]): string[] {
  return decisions.map((decision, i) => `${VISITORS[i]![0]}: ${decision}`);
}

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
      const expected = decideByReference(rules, requestOf(asked), asked.session, NOW);
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
      const expected = decideByReference(rules, requestOf(asked), asked.session, NOW);
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

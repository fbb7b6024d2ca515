/** The assertion that the handler of API behaviors signs about callers whom the gate cannot verify. */
import { decodeProtectedHeader, jwtVerify } from "jose";
import { runGate } from "../../../local/gate-sandbox";
import { ASSERTION_RECORD, assertionStart } from "../../../session/assertion";
import { assertionKeyId, assertionRecord, formatAssertionKeys } from "../../../session/assertion-keys";
import { encodePayload, type Session } from "../../../session/token";
import { eventOf } from "../../functions/gate/case";
import { ALICE, storeWith, token as sessionToken } from "../../functions/gate/sessions";
import { gateSources, SITE_CONFIGS } from "../../functions/gate/sites";
import { ASSERTION_KEYS, startBearer, type Answer, type BearerEnvironment } from "../../support/bearer-fixture";
import { makeServiceToken } from "../../support/service-tokens";

const ISSUER = "https://app.example.com";
const AUDIENCE = SITE_CONFIGS.asserted.assertion.audience;
const [A, B, C] = ["a", "b", "c"].map((character) => character.repeat(43)) as [string, string, string];
const READ = "secretsmanager.GetSecretValue";

let environment: BearerEnvironment;
beforeAll(async () => {
  environment = await startBearer(
    () => ({ main: { roles: { claim: "roles", grant: ["staff"] }, claims: ["department"] } }),
    {
      assertion: assertionStart("app.example.com", AUDIENCE),
      behaviors: [
        ["/api/plain/*", {}],
        ["/api/*", { assertion: true }],
      ],
    },
  );
});
afterAll(() => environment.close());
beforeEach(async () => {
  environment.aws.faults.clear();
  environment.aws.secrets.delete(ASSERTION_KEYS);
  environment.aws.secrets.set(ASSERTION_KEYS, formatAssertionKeys([A, B]));
  await environment.coldStart();
});

async function claimsOf({ status, headers }: Answer, key = A) {
  expect(status).toBeUndefined();
  const { payload } = await jwtVerify(headers["x-gate-assertion"]!, new TextEncoder().encode(key), {
    algorithms: ["HS256"],
    issuer: ISSUER,
    audience: AUDIENCE,
    currentDate: new Date(environment.clock.now() * 1000),
  });
  return payload;
}

/** The key that signed. */
const keyOf = ({ headers }: Answer) => decodeProtectedHeader(headers["x-gate-assertion"]!).kid;
/** How often the secret was read while `act` ran. */
async function readsOf(act: () => Promise<unknown>): Promise<number> {
  const before = environment.aws.requests.length;
  await act();
  return environment.aws.requests.slice(before).filter((target) => target === READ).length;
}

describe("an origin that gets assertions learns in one", () => {
  test("whose access token it is", async () => {
    const token = await environment.token({
      roles: ["staff", "other"],
      scope: "orders:read",
      department: "R&D",
      email: "caller@example.com",
      email_verified: true,
      auth_time: environment.clock.now() - 100,
    });
    const answer = await environment.ask({ token });
    const now = environment.clock.now();
    const { iat, exp, auth_time, ...claims } = await claimsOf(answer);
    expect(Math.abs(iat! - now)).toBeLessThan(30);
    expect(exp! - iat!).toBe(60);
    expect(Math.abs((auth_time as number) - (now - 100))).toBeLessThan(30);
    expect(claims).toEqual({
      iss: ISSUER,
      aud: AUDIENCE,
      sub: answer.headers["x-gate-user"],
      sid: answer.headers["x-gate-session"],
      email: "caller@example.com",
      roles: ["staff"],
      idp: "main",
      claims: { department: ["R&D"], scope: ["orders:read"] },
    });
  });

  test("which program calls, and of no authentication", async () => {
    const { endpoint } = environment.aws;
    const { token, record } = await makeServiceToken(
      { endpoint, table: "example-revocations", now: environment.clock.now() },
      {},
    );
    const { sub, sid, roles, idp, ...others } = await claimsOf(await environment.ask({ token }));
    expect({ sub, sid, roles, idp }).toEqual({
      sub: record.id,
      sid: record.id,
      roles: ["importer"],
      idp: "service-token",
    });
    for (const name of ["email", "auth_time"]) expect(others).not.toHaveProperty(name);
  });
});

describe("the gate and the handler sign the same bytes", () => {
  const [gate] = Object.values(gateSources({ asserted: SITE_CONFIGS.asserted }));

  /** But for the time of the signature. */
  const told = (assertion: string) => {
    const [header, payload] = assertion.split(".").map((part) => Buffer.from(part, "base64url").toString());
    return `${header} ${payload!.replace(/,"iat":\d{10},"exp":\d{10}/, "")}`;
  };

  const SESSIONS: [what: string, session: Partial<Session>][] = [
    ["somebody with an address", {}],
    ["somebody without one", { email: "" }],
    ["a program", { email: "", authTime: 0, idp: "service-token", roles: ["importer"] }],
    ["roles and claims", { roles: ["staff", "team:a/b"], claims: { plan: ["premium"], scope: ["a", "b"] } }],
    ["text of any kind", { roles: ['a"b\\c', "Ärzte", "\u2028 \n", "🔑"], claims: { 'realm."a.b"': ['","x'] } }],
  ];
  test.each(SESSIONS)("about %s", async (_, more) => {
    const request = eventOf({ session: sessionToken(more) });
    const records = { ...storeWith(), origin: "s".repeat(43), [ASSERTION_RECORD]: assertionRecord(A) };
    const { result } = await runGate(gate!, request, { records });
    const { value } = (result as { headers: Record<string, { value: string }> }).headers["x-gate-assertion"]!;
    const payload = encodePayload({ ...ALICE, ...more });
    const answer = await environment.ask({
      required: null,
      headers: { "x-gate-requirement": `+ /api/orders /api/orders ${payload}`, "x-gate-user": ALICE.uid },
    });
    expect(told(answer.headers["x-gate-assertion"]!)).toBe(told(value));
    await claimsOf(answer);
  });
});

describe("what was sent under the name of the header", () => {
  const headers = { "x-gate-assertion": "mallory" };
  const session = {
    "x-gate-requirement": `+ /api/orders /api/orders ${encodePayload(ALICE)}`,
    "x-gate-user": ALICE.uid,
  };

  test("is replaced for a token", async () => {
    await claimsOf(await environment.ask({ token: await environment.token(), headers }));
  });

  test.each([
    ["on a public path", { required: "*" }],
    ["where nobody needs a token", { required: "&pub=&net=192.0.2.0/24" }],
  ])("is removed %s", async (_, request) => {
    const answer = await environment.ask({ ...request, headers });
    expect(answer.status).toBeUndefined();
    expect(answer.headers).not.toHaveProperty("x-gate-assertion");
  });

  test("is removed for an origin that gets none, and the secret is not read for it", async () => {
    const token = await environment.token();
    await environment.ask({ token });
    environment.clock.advance(31);
    const reads = await readsOf(async () => {
      const answer = await environment.ask({ token, path: "/api/plain/x", headers });
      expect(answer.status).toBeUndefined();
      expect(answer.headers).not.toHaveProperty("x-gate-assertion");
    });
    expect(reads).toBe(0);
  });

  test("is the gate's for a session, and passes", async () => {
    const answer = await environment.ask({ required: null, headers: { ...session, "x-gate-assertion": "the gate's" } });
    expect(answer.headers["x-gate-assertion"]).toBe("the gate's");
  });
});

describe("no request passes without an assertion", () => {
  test.each(["denied", "error", "garbage"] as const)("while Secrets Manager answers with %s", async (fault) => {
    environment.aws.faults.set(READ, fault);
    await environment.coldStart();
    const token = await environment.token();
    const answer = await environment.ask({ token });
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(await environment.lineAbout(answer)).toMatchObject({ outcome: "assertion_unavailable" });
    environment.aws.faults.clear();
    environment.clock.advance(11);
    await claimsOf(await environment.ask({ token }));
  });

  test.each([
    ["there is no secret", undefined],
    ["the secret is an origin secret", JSON.stringify({ accepted: [A, B] })],
    ["a key is short", formatAssertionKeys([A.slice(1), B])],
  ])("while %s", async (_, text) => {
    environment.aws.secrets.delete(ASSERTION_KEYS);
    if (text !== undefined) environment.aws.secrets.set(ASSERTION_KEYS, text);
    await environment.coldStart();
    const answer = await environment.ask({ token: await environment.token() });
    expect(answer.status).toBe(503);
    expect(await environment.lineAbout(answer)).toMatchObject({ outcome: "assertion_unavailable" });
  });

  test("while the settings do not say for whom", async () => {
    const { assertion } = environment.settings;
    environment.publish({ assertion: undefined });
    await environment.coldStart();
    const answer = await environment.ask({ token: await environment.token() });
    environment.publish({ assertion });
    expect(answer.status).toBe(503);
  });

  test("after an hour in which the key could not be read again", async () => {
    const ask = async () => environment.ask({ token: await environment.token() });
    await claimsOf(await ask());
    environment.aws.faults.set(READ, "error");
    environment.clock.advance(3000);
    await claimsOf(await ask());
    environment.clock.advance(700);
    expect((await ask()).status).toBe(503);
  });

  test("and a refused token is not a reason to read the key", async () => {
    const token = await environment.token({ aud: "https://other.example.com" });
    environment.clock.advance(31);
    const reads = await readsOf(async () => expect((await environment.ask({ token })).status).toBe(401));
    expect(reads).toBe(0);
  });
});

describe("while the keys rotate", () => {
  const ask = async () => keyOf(await environment.ask({ token: await environment.token() }));

  test("the next key signs once it is announced, before the old one is withdrawn", async () => {
    const { secrets } = environment.aws;
    const { versions } = secrets.declare(ASSERTION_KEYS);
    expect(await ask()).toBe(assertionKeyId(A));
    // Secrets Manager labels the version before it has a value.
    versions.set("v2", { labels: new Set() });
    secrets.label(ASSERTION_KEYS, "AWSPENDING", "v2");
    environment.clock.advance(31);
    expect(await ask()).toBe(assertionKeyId(A));
    versions.get("v2")!.text = formatAssertionKeys([B, C]);
    environment.clock.advance(31);
    expect(await ask()).toBe(assertionKeyId(B));
    secrets.label(ASSERTION_KEYS, "AWSCURRENT", "v2");
    secrets.label(ASSERTION_KEYS, "AWSPENDING", undefined);
    environment.clock.advance(31);
    expect(await ask()).toBe(assertionKeyId(B));
  });

  test("a pending key that servers do not accept yet does not sign", async () => {
    const { secrets } = environment.aws;
    secrets.declare(ASSERTION_KEYS).versions.set("v2", { text: formatAssertionKeys([C, B]), labels: new Set() });
    secrets.label(ASSERTION_KEYS, "AWSPENDING", "v2");
    environment.clock.advance(31);
    expect(await ask()).toBe(assertionKeyId(A));
  });

  test("a busy caller costs one look at them every half minute", async () => {
    const token = await environment.token();
    const asks = () => Promise.all(Array.from({ length: 20 }, () => environment.ask({ token })));
    await asks();
    expect(await readsOf(asks)).toBe(0);
    environment.clock.advance(31);
    expect(await readsOf(asks)).toBe(2);
  });
});

/** The assertion that the gate signs, in both engines, as a JWT library of somebody else's reads it. */
import { decodeProtectedHeader, jwtVerify } from "jose";
import { runGate as runInNjs } from "../../../local/gate-njs";
import { runGate as runInSandbox } from "../../../local/gate-sandbox";
import { ASSERTION_RECORD } from "../../../session/assertion";
import { assertionKeyId, assertionRecord } from "../../../session/assertion-keys";
import type { Session } from "../../../session/token";
import { describeWith } from "../../support/tools";
import { eventOf, type GateRequest } from "./case";
import { ALICE, storeWith, token } from "./sessions";
import { gateSources, SITE_CONFIGS } from "./sites";

const KEY = "k-_".padEnd(43, "k");
const AUDIENCE = "https://orders.internal.example.com";
const RECORDS = { ...storeWith(), origin: "s".repeat(43), [ASSERTION_RECORD]: assertionRecord(KEY) };
const SOURCES = gateSources({ asserted: SITE_CONFIGS.asserted, marked: SITE_CONFIGS.marked });

/** Everything that a session may say, and text of any kind in it. */
const SESSIONS: [what: string, session: Partial<Session>, claims: object][] = [
  ["nothing but who it is", { email: "" }, { roles: [] }],
  ["an address", {}, { email: "alice@example.com", roles: [] }],
  ["a role", { roles: ["staff"] }, { email: ALICE.email, roles: ["staff"] }],
  ["roles", { roles: ["staff", "team:a/b.c-d"] }, { email: ALICE.email, roles: ["staff", "team:a/b.c-d"] }],
  [
    "text that JSON escapes, and text beyond ASCII",
    { roles: ['a"b\\c', "Ärzte", "a!b~c%25", "\u2028 \u0001\n", "🔑"], email: '"ä b"@example.com' },
    { roles: ['a"b\\c', "Ärzte", "a!b~c%25", "\u2028 \u0001\n", "🔑"], email: '"ä b"@example.com' },
  ],
  [
    "a role that would close the string, if it were not encoded",
    { roles: ['","admin'] },
    { email: ALICE.email, roles: ['","admin'] },
  ],
  [
    "further claims",
    { claims: { department: ["R&D", "IT"], office: ["Zürich"] }, idp: "partner" },
    { email: ALICE.email, roles: [], claims: { department: ["R&D", "IT"], office: ["Zürich"] }, idp: "partner" },
  ],
];

const unsigned = (more: GateRequest = {}): GateRequest => ({ records: RECORDS, ...more });
const asked = (more: GateRequest = {}): GateRequest => unsigned({ session: token(), ...more });

function signs(run: typeof runInSandbox): void {
  const pass = async (request: GateRequest, site: keyof typeof SOURCES = "asserted") => {
    const { log, reads, result } = await run(SOURCES[site], eventOf(request), { records: request.records! });
    const headers = ("headers" in result ? result.headers : {}) as Record<string, { value: string }>;
    return { log, reads, headers, assertion: headers["x-gate-assertion"]?.value };
  };

  test.each(SESSIONS)("%s", async (_, session, expected) => {
    const { log, reads, assertion } = await pass(asked({ session: token(session) }));
    expect({ log, reads }).toEqual({ log: [`allow session ${ALICE.uid}`], reads: 3 });
    const { payload } = await jwtVerify(assertion!, new TextEncoder().encode(KEY), {
      issuer: "https://app.example.com",
      audience: AUDIENCE,
      algorithms: ["HS256"],
    });
    const { iat, exp, ...claims } = payload;
    expect(exp! - iat!).toBe(60);
    expect(Math.abs(iat! - Date.now() / 1000)).toBeLessThan(30);
    expect(claims).toEqual({
      iss: "https://app.example.com",
      aud: AUDIENCE,
      sub: ALICE.uid,
      sid: ALICE.sid,
      idp: "main",
      auth_time: ALICE.authTime,
      ...expected,
    });
    expect(decodeProtectedHeader(assertion!)).toEqual({ alg: "HS256", kid: assertionKeyId(KEY) });
  });

  test("is the gateway's on another host too", async () => {
    const { assertion } = await pass(asked({ host: "docs.example.com" }));
    const { payload } = await jwtVerify(assertion!, new TextEncoder().encode(KEY));
    expect(payload.iss).toBe("https://app.example.com");
  });

  test("a viewer's own is replaced", async () => {
    const { assertion } = await pass(asked({ headers: { "X-Gate-Assertion": "mallory" } }));
    expect(assertion).toMatch(/^eyJ/);
  });

  test.each([
    ["is removed on a public route, which has none", unsigned],
    ["is removed if a person is signed in there, too", asked],
  ])("a viewer's own %s", async (_, requestOf) => {
    const request = requestOf({ path: "/public/x", headers: { "X-Gate-Assertion": "mallory" } });
    const { log, assertion } = await pass(request);
    expect({ log, assertion }).toEqual({ log: ["allow public"], assertion: undefined });
  });

  test.each([
    ["missing", undefined],
    ["empty", ""],
    ["a header without a key", "eyJhbGciOiJIUzI1NiJ9."],
    ["a short key", `eyJhbGciOiJIUzI1NiJ9.${KEY.slice(1)}`],
    ["a key without a header", KEY],
  ])("with a record that is %s, the request passes without, and the log says so", async (_, record) => {
    const { [ASSERTION_RECORD]: _known, ...others } = RECORDS;
    const records = record === undefined ? others : { ...others, [ASSERTION_RECORD]: record };
    const headers = { "X-Gate-Assertion": "mallory" };
    const { log, assertion, headers: passed } = await pass(asked({ records, headers }));
    expect({ log, assertion }).toEqual({ log: [`allow session ${ALICE.uid} unasserted`], assertion: undefined });
    expect(passed["x-gate-user"]!.value).toBe(ALICE.uid);
  });

  test("nobody gets one without a session, and its record is not read then", async () => {
    expect(await pass(unsigned())).toMatchObject({ log: ["login none"], reads: 0 });
    expect(await pass(asked({ session: `${token().slice(0, -4)}AAAA` }))).toMatchObject({
      log: ["login mac"],
      reads: 1,
    });
  });

  test("a site without assertions has none", async () => {
    const { reads, assertion } = await pass(asked(), "marked");
    expect({ reads, assertion }).toEqual({ reads: 2, assertion: undefined });
  });
}

describe("in the sandbox: an assertion says", () => signs(runInSandbox));
describeWith("njs", "in njs: an assertion says", () => signs(runInNjs));

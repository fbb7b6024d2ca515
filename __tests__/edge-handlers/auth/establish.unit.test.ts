/** The cookies of a new session, and what the ledger is told of it. */
import { establishSession, ledgerSession } from "../../../edge-handlers/auth/session/establish";
import type { RequestContext } from "../../../edge-handlers/auth/request-context";
import type { Identity } from "../../../edge-handlers/auth/oidc/identity";
import type { LedgerStatus } from "../../../ledger/records";

const NOW = 1_000_000;
const START = { sid: "s".repeat(16), issuedAt: NOW, idp: "main", mark: 7, floor: "0000abc", endsAt: NOW + 28_800 };
const IDENTITY: Identity = {
  uid: "u".repeat(16),
  issuer: "https://login.example.com",
  subject: "alice",
  providerClaims: {},
  email: "",
  roles: [],
  claims: {},
  strength: "",
  authTime: undefined,
  idpSession: undefined,
};
const STANDING: LedgerStatus = { session: undefined, revocations: [], mark: 7, gatewayMark: 9, floor: "0000abc" };
const REFRESH = { refreshToken: "token", generation: 0 };

function newContext(headers: Record<string, string> = {}): RequestContext {
  return {
    now: NOW,
    address: "203.0.113.178",
    request: new Request("https://app.example.com/", { headers }),
    settings: { basePath: "/_gate", session: { absolute: 28_800, idle: 3600, token: 900 } },
    ports: { keys: async () => ({ current: "k1", keys: { k1: "m".repeat(43) } }), now: () => NOW },
    setCookies: [],
    note: {},
  } as unknown as RequestContext;
}

test("the session cookie lives as long as the session, the refresh cookie as long as it may be idle", async () => {
  const { cookies } = await establishSession(newContext(), START, IDENTITY, REFRESH);
  expect(cookies).toEqual([
    expect.stringMatching(/^__Host-gate=2\.[^;]+; Path=\/; Max-Age=28800; Secure; HttpOnly; SameSite=Lax$/),
    expect.stringMatching(/^__Secure-gate-refresh=[^;]+; Path=\/_gate; Max-Age=3600; Secure; HttpOnly; SameSite=Lax$/),
  ]);
});

test("without a refresh token the refresh cookie of an earlier session goes", async () => {
  const { cookies } = await establishSession(newContext(), START, IDENTITY, undefined);
  expect(cookies[1]).toBe("__Secure-gate-refresh=; Path=/_gate; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
});

test.each<[string, Partial<Identity>, string, string]>([
  ["claims", { claims: { department: ["x".repeat(4000)] } }, "token", "session_too_large"],
  ["a refresh token", {}, "x".repeat(3000), "refresh_token_too_large"],
])("%s that no cookie can hold give no session at all", async (_name, identity, refreshToken, code) => {
  const context = newContext();
  await expect(
    establishSession(context, START, { ...IDENTITY, ...identity }, { refreshToken, generation: 0 }),
  ).rejects.toMatchObject({ code });
  expect(context.setCookies).toEqual([]);
});

test.each([
  ["after its own lifetime", NOW + 28_800, NOW + 900],
  ["with the session, which was given less than the settings now say", NOW + 60, NOW + 60],
])("the token ends %s", async (_name, endsAt, expiresAt) => {
  const { session } = await establishSession(newContext(), { ...START, endsAt }, IDENTITY, REFRESH);
  expect(session.expiresAt).toBe(expiresAt);
});

test("the ledger keeps of a user agent what a terminal can show, and no more than 200 characters", async () => {
  const context = newContext({ "user-agent": `Mozilla/5.0 \u001b[31m\u00e9${"x".repeat(300)}` });
  const { session } = await establishSession(context, START, IDENTITY, REFRESH);
  const { userAgent } = ledgerSession(context, session, IDENTITY, STANDING, START.endsAt);
  expect(userAgent).toBe(`Mozilla/5.0 ?[31m?${"x".repeat(300)}`.slice(0, 200));
});

test("token and ledger keep the marks that the sign-in found, and the token the floor", async () => {
  const context = newContext();
  const { session } = await establishSession(context, START, IDENTITY, REFRESH);
  expect(session).toMatchObject({ mark: 7, floor: "0000abc" });
  expect(ledgerSession(context, session, IDENTITY, STANDING, START.endsAt)).toMatchObject({ mark: 7, gatewayMark: 9 });
});

test("a token says of no authentication that it is to come", async () => {
  const { session } = await establishSession(newContext(), START, { ...IDENTITY, authTime: NOW + 100 }, REFRESH);
  expect(session.authTime).toBe(NOW);
});

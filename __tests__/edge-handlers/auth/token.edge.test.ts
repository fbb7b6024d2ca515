/** `token`: who gets an edge token for what, how long it is valid, and who gets none. */
import { setTimeout } from "node:timers/promises";
import { EXCHANGE_REFUSALS, type ExchangeRefusal } from "../../../edge-handlers/auth/exchange/refusal";
import type { ServiceToken } from "../../../ledger/records";
import { NO_FLOOR, shardOf } from "../../../session/shard";
import { SESSION_COOKIE } from "../../../session/cookies";
import { expectNoSession, expectProblem } from "../../support/answers";
import { newMasterKey, withAuth } from "../../support/auth-fixture";
import type { EdgeResponse, ViewerRequest } from "../../support/cloudfront-event";
import { API, GRANT, startExchange, TYPE, type Exchange } from "../../support/exchange";
import { createSigningKey } from "../../support/idp/keys";
import { uidOf } from "../../support/session-tokens";

let exchange: Exchange;
beforeAll(async () => void (exchange = await startExchange({ withSlowAnswers: true })));
afterAll(() => exchange.close());

function answerOf(response: EdgeResponse): Record<string, unknown> {
  expect(response).toMatchObject({ status: 200, headers: { "content-type": ["application/json"] } });
  expect(response.headers["set-cookie"]).toBeUndefined();
  expect(response.headers["cache-control"]).toEqual(["no-store"]);
  return JSON.parse(response.body) as Record<string, unknown>;
}

async function expectRefused(response: EdgeResponse, reason: ExchangeRefusal): Promise<void> {
  const { error, description } = EXCHANGE_REFUSALS[reason];
  expect({ status: response.status, body: JSON.parse(response.body) as unknown }).toEqual({
    status: 400,
    body: { error, error_description: description },
  });
  expect(response.headers["cache-control"]).toEqual(["no-store"]);
  expectNoSession(response);
  const [line] = await exchange.environment.logLines(response);
  expect(line).toMatchObject({ endpoint: "token", outcome: "refused" });
  expect(String(line!["detail"])).toMatch(new RegExp(`^${reason}\\b`));
}

/** The calls to the ledger while `act` ran. */
async function callsOf(act: () => Promise<unknown>): Promise<string[]> {
  const { aws } = exchange.environment;
  const before = aws.requests.length;
  await act();
  return aws.requests
    .slice(before)
    .filter((target) => target.startsWith("DynamoDB"))
    .map((target) => target.split(".")[1]!);
}

describe("an access token", () => {
  test("becomes an edge token that says the same, for as long as a session's token", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const now = environment.clock.now();
    const response = await post(await accessToken());
    expect(answerOf(response)).toEqual({
      access_token: expect.stringMatching(/^3\.k1\./),
      issued_token_type: `${TYPE}access_token`,
      token_type: "Bearer",
      expires_in: 900,
      scope: "orders.read orders.write",
    });
    const session = sessionIn(response);
    expect(session).toMatchObject({
      uid: uidOf(environment.idp.issuer, "alice"),
      sid: expect.stringMatching(/^[\w-]{16}$/),
      mark: 0,
      floor: NO_FLOOR,
      idp: "main",
      roles: ["staff"],
      email: "",
      claims: { department: ["sales"], scope: ["orders.read", "orders.write"] },
    });
    expect(session.expiresAt - session.issuedAt).toBe(900);
    expect(Math.abs(session.authTime - (now - 600))).toBeLessThan(30);
    expect(await environment.logLines(response)).toMatchObject([
      { endpoint: "token", outcome: "exchanged", status: 200, uid: session.uid, sid: session.sid, idp: "main" },
    ]);
  });

  test("begins a session that the ledger lists, at its first exchange; later ones only read", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const token = await accessToken({ sub: "bob" });
    let response: EdgeResponse | undefined;
    const first = await callsOf(async () => (response = await post(token)));
    const { uid, sid, issuedAt } = sessionIn(response!);
    expect(first).toEqual(["BatchGetItem", "BatchWriteItem", "PutItem"]);
    expect(await environment.ledger.session({ uid, sid })).toMatchObject({
      kind: "api",
      idp: "main",
      login: "bob",
      startedAt: issuedAt,
      mark: 0,
      gatewayMark: 0,
      address: "203.0.113.178",
    });
    expect((await environment.ledger.items(`sid#${sid}`)).length).toBe(1);
    expect((await environment.ledger.items("email#bob")).length).toBe(1);
    environment.clock.advance(60);
    let again: EdgeResponse | undefined;
    expect(await callsOf(async () => (again = await post(token)))).toEqual(["BatchGetItem"]);
    expect(sessionIn(again!)).toMatchObject({ uid, sid, issuedAt });
  });

  test("that two requests exchange at once is one session", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const token = await accessToken({ sub: "twice", scope: "a b c" });
    const answers = await Promise.all(["a", "b", "c"].map((scope) => post(token, { scope })));
    const sessions = answers.map(sessionIn);
    expect(new Set(sessions.map(({ sid }) => sid)).size).toBe(1);
    const { uid } = sessions[0]!;
    expect((await environment.ledger.sessions()).filter((session) => session.uid === uid)).toHaveLength(1);
  });

  test("that is signed in another way is the same session: its signature is not in the session's ID", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const { idp, clock } = environment;
    const key = await createSigningKey("ES256", "second");
    idp.publishedKeys = [idp.key, key];
    clock.advance(31);
    const claims = { sub: "heidi", jti: "same", iat: clock.now(), exp: clock.now() + 3600, auth_time: clock.now() - 5 };
    const [one, other] = [await accessToken(claims, key), await accessToken(claims, key)];
    expect(one).not.toBe(other);
    const { uid, sid } = sessionIn(await post(one));
    clock.advance(1);
    expect(sessionIn(await post(other)).sid).toBe(sid);
    await environment.ledger.revoke({ kind: "session", uid, sid });
    await expectRefused(await post(other), "revoked");
    idp.publishedKeys = [idp.key];
  });

  test("with more than an edge token holds is refused", async () => {
    const { accessToken, post } = exchange;
    const response = await post(await accessToken({ department: "x".repeat(3_800) }));
    expectProblem(response, 500);
    expect(response.body).not.toContain("access_token");
  });

  test("with a minute left becomes an edge token of a minute", async () => {
    const { environment, accessToken, post } = exchange;
    const response = await post(await accessToken({ exp: environment.clock.now() + 60 }));
    expect(Math.abs((answerOf(response)["expires_in"] as number) - 60)).toBeLessThan(30);
  });

  test("that has expired is refused, even if its issuer's clock may be behind", async () => {
    const { environment, accessToken, post } = exchange;
    for (const ago of [5, 59, 300])
      await expectRefused(await post(await accessToken({ exp: environment.clock.now() - ago })), "time");
  });

  test("gives fewer scopes if asked to, and never more", async () => {
    const { accessToken, post, sessionIn } = exchange;
    const token = await accessToken();
    const response = await post(token, { scope: "orders.read" });
    expect(answerOf(response)["scope"]).toBe("orders.read");
    expect(sessionIn(response).claims["scope"]).toEqual(["orders.read"]);
    for (const scope of ["orders.delete", "orders.read admin", "orders", " orders.read", 'a"b'])
      await expectRefused(await post(token, { scope }), "scope");
  });

  test("without scopes gives none", async () => {
    const { accessToken, post, sessionIn } = exchange;
    const response = await post(await accessToken({ scope: undefined }));
    expect(answerOf(response)).not.toHaveProperty("scope");
    expect(sessionIn(response).claims).toEqual({ department: ["sales"] });
  });

  test("of somebody whose authentication is unknown gives a session whose authentication is long ago", async () => {
    const { accessToken, post, sessionIn } = exchange;
    expect(sessionIn(await post(await accessToken({ auth_time: undefined }))).authTime).toBe(0);
  });

  test.each([
    ["by a clock that is ahead counts as now", () => exchange.environment.clock.now() + 150, true],
    ["that is yet to come is unknown", () => exchange.environment.clock.now() + 86_400, false],
    ["in milliseconds is unknown", () => exchange.environment.clock.now() * 1000, false],
  ])("an authentication %s", async (_, time, isKnown) => {
    const { accessToken, post, sessionIn } = exchange;
    const { authTime, issuedAt } = sessionIn(await post(await accessToken({ auth_time: time() })));
    expect(authTime).toBe(isKnown ? issuedAt : 0);
  });

  test.each([
    ["with a space", "two words"],
    ["with a line break", "two\nlines"],
    ["longer than a pointer", "x".repeat(255)],
  ])("of a subject %s gives a session that no name leads to", async (_, sub) => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const session = await environment.ledger.session(sessionIn(await post(await accessToken({ sub }))));
    expect(session).toMatchObject({ kind: "api", uid: uidOf(environment.idp.issuer, sub) });
    expect(session).not.toHaveProperty("login");
    expect(await environment.ledger.items(`email#${sub}`)).toEqual([]);
  });

  test.each<[name: string, reason: ExchangeRefusal, make: () => Promise<string>]>([
    ["for another API", "audience", () => exchange.accessToken({ aud: "https://other.example.com" })],
    ["of another issuer", "issuer", () => exchange.accessToken({ iss: "https://evil.example" })],
    [
      "signed by a stranger",
      "signature",
      async () => exchange.accessToken({}, await createSigningKey("ES256", exchange.environment.idp.key.kid)),
    ],
    ["without a time of issue", "claims", () => exchange.accessToken({ iat: undefined })],
    ["that is bound to a key", "sender_constrained", () => exchange.accessToken({ cnf: { jkt: "x" } })],
    ["that is the session cookie", "malformed", async () => exchange.environment.mint({})],
    ["that is no token", "malformed", async () => "x"],
  ])("%s is refused", async (_, reason, make) => {
    await expectRefused(await exchange.post(await make()), reason);
  });

  test("edge tokens cannot be exchanged for newer ones", async () => {
    const { accessToken, post } = exchange;
    const { access_token: token } = answerOf(await post(await accessToken()));
    await expectRefused(await post(token as string), "malformed");
  });
});

describe("after a revocation", () => {
  const CUTOFF = { kind: "user" } as const;

  test("of the session, its access token is of no use any more", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const token = await accessToken({ sub: "carol" });
    const { uid, sid } = sessionIn(await post(token));
    await environment.ledger.revoke({ kind: "session", uid, sid });
    await expectRefused(await post(token), "revoked");
    // Another token is another session.
    expect(sessionIn(await post(await accessToken({ sub: "carol" }))).sid).not.toBe(sid);
  });

  test("of the session, even if the ledger has the session no more", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const token = await accessToken({ sub: "ivan" });
    const { uid, sid } = sessionIn(await post(token));
    await environment.ledger.wipe();
    await environment.ledger.revoke({ kind: "session", uid, sid });
    await expectRefused(await post(token), "revoked");
  });

  test("of the user, no token from before counts, whether it was exchanged before or not", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const [used, unused] = [await accessToken({ sub: "dave" }), await accessToken({ sub: "dave" })];
    const { uid } = sessionIn(await post(used));
    environment.clock.advance(5);
    await environment.ledger.revoke({ ...CUTOFF, uid });
    for (const token of [used, unused]) await expectRefused(await post(token), "revoked");
  });

  test("of the user, a newer token of a person counts only after a new authentication", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const uid = uidOf(environment.idp.issuer, "erin");
    const { cutoff, mark } = await environment.ledger.revoke({ ...CUTOFF, uid });
    environment.clock.advance(120);
    // What a stolen refresh token gets.
    await expectRefused(await post(await accessToken({ sub: "erin", auth_time: cutoff - 10 })), "revoked");
    await expectRefused(await post(await accessToken({ sub: "erin", auth_time: undefined })), "revoked");
    const session = sessionIn(await post(await accessToken({ sub: "erin", auth_time: cutoff + 90 })));
    expect(session.mark).toBe(mark);
  });

  test("of a program, a newer token counts: it is new proof in itself", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const program = { sub: "batch", client_id: "batch", auth_time: undefined };
    const old = await accessToken(program);
    const uid = uidOf(environment.idp.issuer, "batch");
    environment.clock.advance(5);
    const { mark } = await environment.ledger.revoke({ ...CUTOFF, uid });
    await expectRefused(await post(old), "revoked");
    environment.clock.advance(90);
    expect(sessionIn(await post(await accessToken(program))).mark).toBe(mark);
  });

  test("of everybody, a token from before does not count, and one from after does", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const old = await accessToken({ sub: "frank" });
    environment.clock.advance(5);
    await environment.ledger.revoke({ kind: "gateway", until: environment.clock.now() + 60 });
    await expectRefused(await post(old), "revoked");
    environment.clock.advance(90);
    const { uid } = sessionIn(await post(await accessToken({ sub: "frank", auth_time: undefined })));
    expect(uid).toBe(uidOf(environment.idp.issuer, "frank"));
  });

  test("of the user, a session that another exchange began just before it is not continued", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const { ledger, aws, delays } = environment;
    const READ = "DynamoDB_20120810.BatchGetItem";
    const token = await accessToken({ sub: "judy" });
    const session = (await ledger.session(sessionIn(await post(token))))!;
    await ledger.remove(session);
    delays.set(READ, 3_000);
    const reads = () => aws.requests.filter((target) => target === READ).length;
    const before = reads();
    const answer = post(token);
    // The exchange has read that there is neither a session nor a revocation, and waits for the answer.
    while (reads() === before) await setTimeout(10);
    await setTimeout(500);
    delays.clear();
    await ledger.open(session);
    await ledger.revoke({ ...CUTOFF, uid: session.uid });
    await expectRefused(await answer, "revoked");
  });

  test("that did not reach the session, the edge token keeps the mark with which the session began", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const token = await accessToken({ sub: "kim" });
    const { uid, mark } = sessionIn(await post(token));
    const { mark: later } = await environment.ledger.revoke({ ...CUTOFF, uid, cutoff: environment.clock.now() - 3600 });
    expect(later).toBeGreaterThan(mark);
    // So that the next token is another one.
    environment.clock.advance(1);
    expect(sessionIn(await post(token)).mark).toBe(mark);
  });

  test("the edge token has the floor of its user's shard", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const uid = uidOf(environment.idp.issuer, "grace");
    const floor = await environment.ledger.raiseFloor(shardOf(uid));
    expect(parseInt(sessionIn(await post(await accessToken({ sub: "grace" }))).floor, 36)).toBe(floor);
  });
});

test.each([
  ["an access token", (place: Exchange) => place.accessToken({ auth_time: undefined })],
  ["a service token", async (place: Exchange) => (await place.serviceToken()).token],
])(
  "after a lockdown, %s becomes an edge token of the new key, also where the old one is remembered",
  async (_, make) => {
    const place = await startExchange();
    try {
      const { environment, post } = place;
      const { ledger, clock, keys } = environment;
      await ledger.revoke({ kind: "gateway" });
      clock.advance(50);
      const headers = { Cookie: `${SESSION_COOKIE}=${environment.mint({})}` };
      // The handler reads the old key now, to see that the session was genuine.
      const refused = await environment.invoke({ url: "/_gate/me", headers });
      expect(await environment.logLines(refused)).toMatchObject([{ detail: "session_revoked" }]);
      environment.publishKeys({ current: "k2", keys: { ...keys.keys, k2: newMasterKey() } });
      clock.advance(15);
      expect(answerOf(await post(await make(place)))["access_token"]).toMatch(/^3\.k2\./);
    } finally {
      await place.close();
    }
  },
);

test("a session ends with its longest time, however long the access token is valid", async () => {
  const { environment, accessToken, post, sessionIn } = exchange;
  const token = await accessToken({ sub: "henry", exp: environment.clock.now() + 30 * 3600 });
  const { uid, sid } = sessionIn(await post(token));
  const { endsAt, startedAt } = (await environment.ledger.session({ uid, sid }))!;
  expect(endsAt - startedAt).toBe(8 * 3600);
  environment.clock.advance(8 * 3600 - 60);
  expect(Math.abs((answerOf(await post(token))["expires_in"] as number) - 60)).toBeLessThan(30);
  environment.clock.advance(120);
  await expectRefused(await post(token), "session_over");
});

describe("a service token", () => {
  test("becomes an edge token with what it may do; nothing but its use is written, and that once a day", async () => {
    const { environment, serviceToken, post, sessionIn } = exchange;
    const { token, record } = await serviceToken();
    let response: EdgeResponse | undefined;
    expect((await callsOf(async () => (response = await post(token)))).sort()).toEqual(["BatchGetItem", "PutItem"]);
    expect(answerOf(response!)).toMatchObject({ expires_in: 900, scope: "orders.read orders.write" });
    expect(sessionIn(response!)).toMatchObject({
      uid: record.id,
      sid: record.id,
      idp: "service-token",
      authTime: 0,
      roles: ["importer"],
      email: "",
      claims: { plan: ["premium"], scope: ["orders.read", "orders.write"] },
    });
    const day = new Date(environment.clock.now() * 1000).toISOString().slice(0, 10);
    expect(await environment.ledger.items(`service-token#${record.id}`)).toMatchObject([{ usedOn: day }]);
    expect(await environment.logLines(response!)).toMatchObject([
      { endpoint: "token", outcome: "exchanged", uid: record.id, sid: record.id, idp: "service-token" },
    ]);
  });

  test("becomes an edge token that knows of the revocations before it", async () => {
    const { environment, serviceToken, post, sessionIn } = exchange;
    const { token, record } = await serviceToken();
    const cutoff = environment.clock.now() - 3600;
    const { mark } = await environment.ledger.revoke({ kind: "user", uid: record.id, cutoff });
    expect(sessionIn(await post(token)).mark).toBe(mark);
  });

  test("gives fewer scopes if asked to, and never more", async () => {
    const { serviceToken, post, sessionIn } = exchange;
    const { token } = await serviceToken();
    expect(sessionIn(await post(token, { scope: "orders.write" })).claims["scope"]).toEqual(["orders.write"]);
    await expectRefused(await post(token, { scope: "admin" }), "scope");
  });

  test("with a minute left becomes an edge token of a minute", async () => {
    const { environment, serviceToken, post } = exchange;
    const { token } = await serviceToken({ endsAt: environment.clock.now() + 60 });
    const expiresIn = answerOf(await post(token))["expires_in"] as number;
    expect(expiresIn).toBeGreaterThan(0);
    expect(expiresIn).toBeLessThanOrEqual(60);
  });

  test.each<[name: string, reason: ExchangeRefusal, changes: () => Partial<ServiceToken>]>([
    ["has expired", "time", () => ({ endsAt: exchange.environment.clock.now() })],
    ["was revoked", "revoked", () => ({ endedAt: 1 })],
    ["has another secret", "unknown", () => ({ hash: "A".repeat(43) })],
    ["has no readable hash", "unknown", () => ({ hash: "" })],
  ])("that %s is refused", async (_, reason, changes) => {
    const { token } = await exchange.serviceToken(changes());
    await expectRefused(await exchange.post(token), reason);
  });

  test.each(["user", "session"] as const)("is refused from its revocation as a %s on", async (kind) => {
    const { environment, serviceToken, post } = exchange;
    const { token, record } = await serviceToken();
    expect((await post(token)).status).toBe(200);
    await environment.ledger.revoke({ kind, uid: record.id, ...(kind === "session" && { sid: record.id }) });
    await expectRefused(await post(token), "revoked");
  });

  test("that nobody made, or whose ID alone is right, is refused", async () => {
    const { serviceToken, post } = exchange;
    const { token, record } = await serviceToken();
    await expectRefused(await post(`egs_${"A".repeat(16)}_${"B".repeat(43)}`), "unknown");
    await expectRefused(await post(`egs_${record.id}_${"B".repeat(43)}`), "unknown");
    for (const text of ["egs_", `egs_${token}`, `egs_${record.id}_short`, `egs_${record.id}_${"B".repeat(44)}`])
      await expectRefused(await post(text), "malformed");
  });

  test("is an access token of the gateway, not a JWT", async () => {
    const { serviceToken, post } = exchange;
    const { token } = await serviceToken();
    await expectRefused(await post(token, { subject_token_type: `${TYPE}jwt` }), "token_type");
  });

  test("is refused while the ledger cannot be read, and accepted while its use cannot be noted", async () => {
    const { environment, serviceToken, post } = exchange;
    const { token } = await serviceToken();
    environment.aws.faults.set("DynamoDB_20120810.PutItem", "denied");
    const response = await post(token);
    expect(response.status).toBe(200);
    expect(await environment.logLines(response)).toMatchObject([
      { detail: expect.stringMatching(/^ledger_unavailable/) },
    ]);
    environment.aws.faults.set("DynamoDB_20120810.BatchGetItem", "denied");
    expectProblem(await post(token), 503);
    environment.aws.faults.clear();
  });
});

describe("a request", () => {
  test.each<[name: string, reason: ExchangeRefusal, form: Record<string, string | undefined>]>([
    ["for another grant", "grant_type", { grant_type: "client_credentials" }],
    ["without a grant", "grant_type", { grant_type: undefined }],
    ["without a subject token", "no_token", { subject_token: undefined }],
    ["with an empty subject token", "no_token", { subject_token: "" }],
    ["without the type of the subject token", "no_token", { subject_token_type: undefined }],
    ["with a SAML assertion", "token_type", { subject_token_type: `${TYPE}saml2` }],
    ["for a refresh token", "requested_type", { requested_token_type: `${TYPE}refresh_token` }],
    ["in somebody's name", "actor", { actor_token: "x", actor_token_type: `${TYPE}jwt` }],
    ["for another resource", "target", { resource: "https://other.example.com/" }],
    ["for this host without TLS", "target", { resource: "http://app.example.com/" }],
    ["for a resource with a fragment", "target", { resource: `${API}/#x` }],
    ["for another audience", "target", { audience: "other" }],
  ])("%s is refused", async (_, reason, form) => {
    await expectRefused(await exchange.post(await exchange.accessToken(), form), reason);
  });

  test.each(["jwt", "id_token"])("may call the subject token %s", async (type) => {
    const { accessToken, post } = exchange;
    expect((await post(await accessToken(), { subject_token_type: TYPE + type })).status).toBe(200);
  });

  test("may name this site, and have parameters that nobody knows", async () => {
    const { accessToken, post } = exchange;
    const more = { resource: `${API}/orders`, audience: "app.example.com", client_id: "shell", foo: "bar", scope: "" };
    const response = await post(await accessToken(), { ...more, requested_token_type: `${TYPE}access_token` });
    expect(response.status).toBe(200);
  });

  test.each(["grant_type", "subject_token", "subject_token_type", "scope"])("with two %s is refused", async (name) => {
    const token = await exchange.accessToken();
    const fields = [
      ["grant_type", GRANT],
      ["subject_token", token],
      ["subject_token_type", `${TYPE}access_token`],
      ["scope", "orders.read"],
    ];
    const body = new URLSearchParams([...fields, fields.find(([each]) => each === name)!]).toString();
    await expectRefused(await exchange.post(token, {}, { body }), "repeated");
  });

  test("as JSON is refused", async () => {
    const { accessToken, post } = exchange;
    const headers = { "Content-Type": "application/json" };
    await expectRefused(await post(await accessToken(), {}, { headers }), "content_type");
  });

  test.each<[name: string, request: Partial<ViewerRequest>]>([
    ["of more than 16 KB", { body: `foo=${"x".repeat(16 * 1024)}` }],
    ["that CloudFront cut", { bodyTruncated: true }],
  ])("%s is refused", async (_, request) => {
    expectProblem(await exchange.post(await exchange.accessToken(), {}, request), 413);
  });

  test.each(["GET", "HEAD", "PUT", "OPTIONS"])("with %s is refused", async (method) => {
    const response = await exchange.environment.invoke({ url: "/_gate/token", method });
    expect(response).toMatchObject({ status: 405, headers: { allow: ["POST"] } });
  });

  test("says nothing by its cookies: a session cookie changes nothing", async () => {
    const { environment, accessToken, post, sessionIn } = exchange;
    const headers = {
      "Content-Type": "application/x-www-form-urlencoded",
      Cookie: `${SESSION_COOKIE}=${environment.mint({ uid: "M".repeat(16), roles: ["admin"] })}`,
    };
    const session = sessionIn(await post(await accessToken({ sub: "iris" }), {}, { headers }));
    expect(session).toMatchObject({ uid: uidOf(environment.idp.issuer, "iris"), roles: ["staff"] });
    await expectRefused(await post("x", {}, { headers }), "malformed");
  });
});

test("the edge token is no session cookie", async () => {
  const { environment, accessToken, post } = exchange;
  const { access_token: token } = answerOf(await post(await accessToken()));
  const headers = { Cookie: `${SESSION_COOKIE}=${String(token)}` };
  expectProblem(await environment.invoke({ url: "/_gate/me", headers }), 401);
});

test("a site without an API has no such endpoint", async () => {
  await withAuth({}, async ({ invoke }) => {
    const response = await invoke({
      url: "/_gate/token",
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: `grant_type=${GRANT}`,
    });
    expectProblem(response, 404);
  });
});

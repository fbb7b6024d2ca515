/**
 * `backchannel-logout/<idp>`: what the identity provider signs out is revoked, once, and nobody else can sign anyone
 * out.
 */
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { JWTPayload } from "jose";
import { REFUSALS } from "../../../edge-handlers/auth/oidc/refused";
import type { LedgerSession } from "../../../ledger/records";
import type { RevocationCommand } from "../../../session/revocation";
import { SESSION_COOKIE } from "../../../session/cookies";
import { expectNoSession, expectPage, expectProblem } from "../../support/answers";
import { startAuth, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse, ViewerRequest } from "../../support/cloudfront-event";
import type { Outage } from "../../support/idp-faults";
import { createSigningKey } from "../../support/idp-keys";
import { getSession, putSession } from "../../support/ledger-sessions";
import {
  commonClaims,
  commonFlaws,
  sign,
  withClaims,
  withHeader,
  type Draft,
  type Flaw,
} from "../../support/pushed-tokens";

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const FORM = "application/x-www-form-urlencoded";
const BY = { by: "backchannel-logout:main", reason: "The identity provider signed the user out." };

let environment: AuthEnvironment;
beforeAll(async () => void (environment = await startAuth({ withOtherIdp: true })));
afterAll(() => environment.close());

/** A logout token for one session of alice at the provider `main`. */
function draft(claims: JWTPayload = {}, { idp, clock }: AuthEnvironment = environment): Draft {
  const now = clock.now();
  return {
    claims: {
      ...commonClaims(idp.issuer, idp.clientId, now),
      exp: now + 120,
      events: { [EVENT]: {} },
      sub: "alice",
      sid: newSid(),
      ...claims,
    },
    header: { typ: "logout+jwt" },
    key: idp.key,
  };
}

const newSid = () => `idp-${randomBytes(8).toString("hex")}`;

async function post(
  token: string,
  request: Partial<ViewerRequest> = {},
  { invoke, secret } = environment,
): Promise<EdgeResponse> {
  return invoke({
    url: "/_gate/backchannel-logout/main",
    method: "POST",
    headers: { "Content-Type": FORM },
    body: `logout_token=${encodeURIComponent(secret(token))}`,
    ...request,
  });
}

/** The commands that reached the queue while `act` ran. */
async function commandsOf(act: () => Promise<unknown>, { aws, settings } = environment): Promise<RevocationCommand[]> {
  const before = aws.messages.length;
  await act();
  const sent = aws.messages.slice(before);
  for (const { queueUrl } of sent) expect(queueUrl).toMatch(new RegExp(`/${settings.aws.revocationQueue}$`));
  return sent.map(({ command }) => command);
}

function expectRefused(response: EdgeResponse, reason: Flaw[1]): void {
  expect(response).toMatchObject({
    status: 400,
    headers: { "content-type": ["application/json"], "cache-control": ["no-store"] },
  });
  expect(response.headers["set-cookie"]).toBeUndefined();
  expect(JSON.parse(response.body)).toEqual({
    error: "invalid_request",
    error_description: REFUSALS[reason].description,
  });
}

function expectDone(response: EdgeResponse): void {
  expect(response).toMatchObject({ status: 200, headers: { "cache-control": ["no-store"] }, body: "" });
  expect(response.headers["set-cookie"]).toBeUndefined();
}

const FLAWS: Flaw[] = [
  ...commonFlaws(600),
  ["without an expiry", "time", withClaims((claims) => delete claims.exp)],
  ["with an expiry that is a text", "time", withClaims((claims) => Object.assign(claims, { exp: String(claims.exp) }))],
  ["that expired", "time", withClaims((claims) => (claims.exp = claims.iat! - 190))],
  [
    "for another audience beside this one",
    "audience",
    withClaims((claims) => Object.assign(claims, { aud: [claims.aud, "other"] })),
  ],
  ["of a security event token's type", "type", withHeader({ typ: "secevent+jwt" })],
  ["with a nonce", "claims", withClaims((claims) => (claims["nonce"] = "n"))],
  ["with a nonce that is null", "claims", withClaims((claims) => (claims["nonce"] = null))],
  [
    "without the logout event",
    "events",
    withClaims(
      (claims) => (claims["events"] = { "https://schemas.openid.net/secevent/caep/event-type/session-revoked": {} }),
    ),
  ],
  [
    "with a logout event that is spelled otherwise",
    "events",
    withClaims((claims) => (claims["events"] = { [EVENT.toUpperCase()]: {} })),
  ],
  [
    "without user and session",
    "subject",
    withClaims((claims) => ["sub", "sid"].forEach((name) => delete claims[name])),
  ],
  ["with an empty user", "claims", withClaims((claims) => (claims.sub = ""))],
  ["with a user that is a number", "claims", withClaims((claims) => Object.assign(claims, { sub: 7 }))],
  ["with an empty session", "claims", withClaims((claims) => (claims["sid"] = ""))],
  ["with a list of sessions", "claims", withClaims((claims) => (claims["sid"] = [claims["sid"]]))],
  ["with a session that is null", "claims", withClaims((claims) => (claims["sid"] = null))],
  [
    "that is an ID token",
    "events",
    (honest) => {
      const claims: JWTPayload = { ...honest.claims, auth_time: honest.claims.iat! - 5 };
      delete claims["events"];
      return sign({ ...honest, claims, header: { typ: "JWT" } });
    },
  ],
];

describe("a sign-in that the provider ends while it is under way, or just after", () => {
  /** A browser that comes back from a session of the provider, in which its user authenticated a while ago. */
  async function comingBack(place: AuthEnvironment, sid: string): Promise<{ browser: Browser; callback: string }> {
    place.idp.user = { ...place.idp.user, sid };
    place.idp.authenticatedAt = place.clock.now() - 300;
    const browser = place.browser();
    return { browser, callback: browser.approve(await browser.startSignIn("/page")) };
  }
  const logOut = async (place: AuthEnvironment, sid: string) =>
    expectDone(await post(await sign(draft({ sid }, place)), {}, place));
  /** It leads to the provider's form, and leaves no active session behind. */
  async function expectStartedOver(place: AuthEnvironment, response: EdgeResponse): Promise<string> {
    expectNoSession(response);
    expect(new URL(response.headers["location"]![0]!).searchParams.get("prompt")).toBe("login");
    expect(await place.logLines(response)).toEqual([
      expect.objectContaining({ outcome: "sign_in_started", detail: "idp_session_ended" }),
    ]);
    expect(
      (await place.ledger.sessions()).filter(
        (session) => session.idpSession !== undefined && session.endedAt === undefined,
      ),
    ).toEqual([]);
    return response.headers["location"]![0]!;
  }

  test("is ended immediately, even if it has just begun", () =>
    withAuth({}, async (place) => {
      const sid = newSid();
      const { browser, callback } = await comingBack(place, sid);
      await browser.navigate(callback);
      const session = place.readToken(browser.jar.get(SESSION_COOKIE));
      const commands = await commandsOf(() => logOut(place, sid), place);
      expect(commands).toEqual([
        { version: 1, target: { type: "session", sid: session.sid, uid: session.uid }, ...BY },
      ]);
      expectProblem(await browser.fetch("/_gate/refresh", { method: "POST" }), 401);
    }));

  test.each([0, 61, 590])("does not outlive it when its callback comes %i s later", (seconds) =>
    withAuth({}, async (place) => {
      const sid = newSid();
      const { browser, callback } = await comingBack(place, sid);
      expect(await commandsOf(() => logOut(place, sid), place)).toEqual([]);
      place.clock.advance(seconds);
      await expectStartedOver(place, await browser.navigate(callback));
    }),
  );

  test("does not outlive it whichever comes first, the pointer or the mark", () =>
    withAuth({}, async (place) => {
      const sid = newSid();
      const { browser, callback } = await comingBack(place, sid);
      place.idp.outages.set("token", "slow");
      const answer = browser.navigate(callback);
      await setTimeout(300);
      await logOut(place, sid);
      await expectStartedOver(place, await answer);
    }));

  test("sees the end, or is seen: each writes its own before it looks for the other's", () =>
    withAuth({ withSlowAnswers: true }, async (place) => {
      const sid = newSid();
      const { browser, callback } = await comingBack(place, sid);
      const seen = async (act: () => Promise<unknown>) => {
        const before = place.aws.requests.length;
        await act();
        return place.aws.requests.slice(before).map((target) => target.replace("DynamoDB_20120810.", ""));
      };
      // What is not waited for would overtake it.
      place.delays.set("DynamoDB_20120810.BatchWriteItem", 300).set("DynamoDB_20120810.PutItem", 300);
      const signIn = await seen(() => browser.navigate(callback));
      for (const look of ["PutItem", "GetItem"])
        expect(signIn.indexOf(look)).toBeGreaterThan(signIn.indexOf("BatchWriteItem"));
      const ended = await seen(() => logOut(place, sid));
      expect(ended.indexOf("Query")).toBeGreaterThan(ended.indexOf("PutItem"));
      expect(ended.indexOf("PutItem")).toBeGreaterThan(-1);
      // Nor does the logout look before its mark is there.
      place.aws.faults.set("DynamoDB_20120810.PutItem", "error");
      const token = await sign(draft({ sid }, place));
      expect(await seen(async () => expectProblem(await post(token, {}, place), 503))).not.toContain("Query");
    }));

  test("is revoked where only what leads to it is written yet", () =>
    withAuth({}, async (place) => {
      const sid = newSid();
      const { sid: own, uid } = await putSession(place, sid);
      await place.ledger.remove({ uid, sid: own });
      expect(await commandsOf(() => logOut(place, sid), place)).toEqual([
        { version: 1, target: { type: "session", sid: own, uid }, ...BY },
      ]);
    }));

  test("gets in where the user has authenticated since, also in the same session of the provider", () =>
    withAuth({}, async (place) => {
      const sid = newSid();
      const { browser, callback } = await comingBack(place, sid);
      await logOut(place, sid);
      place.clock.advance(61);
      const location = await expectStartedOver(place, await browser.navigate(callback));
      place.clock.advance(1);
      expect((await browser.navigate(browser.approve(location))).headers["location"]).toEqual(["/page"]);
      expect((await browser.fetch("/_gate/me")).status).toBe(200);
    }));

  test("is refused where the provider was asked and did not authenticate the user", () =>
    withAuth({}, async (place) => {
      const sid = newSid();
      const { browser, callback } = await comingBack(place, sid);
      await logOut(place, sid);
      const location = await expectStartedOver(place, await browser.navigate(callback));
      place.idp.obeysPrompt = false;
      const refused = await browser.navigate(browser.approve(location));
      expectPage(refused, 403);
      expectNoSession(refused);
      expect(await place.logLines(refused)).toEqual([
        expect.objectContaining({ outcome: "authentication_too_old", detail: "idp_session_ended" }),
      ]);
    }));
});

describe("a logout token is refused", () => {
  test.each(FLAWS)("%s", async (_name, reason, make) => {
    const honest = draft();
    const session = await putSession(environment, String(honest.claims["sid"]));
    const refused = await commandsOf(async () => {
      const response = await post(await make(honest));
      expectRefused(response, reason);
      expect(await environment.logLines(response)).toEqual([
        expect.objectContaining({
          endpoint: "backchannel-logout",
          outcome: "refused",
          idp: "main",
          detail: expect.stringMatching(`^${reason}\\b`) as unknown,
        }),
      ]);
    });
    expect(refused).toEqual([]);
    // Nothing else was wrong with it.
    expect(await commandsOf(async () => expectDone(await post(await sign(honest))))).toEqual([
      { version: 1, target: { type: "session", sid: session.sid, uid: session.uid }, ...BY },
    ]);
  });

  test("when it comes again", async () => {
    const honest = draft({ sid: undefined });
    const token = await sign(honest);
    expect(await commandsOf(async () => expectDone(await post(token)))).toHaveLength(1);
    const replays = async () => {
      expectRefused(await post(token), "replayed");
      expectRefused(
        await post(await sign({ ...honest, claims: { ...honest.claims, exp: honest.claims.exp! + 1 } })),
        "replayed",
      );
      await environment.coldStart();
      expectRefused(await post(token), "replayed");
    };
    expect(await commandsOf(replays)).toEqual([]);
  });

  test("of another identity provider of the gateway", async () => {
    const other = environment.otherIdp!;
    expect(
      await commandsOf(async () => expectRefused(await post(await sign(draft({ iss: other.issuer }))), "issuer")),
    ).toEqual([]);
    expect(
      await commandsOf(async () => expectRefused(await post(await sign({ ...draft(), key: other.key })), "signature")),
    ).toEqual([]);
  });

  const REQUESTS: [string, (token: string) => Partial<ViewerRequest>, Flaw[1]][] = [
    ["in a body of another type", () => ({ headers: { "Content-Type": "application/json" } }), "content_type"],
    ["in a body of no type", () => ({ headers: {} }), "content_type"],
    ["in a multipart form", () => ({ headers: { "Content-Type": "multipart/form-data; boundary=x" } }), "content_type"],
    ["that is not there", () => ({ body: "" }), "no_token"],
    ["that is empty", () => ({ body: "logout_token=" }), "no_token"],
    ["under another name", (token) => ({ body: `token=${token}` }), "no_token"],
    ["twice", (token) => ({ body: `logout_token=${token}&logout_token=${token}` }), "no_token"],
    [
      "in the query",
      (token) => ({ url: `/_gate/backchannel-logout/main?logout_token=${token}`, body: "" }),
      "no_token",
    ],
  ];
  test.each(REQUESTS)("%s", async (_name, request, reason) => {
    const token = await sign(draft({ sid: undefined }));
    expect(await commandsOf(async () => expectRefused(await post(token, request(token)), reason))).toEqual([]);
  });

  test("in a request that is none of this endpoint's", async () => {
    const token = await sign(draft({ sid: undefined }));
    const requests = async () => {
      expectProblem(await post(token, { bodyTruncated: true }), 413);
      expectProblem(await post(token, { url: "/_gate/backchannel-logout/unknown" }), 404);
      expectProblem(await post(token, { url: "/_gate/backchannel-logout/constructor" }), 404);
      expectProblem(await post(token, { url: "/_gate/backchannel-logout" }), 404);
      expectProblem(await post(token, { host: "other.example.com" }), 421);
      const get = await post(token, { method: "GET" });
      expectProblem(get, 405);
      expect(get.headers["allow"]).toEqual(["POST"]);
    };
    expect(await commandsOf(requests)).toEqual([]);
  });
});

describe("a logout token is taken", () => {
  const HONEST: [string, (honest: Draft) => Draft][] = [
    ["without tampering", (honest) => honest],
    ["without a type", (honest) => ({ ...honest, header: { typ: undefined } })],
    ["of the type of every JWT", (honest) => ({ ...honest, header: { typ: "JWT" } })],
    ["with the long form of its type", (honest) => ({ ...honest, header: { typ: "application/Logout+JWT" } })],
    [
      "with its audience as a list",
      ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, aud: [String(claims.aud)] } }),
    ],
    [
      "from a clock that is ahead within the allowed skew",
      ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, iat: claims.iat! + 50 } }),
    ],
    [
      "that is nearly ten minutes old",
      ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, iat: claims.iat! - 590 } }),
    ],
    ["with claims that nobody knows", ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, trace: "x" } })],
    [
      "with another event, as Keycloak sends it",
      ({ claims, ...honest }) => ({
        ...honest,
        claims: { ...claims, events: { [EVENT]: {}, revoke_offline_access: true } },
      }),
    ],
    [
      "with members in its event",
      ({ claims, ...honest }) => ({ ...honest, claims: { ...claims, events: { [EVENT]: { more: 1 } } } }),
    ],
  ];
  test.each(HONEST)("%s", async (_name, change) => {
    const honest = change(draft());
    await putSession(environment, String(honest.claims["sid"]));
    expect(await commandsOf(async () => expectDone(await post(await sign(honest))))).toHaveLength(1);
  });

  test.each(["RS256", "PS256", "ES256", "EdDSA"])("signed by %s", async (alg) => {
    const key = await createSigningKey(alg, `key-${alg}`);
    environment.idp.publishedKeys.push(key);
    // Past the pause between two fetches of the keys.
    environment.clock.advance(31);
    expect(
      await commandsOf(async () => expectDone(await post(await sign({ ...draft({ sid: undefined }), key })))),
    ).toHaveLength(1);
  });

  test.each([`${FORM}; charset=UTF-8`, "Application/X-WWW-Form-Urlencoded"])(
    "in a body of type %s, with other parameters",
    async (type) => {
      const token = await sign(draft({ sid: undefined }));
      expect(
        await commandsOf(async () =>
          expectDone(await post(token, { headers: { "Content-Type": type }, body: `a=b&logout_token=${token}&c` })),
        ),
      ).toHaveLength(1);
    },
  );

  test("on every host of the gateway", async () => {
    expectDone(await post(await sign(draft({ sid: undefined })), { host: "www.example.com" }));
  });
});

describe("what is revoked", () => {
  /** What leads to it is large: few fit into a page. */
  const pile = async (sid: string, changes: Partial<LedgerSession> = {}) =>
    environment.ledger.pad(await putSession(environment, sid, changes));

  test("every active session of the provider's session, and the ledger immediately shows that they ended", async () => {
    const honest = draft();
    const sid = String(honest.claims["sid"]);
    const now = environment.clock.now();
    const active = [await putSession(environment, sid), await putSession(environment, sid)];
    const over = await putSession(environment, sid, { endsAt: now - 241 });
    await putSession(environment, sid, { endedAt: now - 1501 });
    await putSession(environment, newSid());
    const commands = await commandsOf(async () =>
      expectDone(await post(await withClaims((claims) => delete claims.sub)(honest))),
    );
    expect(commands).toHaveLength(2);
    expect(commands).toEqual(
      expect.arrayContaining(
        active.map(({ sid: session, uid }) => ({ version: 1, target: { type: "session", sid: session, uid }, ...BY })),
      ),
    );
    for (const session of active) expect((await getSession(environment, session))?.endedAt).toBeGreaterThanOrEqual(now);
    expect((await getSession(environment, over))?.endedAt).toBeUndefined();
  });

  test("of a user and a session, the sessions that are both", async () => {
    const honest = draft({ sub: "bob" });
    const sid = String(honest.claims["sid"]);
    await putSession(environment, sid);
    const session = await putSession(environment, sid, { uid: environment.uid("bob") });
    const commands = await commandsOf(async () => expectDone(await post(await sign(honest))));
    expect(commands).toEqual([
      { version: 1, target: { type: "session", sid: session.sid, uid: environment.uid("bob") }, ...BY },
    ]);
  });

  test("of a user alone, all sessions that began until the token was issued", async () => {
    const honest = draft({ sid: undefined, iat: environment.clock.now() - 100 });
    const commands = await commandsOf(async () => expectDone(await post(await sign(honest))));
    expect(commands).toEqual([
      { version: 1, target: { type: "user", uid: environment.uid("alice") }, cutoff: honest.claims.iat, ...BY },
    ]);
  });

  test("never sessions that are still to begin", async () => {
    const now = environment.clock.now();
    const [command] = await commandsOf(async () => post(await sign(draft({ sid: undefined, iat: now + 50 }))));
    expect(command!.cutoff).toBeLessThan(now + 50);
    expect(command!.cutoff).toBeGreaterThanOrEqual(now);
  });

  test("nothing, where no session began at the provider's session", async () => {
    expect(await commandsOf(async () => expectDone(await post(await sign(draft()))))).toEqual([]);
  });

  test("sessions that began at a session of the same name at another provider stay active", async () => {
    const honest = draft();
    await putSession(environment, "-", { idpSession: "x".repeat(43) });
    const other = await putSession({ ...environment, idp: environment.otherIdp! }, String(honest.claims["sid"]));
    expect(await commandsOf(async () => expectDone(await post(await sign(honest))))).toEqual([]);
    expect((await getSession(environment, other))?.endedAt).toBeUndefined();
  });

  test("sessions that a ledger's page has no room for", async () => {
    const honest = draft();
    // A page is 1 MB (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html).
    for (let count = 0; count < 5; count++) await pile(String(honest.claims["sid"]));
    expect(await commandsOf(async () => expectDone(await post(await sign(honest))))).toHaveLength(5);
  });

  test("all of the user, where somebody piled up so many that there is no time to read them, over or not", async () => {
    const honest = draft();
    const [sid, now] = [String(honest.claims["sid"]), environment.clock.now()];
    await putSession(environment, sid);
    for (let count = 0; count < 16; count++) await pile(sid, { endsAt: now - 241 });
    const asked = environment.aws.requests.length;
    const commands = await commandsOf(async () =>
      expectDone(await post(await withClaims((claims) => delete claims.sub)(honest))),
    );
    expect(commands).toEqual([
      {
        version: 1,
        target: { type: "user", uid: environment.uid("alice") },
        cutoff: expect.any(Number) as unknown,
        ...BY,
      },
    ]);
    expect(commands[0]!.cutoff).toBeGreaterThanOrEqual(now);
    expect(environment.aws.requests.slice(asked).filter((target) => target === "DynamoDB_20120810.Query")).toHaveLength(
      3,
    );
  });

  test("all of the user whom the token names, where the piled up sessions that were read are another's", async () => {
    const honest = draft();
    for (let count = 0; count < 16; count++) await pile(String(honest.claims["sid"]), { uid: "m".repeat(16) });
    const commands = await commandsOf(async () => expectDone(await post(await sign(honest))));
    expect(commands).toEqual([
      {
        version: 1,
        target: { type: "user", uid: environment.uid("alice") },
        cutoff: expect.any(Number) as unknown,
        ...BY,
      },
    ]);
  });

  test("all of the user, where there are more than can be looked at", async () => {
    const honest = draft();
    for (let count = 0; count < 101; count++)
      await putSession(environment, String(honest.claims["sid"]), { endedAt: environment.clock.now() - 5000 });
    const commands = await commandsOf(async () => expectDone(await post(await sign(honest))));
    expect(commands).toEqual([
      {
        version: 1,
        target: { type: "user", uid: environment.uid("alice") },
        cutoff: expect.any(Number) as unknown,
        ...BY,
      },
    ]);
  });

  test("all of the user, where somebody piled up sessions", async () => {
    const honest = draft();
    for (let count = 0; count < 21; count++) await putSession(environment, String(honest.claims["sid"]));
    const now = environment.clock.now();
    const commands = await commandsOf(async () => expectDone(await post(await sign(honest))));
    expect(commands).toEqual([
      {
        version: 1,
        target: { type: "user", uid: environment.uid("alice") },
        cutoff: expect.any(Number) as unknown,
        ...BY,
      },
    ]);
    expect(commands[0]!.cutoff).toBeGreaterThanOrEqual(now);
  });
});

describe("while something is down the provider is asked to try again, and nothing is lost", () => {
  const FAULTS = ["error", "throttle", "garbage"] as const;
  const TARGETS = [
    "DynamoDB_20120810.GetItem",
    "DynamoDB_20120810.Query",
    "DynamoDB_20120810.BatchGetItem",
    "AmazonSQS.SendMessage",
    "DynamoDB_20120810.UpdateItem",
    "DynamoDB_20120810.PutItem",
  ];
  const EACH = TARGETS.flatMap((target) => FAULTS.map((fault) => [target, fault] as const));
  test.each(EACH)("%s: %s", async (target, fault) => {
    const honest = draft();
    const session = await putSession(environment, String(honest.claims["sid"]));
    const token = await sign(honest);
    environment.aws.faults.set(target, fault);
    const response = await post(token);
    environment.aws.faults.clear();
    expectProblem(response, 503);
    expect(response.headers["retry-after"]).toHaveLength(1);
    // Where only the record of the token was lost, the session has been revoked and has ended by now.
    const wasSent = environment.aws.messages.some(
      ({ command: { target: sent } }) => sent.type === "session" && sent.sid === session.sid,
    );
    const commands = await commandsOf(async () => expectDone(await post(token)));
    if (!wasSent) expect(commands).toHaveLength(1);
    expect(
      environment.aws.messages.some(
        ({ command: { target: sent } }) => sent.type === "session" && sent.sid === session.sid,
      ),
    ).toBe(true);
    expectRefused(await post(token), "replayed");
  });

  test.each<[Outage, number]>([
    ["error", 503],
    ["unavailable", 503],
    ["reset", 503],
    ["garbage", 502],
    ["redirect", 502],
    ["huge", 502],
  ])("the provider's keys: %s", (outage, status) =>
    withAuth({}, async (place) => {
      const token = await sign(draft({ sid: undefined }, place));
      place.idp.outages.set("jwks", outage);
      const commands = await commandsOf(async () => expectProblem(await post(token, {}, place), status), place);
      expect(commands).toEqual([]);
      place.idp.outages.clear();
      place.clock.advance(31);
      expect(await commandsOf(async () => expectDone(await post(token, {}, place)), place)).toHaveLength(1);
    }),
  );

  test("the provider as a whole: keys that are known go on being good", () =>
    withAuth({}, async (place) => {
      expectDone(await post(await sign(draft({}, place)), {}, place));
      await place.idp.stop();
      place.clock.advance(3700);
      expect(
        await commandsOf(
          async () => expectDone(await post(await sign(draft({ sid: undefined }, place)), {}, place)),
          place,
        ),
      ).toHaveLength(1);
      await place.idp.restart();
    }));
});

test("a key that the provider has withdrawn signs nobody out any more, its new one does", () =>
  withAuth({}, async (place) => {
    expectDone(await post(await sign(draft({}, place)), {}, place));
    const old = place.idp.key;
    place.idp.key = await createSigningKey("ES256", "es-2");
    place.idp.publishedKeys = [place.idp.key];
    place.clock.advance(31);
    expectDone(await post(await sign(draft({}, place)), {}, place));
    expectRefused(await post(await sign({ ...draft({}, place), key: old }), {}, place), "key");
  }));

test("unknown key ids do not make the gateway ask the provider again and again", () =>
  withAuth({}, async (place) => {
    for (const kid of ["a", "b", "c"])
      expectRefused(
        await post(await sign({ ...draft({}, place), header: { typ: "logout+jwt", kid } }), {}, place),
        "key",
      );
    expect(place.idp.count("jwks")).toBeLessThanOrEqual(2);
  }));

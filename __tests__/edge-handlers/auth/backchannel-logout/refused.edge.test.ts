/** Nobody but the identity provider can sign anyone out, and not twice by the same token. */
import type { JWTPayload } from "jose";
import { expectProblem } from "../../../support/answers";
import { withAuth } from "../../../support/auth-fixture";
import type { ViewerRequest } from "../../../support/cloudfront-event";
import { createSigningKey } from "../../../support/idp/keys";
import { putSession } from "../../../support/ledger-sessions";
import { commonFlaws, sign, withClaims, withHeader, type Flaw } from "../../../support/event-tokens";
import { BY, commandsOf, draft, environment, EVENT, expectDone, expectRefused, post } from "./logout-tokens";

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

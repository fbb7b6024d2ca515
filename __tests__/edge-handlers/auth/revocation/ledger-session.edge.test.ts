/** What the ledger has of a session, and from when on. */
import { idpSessionId, LEDGER_RETENTION } from "../../../../ledger/records";
import { emailPointerKey, idpSessionPointerKey, sidPointerKey, startedPointerKey } from "../../../../ledger/tables";
import { sha256 } from "../../../../session/node-hash";
import { ALICE, environment, HOUR, sessionOf, signedIn } from "./signed-in";
import { renew } from "../../../support/browser-emulator";

describe("the ledger", () => {
  test("has a session from its sign-in on: who, when, from where, at which session of the provider", async () => {
    environment.idp.user = { ...ALICE, sid: "provider-session-1" };
    const browser = environment.browser();
    await browser.navigate(browser.approve(await browser.startSignIn()), {
      headers: { "User-Agent": "Mozilla/5.0 (test)" },
    });
    const session = sessionOf(browser);
    const endsAt = session.issuedAt + 8 * HOUR;
    const { uid, sid, issuedAt } = session;
    expect(await environment.ledger.session(session)).toEqual({
      pk: `user#${uid}`,
      sk: `session#${sid}`,
      uid,
      sid,
      idp: "main",
      idpSession: idpSessionId(sha256, environment.idp.issuer, "provider-session-1"),
      email: ALICE.email,
      startedAt: issuedAt,
      mark: 0,
      gatewayMark: 0,
      renewedAt: issuedAt,
      generation: 0,
      address: "203.0.113.178",
      userAgent: "Mozilla/5.0 (test)",
      endsAt,
      expiresAt: endsAt + LEDGER_RETENTION,
    });
  });

  test("has what leads to it, for as long", async () => {
    environment.idp.user = { ...ALICE, email: "Alice@Example.com", sid: "provider-session-2" };
    const browser = environment.browser();
    await browser.signIn();
    const { uid, sid, issuedAt } = sessionOf(browser);
    const { expiresAt } = (await environment.ledger.session({ uid, sid }))!;
    const idpSession = idpSessionId(sha256, environment.idp.issuer, "provider-session-2");
    for (const { pk, sk } of [
      sidPointerKey(sid),
      emailPointerKey("alice@example.com", uid),
      startedPointerKey(issuedAt, sid),
      idpSessionPointerKey(idpSession, sid),
    ]) {
      expect(await environment.ledger.items(pk)).toEqual([{ pk, sk, uid, sid, expiresAt }]);
    }
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["an address that the provider does not call verified", { email: "Ada@Example.com" }, "Ada@Example.com"],
    ["a user name where there is no address", { email: undefined, preferred_username: "Ada.L" }, "Ada.L"],
    ["a user name where the address is none", { email: "ada", preferred_username: "ada.l" }, "ada.l"],
  ])("is found by %s, which the origin does not get", async (_name, claims, login) => {
    environment.idp.user = { ...ALICE, email_verified: false, ...claims };
    const browser = environment.browser();
    await browser.signIn();
    const { uid, sid, email } = sessionOf(browser);
    expect(email).toBe("");
    expect(await environment.ledger.session({ uid, sid })).toMatchObject({ email: "", login });
    const { pk, sk } = emailPointerKey(login, uid);
    expect(await environment.ledger.items(pk)).toEqual([expect.objectContaining({ sk, uid, sid })]);
  });

  test("has no session of the provider where the ID token names none", async () => {
    expect(await environment.ledger.session(sessionOf(await signedIn()))).not.toHaveProperty("idpSession");
  });

  test("counts the renewals, and has the address of the last one", async () => {
    const browser = await signedIn();
    const session = sessionOf(browser);
    for (const generation of [1, 2]) {
      environment.clock.advance(901);
      environment.idp.user = { ...ALICE, email: `alice-${generation}@example.com` };
      expect((await renew(browser)).status).toBe(200);
      const found = (await environment.ledger.session(session))!;
      expect(found).toMatchObject({
        generation,
        email: `alice-${generation}@example.com`,
        startedAt: session.issuedAt,
        endsAt: session.issuedAt + 8 * HOUR,
      });
      expect(Math.abs(found.renewedAt - environment.clock.now())).toBeLessThanOrEqual(2);
    }
  });

  test("has nothing of a sign-in that failed", async () => {
    environment.idp.tampering = { claims: (claims) => (claims.aud = "other") };
    expect((await environment.browser().signIn()).status).toBe(502);
    expect(await environment.ledger.sessions()).toEqual([]);
  });
});

test("a session keeps the marks that its sign-in found, in the ledger and in every token", async () => {
  const user = await environment.ledger.revoke({ kind: "user", uid: environment.uid("alice") });
  const gateway = await environment.ledger.revoke({ kind: "gateway" });
  environment.clock.advance(61);
  environment.idp.authenticatedAt = environment.clock.now();
  const browser = environment.browser();
  await browser.signIn();
  expect(sessionOf(browser).mark).toBe(user.mark);
  expect(await environment.ledger.session(sessionOf(browser))).toMatchObject({
    mark: user.mark,
    gatewayMark: gateway.mark,
  });
  environment.clock.advance(901);
  expect((await renew(browser)).status).toBe(200);
  expect(sessionOf(browser).mark).toBe(user.mark);
});

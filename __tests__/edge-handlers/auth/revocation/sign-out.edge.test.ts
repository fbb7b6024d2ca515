/** A sign-out ends the session in the ledger, and a token that the gate refused may need newer keys. */
import { SESSION_COOKIE } from "../../../../session/cookies";
import { expectProblem, setCookie } from "../../../support/answers";
import { environment, expectAtProvider, HOUR, LOGIN, sessionOf, signedIn } from "./signed-in";
import { renew } from "../../../support/browser-emulator";

describe("a sign-out", () => {
  test("ends the session in the ledger, and tells the revoker", async () => {
    const browser = await signedIn();
    const session = sessionOf(browser);
    const sent = environment.aws.messages.length;
    const response = await browser.navigate("/_gate/logout?local");
    const { uid, sid } = session;
    expect(environment.aws.messages.slice(sent)).toEqual([
      {
        queueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/example-sign-outs",
        command: { version: 1, target: { type: "session", uid, sid }, by: "sign-out", reason: "The user signed out." },
      },
    ]);
    expect(await environment.ledger.session(session)).toMatchObject({
      endedAt: expect.closeTo(environment.clock.now(), -1) as unknown,
    });
    expect(await environment.logLines(response)).toEqual([
      expect.objectContaining({ outcome: "signed_out", uid, sid }),
    ]);
  });

  test("leaves nothing of use to a copy of its cookies, at a provider that revokes nothing", async () => {
    environment.idp.tampering = { discovery: (document) => ({ ...document, revocation_endpoint: undefined }) };
    const browser = await signedIn();
    const copy = browser.copy();
    await browser.navigate("/_gate/logout");
    expectProblem(await copy.copy().fetch("/_gate/me"), 401);
    expectProblem(await renew(copy.copy()), 401);
    expectAtProvider(await copy.navigate(LOGIN));
  });

  test("with the cookie of a session that is long over tells the revoker nothing: old cookies would fill the records", async () => {
    const browser = environment.browser();
    browser.jar.plant(
      SESSION_COOKIE,
      environment.mint({ issuedAt: environment.clock.now() - 8 * HOUR, expiresAt: environment.clock.now() - 7 * HOUR }),
    );
    const sent = environment.aws.messages.length;
    const response = await browser.navigate("/_gate/logout?local");
    expect(await environment.logLines(response)).toEqual([expect.objectContaining({ outcome: "signed_out" })]);
    expect(environment.aws.messages).toHaveLength(sent);
  });

  test("of a session whose token ended still ends it", async () => {
    const browser = await signedIn();
    const session = sessionOf(browser);
    environment.clock.advance(901);
    await browser.navigate("/_gate/logout?local");
    expect(await environment.ledger.session(session)).toHaveProperty("endedAt");
  });
});

describe("an active token that the gate refused", () => {
  const rotate = (drop: boolean) => {
    const k2 = Buffer.alloc(32, environment.clock.now()).toString("base64url");
    const keys = { current: "k2", keys: { ...(drop ? {} : environment.keys.keys), k2 } };
    environment.publishKeys(keys);
    return keys;
  };
  afterEach(() => {
    environment.publishKeys(environment.keys);
    environment.clock.advance(61);
  });

  test("makes the handler look for newer keys, and is signed with one", async () => {
    const browser = await signedIn();
    environment.clock.advance(11);
    rotate(false);
    const response = await browser.navigate(LOGIN);
    expect(response.headers["location"]).toEqual(["/page"]);
    expect(setCookie(response, SESSION_COOKIE)?.value).toMatch(/^2\.k2\./);
  });

  test("is none any more when its key is gone", async () => {
    const browser = await signedIn();
    environment.clock.advance(11);
    rotate(true);
    expectAtProvider(await browser.navigate(LOGIN));
  });

  test("is no reason to look when it has expired", async () => {
    const browser = await signedIn();
    environment.clock.advance(901);
    // The keys in hand are fresh again.
    await browser.navigate("/_gate/me");
    const asked = environment.aws.requests.length;
    expect((await browser.navigate(LOGIN)).headers["location"]).toEqual(["/page"]);
    expect(environment.aws.requests.slice(asked)).not.toContain("secretsmanager.GetSecretValue");
  });
});

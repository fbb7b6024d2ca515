/** Session keys that the handler does not know yet, or that nobody ever made. */
import { decodeProtectedHeader } from "jose";
import type { SessionKeys } from "../../../session/keys";
import { FLOW_COOKIE_PREFIX, SESSION_COOKIE } from "../../../session/cookies";
import { recordKeyParts } from "../../../session/shard";
import { splitToken } from "../../../session/token";
import { newMasterKey, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-stand-in";
import { mint } from "../../support/session-tokens";

const GET_SECRET = "secretsmanager.GetSecretValue";

/** The version after the one that the handler has. */
const nextKeys = ({ keys }: AuthEnvironment, more: Partial<SessionKeys> = {}): SessionKeys => ({ current: "k2", keys: { ...keys.keys, k2: newMasterKey() }, ...more });
const fetches = ({ aws }: AuthEnvironment) => aws.requests.filter((request) => request === GET_SECRET).length;

/** Of the session that the ledger holds, signed by any key. */
const tokenBy = (auth: AuthEnvironment, keys: SessionKeys) => auth.secret(mint(auth.readToken(auth.mint({})), keys, 64));
const madeUp = (auth: AuthEnvironment, kid: string) => tokenBy(auth, { current: kid, keys: { [kid]: newMasterKey() } });
const ask = (auth: AuthEnvironment, url: string, token: string) => auth.invoke({ url, headers: { cookie: `${SESSION_COOKIE}=${token}` } });
const me = async (auth: AuthEnvironment, token: string) => (await ask(auth, "/_gate/me", token)).status;

describe("a token of a key that the handler does not know is believed at once", () => {
  test.each<[string, (auth: AuthEnvironment) => Promise<unknown>]>([
    ["after nothing", async () => undefined],
    ["after a token that the gate had refused made it look for newer keys", (auth) => ask(auth, "/_gate/login", auth.mint({}))],
    ["after two key ids that nobody made", async (auth) => [await me(auth, madeUp(auth, "x1")), await me(auth, madeUp(auth, "x2"))]],
    ["after all of that", async (auth) => [await me(auth, madeUp(auth, "x1")), await ask(auth, "/_gate/login", auth.mint({})), await me(auth, madeUp(auth, "x2"))]],
  ])("%s", (_, happens) =>
    withAuth({}, async (auth) => {
      expect(await me(auth, auth.mint({}))).toBe(200);
      await happens(auth);
      const keys = nextKeys(auth);
      auth.publishKeys(keys);
      expect(await me(auth, tokenBy(auth, keys))).toBe(200);
    }),
  );
});

test("made-up key ids cost a few calls a minute, and signing in goes on", () =>
  withAuth({}, async (auth) => {
    await me(auth, auth.mint({}));
    const before = fetches(auth);
    for (let second = 0; second < 60; second += 2) {
      for (let id = 0; id < 3; id++) expect(await me(auth, madeUp(auth, `x${second}${id}`))).toBe(401);
      auth.clock.advance(2);
    }
    expect(fetches(auth) - before).toBeGreaterThanOrEqual(6);
    // Twice three and, where a refetch comes as the copy ages, one more.
    expect(fetches(auth) - before).toBeLessThanOrEqual(7);
    expect(await me(auth, auth.mint({}))).toBe(200);
    const browser = auth.browser();
    expect((await browser.signIn()).status).toBe(302);
  }));

test("tokens that the gate refused cost three calls in half a minute", () =>
  withAuth({}, async (auth) => {
    await me(auth, auth.mint({}));
    const before = fetches(auth);
    for (let second = 0; second < 28; second += 2) {
      await ask(auth, "/_gate/login", auth.mint({}));
      auth.clock.advance(2);
    }
    expect(fetches(auth) - before).toBe(3);
  }));

test("a new key signs from its second on, without a further look at the secret", () =>
  withAuth({}, async (auth) => {
    const since = auth.clock.now() + 45;
    const keys = nextKeys(auth, { before: "k1", since });
    auth.publishKeys(keys);
    const signedBy = async () => {
      const browser = auth.browser();
      await browser.signIn();
      return recordKeyParts(splitToken(browser.jar.get(SESSION_COOKIE)!)!.recordKey).kid;
    };
    expect(await signedBy()).toBe("k1");
    const before = fetches(auth);
    auth.clock.advance(since - auth.clock.now());
    expect(await signedBy()).toBe("k2");
    expect(fetches(auth)).toBe(before);
  }));

describe("after a lockdown, however often the keys were asked for before it", () => {
  /** Both ways to have them asked for are used up. */
  const askTooOften = async (auth: AuthEnvironment) => {
    for (let i = 0; i < 4; i++) {
      await me(auth, madeUp(auth, `x${i}`));
      await ask(auth, "/_gate/login", auth.mint({}));
    }
  };
  const lockDown = async (auth: AuthEnvironment): Promise<void> => {
    await auth.ledger.revoke({ kind: "gateway" });
    auth.publishKeys({ current: "k2", keys: { k2: newMasterKey() } });
    auth.clock.advance(2);
  };
  /** At the provider twice: its clock may be ahead. */
  const signIn = async (auth: AuthEnvironment, browser: Browser) => {
    auth.idp.authenticatedAt = auth.clock.now();
    const location = (await browser.signIn()).headers["location"]![0]!;
    auth.clock.advance(1);
    return browser.navigate(browser.approve(location));
  };
  const kidOf = (token: string) => recordKeyParts(splitToken(token)!.recordKey).kid;

  test("a sign-in gets a session of the new key", () =>
    withAuth({}, async (auth) => {
      await askTooOften(auth);
      await lockDown(auth);
      const browser = auth.browser();
      await signIn(auth, browser);
      expect(kidOf(browser.jar.get(SESSION_COOKIE)!)).toBe("k2");
    }));

  test("a session that was signed by an older key while the keys were replaced is renewed with the new one", () =>
    withAuth({}, async (auth) => {
      await auth.ledger.revoke({ kind: "gateway" });
      auth.clock.advance(2);
      const browser = auth.browser();
      await signIn(auth, browser);
      expect(kidOf(browser.jar.get(SESSION_COOKIE)!)).toBe("k1");
      await askTooOften(auth);
      auth.publishKeys({ current: "k2", keys: { ...auth.keys.keys, k2: newMasterKey() } });
      auth.clock.advance(2);
      expect((await browser.fetch("/_gate/refresh", { method: "POST" })).status).toBe(200);
      expect(kidOf(browser.jar.get(SESSION_COOKIE)!)).toBe("k2");
    }));

  const flowKeyOf = (browser: Browser): string => {
    const name = browser.jar.names().find((each) => each.startsWith(FLOW_COOKIE_PREFIX))!;
    return (decodeProtectedHeader(browser.jar.get(name)!) as { kid: string }).kid;
  };

  test("a sign-in that begins because a session was ended by it can be finished at another edge", () =>
    withAuth({}, async (auth) => {
      const browser = auth.browser();
      await browser.signIn();
      await askTooOften(auth);
      await lockDown(auth);
      await browser.navigate("/_gate/login");
      expect(flowKeyOf(browser)).toBe("k2");
    }));

  test("so can one that starts over because the user had authenticated before it", () =>
    withAuth({}, async (auth) => {
      const browser = auth.browser();
      auth.idp.authenticatedAt = auth.clock.now();
      const callback = browser.approve(await browser.startSignIn());
      await askTooOften(auth);
      await lockDown(auth);
      expect((await browser.navigate(callback)).headers["location"]![0]).toContain("prompt=login");
      expect(flowKeyOf(browser)).toBe("k2");
    }));

  test("nobody signs in with keys that may be older while the new ones cannot be had", () =>
    withAuth({}, async (auth) => {
      await me(auth, auth.mint({}));
      await lockDown(auth);
      auth.aws.faults.set(GET_SECRET, "error");
      const browser = auth.browser();
      expect((await browser.signIn()).status).toBe(503);
      expect(browser.jar.get(SESSION_COOKIE)).toBeUndefined();
    }));
});

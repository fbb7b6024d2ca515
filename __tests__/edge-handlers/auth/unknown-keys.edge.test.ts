/** Session keys that the handler does not know yet, or that nobody ever made. */
import { decodeProtectedHeader } from "jose";
import type { SessionKeys } from "../../../session/keys";
import { FLOW_COOKIE_PREFIX, SESSION_COOKIE } from "../../../session/cookies";
import { newMasterKey, withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import { kidOf, mint } from "../../support/session-tokens";

const GET_SECRET = "secretsmanager.GetSecretValue";

/** The version after the one that the handler has. */
const nextKeys = ({ keys }: AuthEnvironment): SessionKeys => ({
  current: "k2",
  keys: { ...keys.keys, k2: newMasterKey() },
});
const fetches = ({ aws }: AuthEnvironment) => aws.requests.filter((request) => request === GET_SECRET).length;

/** A token of the session that the ledger has, signed with any key. */
const tokenBy = (auth: AuthEnvironment, keys: SessionKeys) => auth.secret(mint(auth.readToken(auth.mint({})), keys));
const madeUp = (auth: AuthEnvironment, kid: string) => tokenBy(auth, { current: kid, keys: { [kid]: newMasterKey() } });
const ask = (auth: AuthEnvironment, url: string, token: string) =>
  auth.invoke({ url, headers: { cookie: `${SESSION_COOKIE}=${token}` } });
const me = async (auth: AuthEnvironment, token: string) => (await ask(auth, "/_gate/me", token)).status;

describe("a token with a key that the handler does not know yet is accepted immediately", () => {
  test.each<[string, (auth: AuthEnvironment) => Promise<unknown>]>([
    ["after nothing", async () => undefined],
    [
      "after a token that the gate had refused made it look for newer keys",
      (auth) => ask(auth, "/_gate/login", auth.mint({})),
    ],
    [
      "after two key ids that nobody made",
      async (auth) => [await me(auth, madeUp(auth, "x1")), await me(auth, madeUp(auth, "x2"))],
    ],
    [
      "after all of that",
      async (auth) => [
        await me(auth, madeUp(auth, "x1")),
        await ask(auth, "/_gate/login", auth.mint({})),
        await me(auth, madeUp(auth, "x2")),
      ],
    ],
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

test("a key that was announced signs nothing before it is the current one, and is known by then without a further look", () =>
  withAuth({}, async (auth) => {
    const announced = { ...nextKeys(auth), current: "k1" };
    auth.publishKeys(announced);
    const browser = auth.browser();
    await browser.signIn();
    expect(kidOf(browser.jar.get(SESSION_COOKIE))).toBe("k1");
    const before = fetches(auth);
    expect(await me(auth, tokenBy(auth, { ...announced, current: "k2" }))).toBe(200);
    expect(fetches(auth)).toBe(before);
  }));

describe("while Secrets Manager cannot be asked", () => {
  const unknownTo = async (auth: AuthEnvironment): Promise<string> => {
    const browser = auth.browser();
    await browser.signIn();
    const keys = nextKeys(auth);
    auth.publishKeys(keys);
    auth.aws.faults.set(GET_SECRET, "error");
    return tokenBy(auth, keys);
  };

  test.each([
    ["with a fresh copy of the keys", 0],
    ["with an old one", 3600],
  ])("nobody says that a token of an unknown key is none, %s: its session may well live", (_name, seconds) =>
    withAuth({}, async (auth) => {
      const token = await unknownTo(auth);
      auth.clock.advance(seconds);
      for (const [url, method] of [
        ["/_gate/me", "GET"],
        ["/_gate/refresh", "POST"],
        ["/_gate/login", "GET"],
      ] as const) {
        // Also in the pause between two attempts to ask.
        const response = await auth.invoke({
          url,
          method,
          headers: { cookie: `${SESSION_COOKIE}=${token}`, "Sec-Fetch-Site": "same-origin" },
        });
        expect([response.status, response.headers["set-cookie"]]).toEqual([503, undefined]);
        expect(await auth.logLines(response)).toEqual([expect.objectContaining({ outcome: "keys_unavailable" })]);
      }
      auth.aws.faults.clear();
      auth.clock.advance(11);
      if (seconds === 0) expect(await me(auth, token)).toBe(200);
    }),
  );

  test("tokens of known keys are believed", () =>
    withAuth({}, async (auth) => {
      await unknownTo(auth);
      expect(await me(auth, auth.mint({}))).toBe(200);
    }));
});

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
  test("a sign-in gets a session of the new key", () =>
    withAuth({}, async (auth) => {
      await askTooOften(auth);
      await lockDown(auth);
      const browser = auth.browser();
      await signIn(auth, browser);
      expect(kidOf(browser.jar.get(SESSION_COOKIE))).toBe("k2");
    }));

  test("a session that was signed by an older key while the keys were replaced is signed again with the new one", () =>
    withAuth({}, async (auth) => {
      await auth.ledger.revoke({ kind: "gateway" });
      auth.clock.advance(2);
      const browser = auth.browser();
      await signIn(auth, browser);
      expect(kidOf(browser.jar.get(SESSION_COOKIE))).toBe("k1");
      await askTooOften(auth);
      auth.publishKeys({ current: "k2", keys: { ...auth.keys.keys, k2: newMasterKey() } });
      auth.clock.advance(2);
      expect((await browser.fetch("/_gate/refresh", { method: "POST" })).status).toBe(200);
      expect(kidOf(browser.jar.get(SESSION_COOKIE))).toBe("k2");
    }));

  test.each([
    ["ahead of", 120],
    ["behind", -120],
  ])("a sign-in gets a session of the new key at a handler whose clock is %s the revoker's", (_name, seconds) =>
    withAuth({}, async (auth) => {
      auth.shiftHandler(seconds);
      await me(auth, auth.mint({}));
      await lockDown(auth);
      const browser = auth.browser();
      await signIn(auth, browser);
      expect(kidOf(browser.jar.get(SESSION_COOKIE))).toBe("k2");
    }),
  );

  test("a cut-off that is far ahead keeps nobody out", () =>
    withAuth({}, async (auth) => {
      await auth.ledger.revoke({ kind: "gateway", cutoff: auth.clock.now() + 300 });
      auth.clock.advance(200);
      const browser = auth.browser();
      auth.idp.authenticatedAt = auth.clock.now() + 200;
      expect((await browser.signIn("/page")).headers["location"]).toEqual(["/page"]);
      expect(kidOf(browser.jar.get(SESSION_COOKIE))).toBe("k1");
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

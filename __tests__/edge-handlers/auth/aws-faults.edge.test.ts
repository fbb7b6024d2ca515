/**
 * Settings, keys and client secret: nobody gets in without them, and nobody is turned away while an old copy is good.
 */
import { setTimeout } from "node:timers/promises";
import { SESSION_COOKIE } from "../../../session/cookies";
import { settingsParameterName } from "../../../session/settings";
import { expectNoSession, expectPage, expectProblem, setCookie } from "../../support/answers";
import { newMasterKey, withAuth, type AuthEnvironment, type AuthOptions } from "../../support/auth-fixture";

const SETTINGS = "AmazonSSM.GetParameter";
const SECRETS = "secretsmanager.GetSecretValue";
const FAULTS = ["error", "throttle", "garbage"] as const;
const TARGETS = [SETTINGS, SECRETS];
const EACH = TARGETS.flatMap((target) => FAULTS.map((fault) => [target, fault] as const));
const HOUR = 3600;

/** Nobody gets in, nobody is redirected, and the answer says when to try again. */
async function expectUnavailable(environment: AuthEnvironment): Promise<void> {
  const browser = environment.browser();
  browser.jar.plant(SESSION_COOKIE, environment.mint({}));
  const page = await browser.navigate("/_gate/login");
  expectPage(page, 503);
  expect(page.headers["retry-after"]).toHaveLength(1);
  const answers = [await browser.fetch("/_gate/me"), await browser.fetch("/_gate/refresh", { method: "POST" })];
  answers.forEach((answer) => expectProblem(answer, 503));
  [page, ...answers].forEach(expectNoSession);
}

describe("with nothing cached there is a 503", () => {
  test.each(EACH)("%s: %s", (target, fault) =>
    withAuth({ prepare: ({ aws }) => void aws.faults.set(target, fault) }, async (environment) => {
      await expectUnavailable(environment);
      environment.aws.faults.clear();
      environment.clock.advance(61);
      expect((await environment.browser().signIn()).status).toBe(302);
    }),
  );

  test("while connections are refused", () =>
    withAuth({}, async (environment) => {
      await environment.aws.close();
      await expectUnavailable(environment);
    }));

  const VALUES: [string, AuthOptions["prepare"]][] = [
    ["no parameter", ({ aws }) => aws.parameters.clear()],
    ["no keys", ({ aws }) => aws.secrets.clear()],
    ["an empty parameter", ({ aws }) => setAll(aws.parameters, "")],
    ["a parameter that is not JSON", ({ aws }) => setAll(aws.parameters, "{")],
    ["a parameter that is null", ({ aws }) => setAll(aws.parameters, "null")],
    [
      "settings of another version",
      ({ aws, settings }) => setAll(aws.parameters, JSON.stringify({ ...settings, version: 2 })),
    ],
    ["settings that are only a version", ({ aws }) => setAll(aws.parameters, '{"version":1}')],
    ["keys that are not JSON", ({ aws }) => setAll(aws.secrets, "x")],
    ["keys without keys", ({ aws }) => setAll(aws.secrets, "{}")],
    [
      "no current key",
      ({ aws }) => setAll(aws.secrets, JSON.stringify({ current: "k2", keys: { k1: newMasterKey() } })),
    ],
    ["a current key that every object has", ({ aws }) => setAll(aws.secrets, '{"current":"constructor","keys":{}}')],
    ["an empty key", ({ aws }) => setAll(aws.secrets, '{"current":"k1","keys":{"k1":""}}')],
    ["a short key", ({ aws }) => setAll(aws.secrets, '{"current":"k1","keys":{"k1":"c2hvcnQ"}}')],
    ["a key that is no text", ({ aws }) => setAll(aws.secrets, '{"current":"k1","keys":{"k1":null}}')],
  ];
  test.each(VALUES)("%s", (_name, prepare) => withAuth({ prepare: prepare! }, expectUnavailable));
});

describe("a cold start in the middle of a sign-in", () => {
  test("goes unnoticed", () =>
    withAuth({}, async (environment) => {
      const browser = environment.browser();
      const callback = browser.approve(await browser.startSignIn("/a"));
      await environment.coldStart();
      expect((await browser.navigate(callback)).headers["location"]).toEqual(["/a"]);
    }));

  test.each(EACH)("is a 503 while there is %s: %s", (target, fault) =>
    withAuth({}, async (environment) => {
      const browser = environment.browser();
      const callback = browser.approve(await browser.startSignIn());
      environment.aws.faults.set(target, fault);
      await environment.coldStart();
      const response = await browser.navigate(callback);
      expectPage(response, 503);
      expectNoSession(response);
      expect(environment.idp.count("token")).toBe(0);
    }),
  );
});

describe("with an old copy sign-ins go on", () => {
  test.each(EACH)("%s: %s", (target, fault) =>
    withAuth({}, async (environment) => {
      expect((await environment.browser().signIn()).status).toBe(302);
      environment.aws.faults.set(target, fault);
      const asked = environment.aws.requests.length;
      environment.clock.advance(HOUR);
      const response = await environment.browser().signIn();
      expect(response.status).toBe(302);
      environment.readToken(setCookie(response, SESSION_COOKIE)?.value);
      expect(environment.aws.requests.slice(asked)).toContain(target);
      expect(environment.logs()).toMatch(/"outcome":"old_copy_used","detail":"(settings|keys)_unavailable \w+"/);
    }),
  );

  test("values that make no sense do not replace it", () =>
    withAuth({}, async (environment) => {
      expect((await environment.browser().signIn()).status).toBe(302);
      setAll(environment.aws.parameters, '{"version":1}');
      setAll(environment.aws.secrets, '{"current":"k9","keys":{}}');
      environment.clock.advance(HOUR);
      expect((await environment.browser().signIn()).status).toBe(302);
    }));
});

describe("new values are picked up", () => {
  test("settings, within minutes", () =>
    withAuth({}, async (environment) => {
      expect((await environment.browser().navigate("/_gate/signed-out")).body).toContain("Example");
      environment.publishSettings({
        ...environment.settings,
        theme: { ...environment.settings.theme, productName: "Renamed" },
      });
      environment.clock.advance(301);
      expect((await environment.browser().navigate("/_gate/signed-out")).body).toContain("Renamed");
    }));

  test("values are read once for many requests, and once for requests that arrive together", () =>
    withAuth({}, async ({ browser, aws }) => {
      const responses = await Promise.all(Array.from({ length: 6 }, () => browser().navigate("/_gate/login")));
      expect(responses.map(({ status }) => status)).toEqual(Array(6).fill(302));
      await browser().navigate("/_gate/login");
      expect([...aws.requests].sort()).toEqual([SETTINGS, SECRETS]);
    }));
});

describe("rotation of the session keys", () => {
  const rotate = (environment: AuthEnvironment) => {
    environment.keys.keys["k2"] = newMasterKey();
    environment.keys.current = "k2";
    environment.publishKeys(environment.keys);
  };
  const kidOf = (token: string | undefined) => token?.split(".")[1];

  test("new sessions are signed with the new key within minutes; old sessions and flows live on", () =>
    withAuth({}, async (environment) => {
      const browser = environment.browser();
      await browser.signIn();
      const old = browser.jar.get(SESSION_COOKIE);
      const other = environment.browser();
      const callback = other.approve(await other.startSignIn("/other"));
      rotate(environment);
      environment.clock.advance(301);
      expect((await other.navigate(callback)).headers["location"]).toEqual(["/other"]);
      expect(kidOf(other.jar.get(SESSION_COOKIE))).toBe("k2");
      expect((await browser.fetch("/_gate/me")).status).toBe(200);
      environment.clock.advance(601);
      expect((await browser.fetch("/_gate/refresh", { method: "POST" })).status).toBe(200);
      const renewed = browser.jar.get(SESSION_COOKIE);
      expect([kidOf(old), kidOf(renewed)]).toEqual(["k1", "k2"]);
      expect(environment.readToken(renewed).sid).toBe(environment.readToken(old).sid);
    }));

  test("a session signed with a key that this handler has not seen makes it look, and made-up ones no more than a few times", () =>
    withAuth({}, async (environment) => {
      await environment.browser().navigate("/_gate/login");
      rotate(environment);
      // Past the pause between two early looks, and well within the time that the keys are kept.
      environment.clock.advance(31);
      const browser = environment.browser();
      browser.jar.plant(SESSION_COOKIE, environment.mint({}));
      const asked = environment.aws.requests.length;
      const looks = () => environment.aws.requests.slice(asked).filter((target) => target === SECRETS);
      expect((await browser.fetch("/_gate/me")).status).toBe(200);
      expect(looks()).toEqual([SECRETS]);
      for (const kid of ["zz", "yy", "xx", "ww", "vv"]) {
        browser.jar.plant(SESSION_COOKIE, environment.mint({}).replace(".k2.", `.${kid}.`));
        expect((await browser.fetch("/_gate/me")).status).toBe(401);
      }
      expect(looks()).toHaveLength(3);
    }));

  test("after a lockdown old sessions, refresh cookies and flows are worth nothing", () =>
    withAuth({}, async (environment) => {
      const browser = environment.browser();
      const callback = browser.approve(await browser.startSignIn());
      await browser.signIn();
      rotate(environment);
      delete environment.keys.keys["k1"];
      environment.publishKeys(environment.keys);
      environment.clock.advance(301);
      expectProblem(await browser.fetch("/_gate/me"), 401);
      expectProblem(await browser.fetch("/_gate/refresh", { method: "POST" }), 401);
      const response = await browser.navigate(callback);
      expectPage(response, 400);
      expectNoSession(response);
    }));
});

test("what is read is asked for twice; what is written is written once, or it would find itself and take itself for a copy", () =>
  withAuth({}, async (environment) => {
    const count = (target: string) => environment.aws.requests.filter((seen) => seen === target).length;
    const [READ, WRITE] = ["DynamoDB_20120810.BatchGetItem", "DynamoDB_20120810.UpdateItem"];
    const browser = environment.browser();
    await browser.signIn();
    environment.aws.requests.length = 0;
    for (const target of [READ, WRITE]) environment.aws.faults.set(target, "error");
    environment.clock.advance(901);
    expectPage(await browser.navigate("/_gate/login"), 503);
    // The two run side by side, and the first that fails answers.
    for (let tries = 0; tries < 1_000 && count(READ) < 2; tries++) await setTimeout(10);
    expect([count(READ), count(WRITE)]).toEqual([2, 1]);
  }));

describe("a throttled call", () => {
  const WRITE = "DynamoDB_20120810.UpdateItem";

  test.each([...TARGETS, "DynamoDB_20120810.BatchGetItem", WRITE, "AmazonSQS.SendMessage"])(
    "is made again, and people notice nothing: %s",
    (target) =>
      withAuth({}, async (environment) => {
        const browser = environment.browser();
        await browser.signIn();
        environment.clock.advance(901);
        await environment.coldStart();
        let refusals = 0;
        const throttle = jest
          .spyOn(environment.aws.faults, "get")
          .mockImplementation((asked) => (asked === target && refusals++ < 2 ? "throttle" : undefined));
        expect((await browser.fetch("/_gate/refresh", { method: "POST" })).status).toBe(200);
        expect((await browser.fetch("/_gate/logout", { method: "POST" })).status).toBe(302);
        expect(refusals).toBeGreaterThan(2);
        throttle.mockRestore();
      }),
  );

  test("is made three times at most", () =>
    withAuth({}, async (environment) => {
      const browser = environment.browser();
      await browser.signIn();
      environment.clock.advance(901);
      environment.aws.faults.set(WRITE, "throttle");
      environment.aws.requests.length = 0;
      expectPage(await browser.navigate("/_gate/login"), 503);
      for (
        let tries = 0;
        tries < 1_000 && environment.aws.requests.filter((seen) => seen === WRITE).length < 3;
        tries++
      )
        await setTimeout(10);
      expect(environment.aws.requests.filter((seen) => seen === WRITE)).toHaveLength(3);
    }));
});

describe("the client secret", () => {
  const withSecret = { emulator: { clientAuthentication: "client_secret_basic" as const } };

  test("missing: nobody gets in", () =>
    withAuth(
      { ...withSecret, prepare: ({ aws }) => void aws.secrets.delete("example/client-secret/main") },
      async (environment) => {
        const response = await environment.browser().signIn();
        expectPage(response, 503);
        expectNoSession(response);
      },
    ));

  test("wrong: nobody gets in, and it is the gateway's fault", () =>
    withAuth(
      {
        ...withSecret,
        prepare: ({ aws }) => void aws.secrets.set("example/client-secret/main", "wrong-secret-of-the-test"),
      },
      async (environment) => {
        environment.secret("wrong-secret-of-the-test");
        const response = await environment.browser().signIn();
        expectPage(response, 503);
        expectNoSession(response);
      },
    ));

  test("an old copy is used while Secrets Manager is down", () =>
    withAuth(withSecret, async (environment) => {
      expect((await environment.browser().signIn()).status).toBe(302);
      environment.aws.faults.set(SECRETS, "error");
      environment.clock.advance(HOUR);
      expect((await environment.browser().signIn()).status).toBe(302);
    }));
});

test("settings are those of the function's own name", () =>
  withAuth(
    {
      prepare: ({ aws, settings }) => {
        aws.parameters.clear();
        aws.parameters.set(settingsParameterName("us-east-1.example-auth"), JSON.stringify(settings));
      },
      functionNamePrefix: "us-east-1.",
    },
    expectUnavailable,
  ));

function setAll(values: Map<string, string>, value: string): void {
  for (const name of values.keys()) values.set(name, value);
}

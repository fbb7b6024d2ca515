/** The sign-in hook: the site's own function or server has a say in who gets in, with which claims and roles. */
import { SESSION_COOKIE } from "../../../session/cookies";
import type { SignInHookSettings } from "../../../session/settings";
import type { Session } from "../../../session/token";
import { expectNoSession, expectPage } from "../../support/answers";
import { HOST, withAuth, type AuthEnvironment, type AuthOptions } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";
import { startHookServer, type HookServer } from "../../support/hook-server";

const FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:who:live";
const RENEW = "/_gate/login?return_to=%2Fb";
const HOOK: SignInHookSettings = { function: FUNCTION, timeout: 2, grant: ["admin"] };

interface HookEnvironment extends AuthEnvironment {
  /** What the function was asked, in order. */
  questions: unknown[];
  /** What it does next. */
  answer: () => unknown;
}

function withHook(body: (own: HookEnvironment) => Promise<void>, options: AuthOptions = {}) {
  return withAuth({ settings: { signInHook: HOOK }, ...options }, async (environment) => {
    const own: HookEnvironment = Object.assign(environment, { questions: [], answer: () => ({ allow: true }) });
    own.aws.functions.set(FUNCTION, async (payload) => {
      own.questions.push(payload);
      return own.answer();
    });
    await body(own);
  });
}

const sessionOf = (own: AuthEnvironment, browser: Browser): Session => own.readToken(browser.jar.get(SESSION_COOKIE));

async function expectRefused(own: AuthEnvironment, response: EdgeResponse, status: number, line: object) {
  expectPage(response, status);
  expectNoSession(response);
  expect(await own.logLines(response)).toEqual([expect.objectContaining(line)]);
}

test("it is asked once, after the sign-in, and gets no token, code or cookie", () =>
  withHook(async (own) => {
    own.idp.user = { sub: "alice", email: "alice@example.com", roles: ["staff"], level: 3 };
    const response = await own.browser().signIn("/a");
    expect(response.headers["location"]).toEqual(["/a"]);
    expect(own.questions).toEqual([
      {
        version: 1,
        host: HOST,
        requestId: response.requestId,
        address: expect.stringMatching(/^[0-9.]+$/),
        identityProvider: "main",
        user: {
          uid: own.uid("alice"),
          issuer: own.idp.issuer,
          subject: "alice",
          email: "alice@example.com",
          roles: ["staff"],
          claims: expect.objectContaining({ sub: "alice", level: 3, iss: own.idp.issuer }),
        },
      },
    ]);
    const asked = JSON.stringify(own.questions);
    // The nonce is in the ID token and is worth nothing once it was used.
    const { nonce } = (own.questions[0] as { user: { claims: { nonce: string } } }).user.claims;
    for (const secret of own.idp.secretsSeen) if (secret !== nonce) expect(asked).not.toContain(secret);
    expect(own.aws.requests.filter((name) => name === "Lambda.Invoke")).toHaveLength(1);
  }));

test("it adds claims that the config names, and roles that the config lets it grant", () =>
  withHook(async (own) => {
    own.idp.user = { ...own.idp.user, department: "from the provider" };
    own.answer = () => ({
      allow: true,
      claims: { department: ["R&D", "Ä"], email: "root@example.com", sub: "bob", other: "x" },
      roles: ["admin", "root"],
    });
    const browser = own.browser();
    await browser.signIn();
    expect(sessionOf(own, browser)).toMatchObject({
      uid: own.uid("alice"),
      email: "alice@example.com",
      roles: ["admin", "staff"],
      claims: { department: ["R&D", "Ä"] },
    });
  }));

test.each<[string, unknown]>([
  ["null", null],
  ["an empty list", []],
  ["an object", { a: 1 }],
  ["text that no header can have", "a\nb"],
])("a claim whose value is %s is taken away", (_name, department) =>
  withHook(async (own) => {
    own.idp.user = { ...own.idp.user, department: "from the provider" };
    own.answer = () => ({ allow: true, claims: { department } });
    const browser = own.browser();
    await browser.signIn();
    expect(sessionOf(own, browser).claims).toEqual({});
  }),
);

test("its answer lasts as long as the session: renewals do not ask again", () =>
  withHook(async (own) => {
    own.answer = () => ({ allow: true, claims: { department: "R&D" }, roles: ["admin"] });
    const browser = own.browser();
    await browser.signIn();
    for (let renewals = 0; renewals < 3; renewals++) {
      own.clock.advance(901);
      own.answer = () => ({ allow: false });
      expect((await browser.navigate(RENEW)).headers["location"]).toEqual(["/b"]);
      expect(sessionOf(own, browser)).toMatchObject({ roles: ["admin", "staff"], claims: { department: ["R&D"] } });
    }
    expect(own.questions).toHaveLength(1);
  }));

test("an answer that was lost is given again with what the hook added, and so is the next renewal", () =>
  withHook(async (own) => {
    own.answer = () => ({ allow: true, roles: ["admin"] });
    const browser = own.browser();
    await browser.signIn();
    own.clock.advance(901);
    // Its answer never reached the browser.
    await browser.copy().navigate(RENEW);
    await browser.navigate(RENEW);
    expect(sessionOf(own, browser).roles).toEqual(["admin", "staff"]);
    own.clock.advance(901);
    await browser.navigate(RENEW);
    expect(sessionOf(own, browser).roles).toEqual(["admin", "staff"]);
    expect(own.questions).toHaveLength(1);
  }));

test("a role that the config no longer lets it grant goes with the next renewal", () =>
  withHook(async (own) => {
    own.answer = () => ({ allow: true, roles: ["admin"] });
    const browser = own.browser();
    await browser.signIn();
    own.publishSettings({ ...own.settings, signInHook: { ...HOOK, grant: [] } });
    own.clock.advance(901);
    await browser.navigate(RENEW);
    expect(sessionOf(own, browser).roles).toEqual(["staff"]);
  }));

test("without the hook in the config, what it added goes with the next renewal", () =>
  withHook(async (own) => {
    own.answer = () => ({ allow: true, roles: ["admin"], claims: { department: "R&D" } });
    const browser = own.browser();
    await browser.signIn();
    const { signInHook, ...settings } = own.settings;
    expect(signInHook).toBe(HOOK);
    own.publishSettings(settings);
    own.clock.advance(901);
    await browser.navigate(RENEW);
    expect(sessionOf(own, browser)).toMatchObject({ roles: ["staff"], claims: {} });
  }));

describe("a session that is older than the hook", () => {
  async function olderSession(own: HookEnvironment): Promise<Browser> {
    const browser = own.browser();
    const { signInHook, ...settings } = own.settings;
    expect(signInHook).toBe(HOOK);
    own.publishSettings(settings);
    await browser.signIn();
    own.publishSettings(own.settings);
    own.clock.advance(901);
    return browser;
  }

  test("asks it at the next renewal", () =>
    withHook(async (own) => {
      const browser = await olderSession(own);
      own.answer = () => ({ allow: true, roles: ["admin"] });
      expect((await browser.navigate(RENEW)).headers["location"]).toEqual(["/b"]);
      expect(sessionOf(own, browser).roles).toEqual(["admin", "staff"]);
      expect(own.questions).toHaveLength(1);
    }));

  test("ends if it refuses", () =>
    withHook(async (own) => {
      const browser = await olderSession(own);
      own.answer = () => ({ allow: false, reason: "left" });
      const response = await browser.fetch("/_gate/refresh", { method: "POST" });
      expect(response.status).toBe(401);
      expectNoSession(response);
      expect(await own.logLines(response)).toEqual([expect.objectContaining({ detail: "hook_refused left" })]);
    }));

  test("stays renewable if there is no answer", () =>
    withHook(async (own) => {
      const browser = await olderSession(own);
      own.answer = () => {
        throw new Error("boom");
      };
      const failed = await browser.fetch("/_gate/refresh", { method: "POST" });
      expect(failed.status).toBe(503);
      expect(await own.logLines(failed)).toEqual([
        expect.objectContaining({ outcome: "hook_unavailable", detail: "function_failed" }),
      ]);
      own.answer = () => ({ allow: true });
      expect((await browser.fetch("/_gate/refresh", { method: "POST" })).status).toBe(200);
    }));
});

test.each<[name: string, answer: unknown, detail: string]>([
  ["without a reason", { allow: false }, "no_reason"],
  ["with a reason", { allow: false, reason: "contract_ended" }, "contract_ended"],
  ["with a reason that may not be logged", { allow: false, reason: "Alice left <b>" }, "no_reason"],
  ["although it adds roles", { allow: false, roles: ["admin"], claims: {} }, "no_reason"],
])("it refuses %s: nobody gets in, and the page says so", (_name, answer, detail) =>
  withHook(async (own) => {
    own.answer = () => answer;
    const response = await own.browser().signIn();
    await expectRefused(own, response, 403, { outcome: "hook_refused", detail });
    expect(response.body).toContain("this site does not accept your account");
  }),
);

describe("whatever is not a valid answer lets nobody in", () => {
  test.each<[name: string, answer: unknown, detail: string]>([
    ["nothing", undefined, "not_an_object"],
    ["a list", [], "not_an_object"],
    ["true", true, "not_an_object"],
    ["no decision", {}, "allow_is_not_a_boolean"],
    ["a decision as text", { allow: "true" }, "allow_is_not_a_boolean"],
    ["a decision as a number", { allow: 1 }, "allow_is_not_a_boolean"],
    ["claims as a list", { allow: true, claims: ["department"] }, "claims_are_not_an_object"],
    ["roles as text", { allow: true, roles: "admin" }, "roles_are_no_list"],
    ["roles that are not text", { allow: true, roles: ["admin", 1] }, "roles_are_no_list"],
    ["too much", { allow: true, claims: { department: "x".repeat(1_000) } }, "too_large"],
    ["API Gateway's shape", { statusCode: 200, body: '{"allow":true}' }, "allow_is_not_a_boolean"],
  ])("%s", (_name, answer, detail) =>
    withHook(async (own) => {
      own.answer = () => answer;
      await expectRefused(own, await own.browser().signIn(), 503, { outcome: "hook_unavailable", detail });
    }),
  );

  test("a function that fails", () =>
    withHook(async (own) => {
      own.answer = () => {
        throw new Error("secret database");
      };
      await expectRefused(own, await own.browser().signIn(), 503, {
        outcome: "hook_unavailable",
        detail: "function_failed",
      });
    }));

  test("a function that is not there", () =>
    withHook(async (own) => {
      own.aws.functions.delete(FUNCTION);
      await expectRefused(own, await own.browser().signIn(), 503, {
        outcome: "hook_unavailable",
        detail: "ResourceNotFoundException",
      });
    }));

  test.each(["error", "denied", "garbage", "hang"] as const)("AWS answers with %s", (fault) =>
    withHook(async (own) => {
      own.scaleTime(1);
      own.aws.faults.set("Lambda.Invoke", fault);
      await expectRefused(own, await own.browser().signIn(), 503, { outcome: "hook_unavailable" });
    }),
  );
});

test("what the function answers does not hold an open claim: prototype members are nothing", () =>
  withHook(async (own) => {
    own.answer = () =>
      JSON.parse('{"allow":true,"claims":{"__proto__":{"department":"x"},"constructor":"y"}}') as object;
    const browser = own.browser();
    await browser.signIn();
    expect(sessionOf(own, browser).claims).toEqual({});
  }));

test("a function costs no further sequential call", async () => {
  const options = { withSlowAnswers: true };
  const roundsOf = async (own: AuthEnvironment): Promise<number> => {
    await own.browser().signIn();
    const browser = own.browser();
    const callback = browser.approve(await browser.startSignIn("/a"));
    const { rounds, response } = await own.countRounds(() => browser.navigate(callback));
    expect(response.headers["location"]).toEqual(["/a"]);
    return rounds;
  };
  const rounds: number[] = [];
  await withAuth(options, async (own) => void rounds.push(await roundsOf(own)));
  await withHook(async (own) => {
    rounds.push(await roundsOf(own));
    expect(own.questions).toHaveLength(2);
  }, options);
  expect(rounds[1]).toBe(rounds[0]);
});

describe("a server", () => {
  let server: HookServer;
  afterEach(() => server.close());

  function withServer(body: (own: AuthEnvironment) => Promise<void>, change: Partial<SignInHookSettings> = {}) {
    const starting: Promise<void>[] = [];
    const prepare: AuthOptions["prepare"] = ({ aws, certificate }) => {
      starting.push(
        startHookServer(certificate, aws.sts, () => Math.floor(Date.now() / 1000)).then((started) => {
          server = started;
        }),
      );
    };
    return withAuth({ prepare }, async (own) => {
      await Promise.all(starting);
      const audience = new URL(server.url).origin;
      const hook = { url: server.url, audience, timeout: 2, grant: ["admin"], ...change } as SignInHookSettings;
      own.publishSettings({ ...own.settings, signInHook: hook });
      await body(own);
    });
  }

  test("gets the question with a token of AWS for it, and answers like a function", () =>
    withServer(async (own) => {
      server.answer = [200, '{"allow":true,"claims":{"department":"R&D"},"roles":["admin","root"]}'];
      const browser = own.browser();
      expect((await browser.signIn("/a")).headers["location"]).toEqual(["/a"]);
      expect(server.questions).toEqual([expect.objectContaining({ version: 1, identityProvider: "main" })]);
      expect(sessionOf(own, browser)).toMatchObject({ roles: ["admin", "staff"], claims: { department: ["R&D"] } });
    }));

  test("refuses a token for somebody else, and nobody gets in", () =>
    withServer(
      async (own) => {
        await expectRefused(own, await own.browser().signIn(), 503, {
          outcome: "hook_unavailable",
          detail: "HTTP_401",
        });
        expect(server.questions).toEqual([]);
      },
      { audience: "https://other.example.com" },
    ));

  test.each<[name: string, answer: HookServer["answer"], detail: string]>([
    ["an error", [500, "{}"], "HTTP_500"],
    ["a redirect", [302, "", { location: "https://localhost/elsewhere" }], "HTTP_302"],
    ["another success", [204, ""], "HTTP_204"],
    ["a page", [200, "<html>"], "SyntaxError"],
    ["megabytes", [200, `{"allow":true,"x":"${"x".repeat(1_000_000)}"}`], "too_large"],
  ])("%s lets nobody in", (_name, answer, detail) =>
    withServer(async (own) => {
      server.answer = answer;
      await expectRefused(own, await own.browser().signIn(), 503, { outcome: "hook_unavailable", detail });
    }),
  );

  test("no answer in time lets nobody in", () =>
    withServer(async (own) => {
      own.scaleTime(1);
      server.answer = "hang";
      await expectRefused(own, await own.browser().signIn(), 503, {
        outcome: "hook_unavailable",
        detail: "TimeoutError",
      });
    }));

  test("without a token of AWS nobody is asked and nobody gets in", () =>
    withServer(async (own) => {
      own.aws.faults.set("STS.GetWebIdentityToken", "denied");
      await expectRefused(own, await own.browser().signIn(), 503, { outcome: "hook_unavailable" });
      expect(server.questions).toEqual([]);
    }));
});

/**
 * Whatever AWS does at whatever call of whatever endpoint: nobody gets a session that the checks did not allow. Signing
 * out always works in the browser that asks. Endpoints that others push to have tables of their own, beside their
 * tests.
 */
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import { shardOf } from "../../../session/shard";
import type { Fault } from "../../../local/aws-emulator";
import { expectNoSession, expectPage, expectProblem, setCookie } from "../../support/answers";
import { withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";
import { PATIENCE } from "../../support/tools";

const FAULTS: Fault[] = ["error", "throttle", "garbage", "hang"];

const SETTINGS = "AmazonSSM.GetParameter";
const KEYS = "secretsmanager.GetSecretValue";
const READ = "DynamoDB_20120810.BatchGetItem";
const UPDATE = "DynamoDB_20120810.UpdateItem";
const PUT = "DynamoDB_20120810.PutItem";
const GET = "DynamoDB_20120810.GetItem";
const POINT = "DynamoDB_20120810.BatchWriteItem";
const SEND = "AmazonSQS.SendMessage";
const TELL = "AWSEvents.PutEvents";

/**
 * What a fault makes of a request. `denied`: 503, and what the browser had it keeps. `refused`: as without the fault,
 * which is a refusal. `signed out`: here at least. `old copy`: as without the fault, because what was read a minute ago
 * is good.
 */
type Effect = "denied" | "refused" | "signed out" | "old copy";

interface Scenario {
  name: string;
  /** The request, once everything that leads up to it was done. */
  arrange(environment: AuthEnvironment, browser: Browser): Promise<() => Promise<EdgeResponse>>;
  /** Every call that it makes to AWS, and what comes of it when that one fails. */
  calls: Record<string, Effect>;
  /** What it comes to without a fault. */
  clean: { status: number; session: "given" | "none" | "cleared" | "kept" };
  repeatable?: boolean;
}

const login = (browser: Browser) => () => browser.navigate("/_gate/login?return_to=%2Fpage");
const refresh = (browser: Browser) => () => browser.fetch("/_gate/refresh", { method: "POST" });
const logout = (browser: Browser) => () => browser.navigate("/_gate/logout");

async function signedIn({ clock }: AuthEnvironment, browser: Browser, seconds: number): Promise<void> {
  await browser.signIn();
  clock.advance(seconds);
}

async function withUsedUpCookie(environment: AuthEnvironment, browser: Browser): Promise<void> {
  await signedIn(environment, browser, 901);
  await refresh(browser.copy())();
  environment.clock.advance(901);
}

async function revoke({ ledger, uid, clock }: AuthEnvironment): Promise<void> {
  await ledger.revoke({ kind: "user", uid: uid("alice") });
  clock.advance(1);
}

const SCENARIOS: Scenario[] = [
  {
    name: "login without a session",
    arrange: async ({ clock }, browser) => {
      await browser.navigate("/_gate/login");
      clock.advance(61);
      return login(browser);
    },
    calls: { [SETTINGS]: "old copy", [KEYS]: "old copy" },
    clean: { status: 302, session: "none" },
  },
  {
    name: "login that renews",
    arrange: async (environment, browser) => {
      await signedIn(environment, browser, 901);
      return login(browser);
    },
    calls: { [SETTINGS]: "old copy", [KEYS]: "old copy", [READ]: "denied", [UPDATE]: "denied" },
    clean: { status: 302, session: "given" },
  },
  {
    name: "login with an active token that the gate refused",
    arrange: async (environment, browser) => {
      await signedIn(environment, browser, 61);
      return login(browser);
    },
    calls: { [SETTINGS]: "old copy", [KEYS]: "old copy", [READ]: "denied", [UPDATE]: "denied" },
    clean: { status: 302, session: "given" },
  },
  {
    name: "login of a revoked user",
    arrange: async (environment, browser) => {
      await signedIn(environment, browser, 901);
      await revoke(environment);
      return login(browser);
    },
    calls: { [SETTINGS]: "refused", [KEYS]: "refused", [READ]: "denied", [UPDATE]: "denied" },
    clean: { status: 302, session: "cleared" },
  },
  {
    name: "login with a used-up refresh cookie",
    arrange: async (environment, browser) => {
      await withUsedUpCookie(environment, browser);
      return login(browser);
    },
    calls: {
      [SETTINGS]: "refused",
      [KEYS]: "refused",
      [READ]: "denied",
      [SEND]: "denied",
      [UPDATE]: "denied",
      [TELL]: "refused",
    },
    clean: { status: 302, session: "cleared" },
  },
  {
    name: "a callback",
    arrange: async (environment, browser) => {
      environment.idp.user = { sub: "alice", email: "alice@example.com", sid: "provider-session" };
      const callback = browser.approve(await browser.startSignIn());
      environment.clock.advance(61);
      return () => browser.navigate(callback);
    },
    calls: {
      [SETTINGS]: "old copy",
      [KEYS]: "old copy",
      [READ]: "denied",
      [POINT]: "denied",
      [PUT]: "denied",
      [GET]: "denied",
    },
    clean: { status: 302, session: "given" },
  },
  {
    name: "a callback of a revoked user",
    arrange: async (environment, browser) => {
      environment.clock.advance(1);
      await revoke(environment);
      const callback = browser.approve(await browser.startSignIn());
      environment.clock.advance(61);
      return () => browser.navigate(callback);
    },
    calls: { [SETTINGS]: "refused", [KEYS]: "refused", [READ]: "denied", [POINT]: "denied" },
    clean: { status: 302, session: "none" },
  },
  {
    name: "a callback whose code was used",
    arrange: async (environment, browser) => {
      const callback = browser.approve(await browser.startSignIn());
      await browser.copy().navigate(callback);
      environment.clock.advance(61);
      return () => browser.navigate(callback);
    },
    calls: {
      [SETTINGS]: "refused",
      [KEYS]: "refused",
      [GET]: "denied",
      [SEND]: "denied",
      [UPDATE]: "denied",
      [TELL]: "refused",
    },
    clean: { status: 400, session: "none" },
  },
  {
    name: "refresh",
    arrange: async (environment, browser) => {
      await signedIn(environment, browser, 901);
      return refresh(browser);
    },
    calls: { [SETTINGS]: "old copy", [KEYS]: "old copy", [READ]: "denied", [UPDATE]: "denied" },
    clean: { status: 200, session: "given" },
  },
  {
    name: "refresh of a revoked user",
    arrange: async (environment, browser) => {
      await signedIn(environment, browser, 901);
      await revoke(environment);
      return refresh(browser);
    },
    calls: { [SETTINGS]: "refused", [KEYS]: "refused", [READ]: "denied", [UPDATE]: "denied" },
    clean: { status: 401, session: "kept" },
  },
  {
    name: "refresh with a used-up refresh cookie",
    arrange: async (environment, browser) => {
      await withUsedUpCookie(environment, browser);
      return refresh(browser);
    },
    calls: {
      [SETTINGS]: "refused",
      [KEYS]: "refused",
      [READ]: "denied",
      [SEND]: "denied",
      [UPDATE]: "denied",
      [TELL]: "refused",
    },
    clean: { status: 401, session: "kept" },
  },
  {
    name: "me",
    arrange: async (environment, browser) => {
      await signedIn(environment, browser, 61);
      return () => browser.fetch("/_gate/me");
    },
    calls: { [SETTINGS]: "old copy", [KEYS]: "old copy", [READ]: "denied" },
    clean: { status: 200, session: "none" },
  },
  {
    name: "me of a revoked user",
    arrange: async (environment, browser) => {
      await signedIn(environment, browser, 61);
      await revoke(environment);
      return () => browser.fetch("/_gate/me");
    },
    calls: { [SETTINGS]: "refused", [KEYS]: "refused", [READ]: "denied" },
    clean: { status: 401, session: "none" },
  },
  {
    name: "login with an outdated token",
    arrange: async (environment, browser) => {
      environment.idp.user = { sub: "alice", sid: "provider-session" };
      await signedIn(environment, browser, 61);
      await environment.ledger.raiseFloor(shardOf(environment.uid("alice")));
      return login(browser);
    },
    calls: { [SETTINGS]: "old copy", [KEYS]: "old copy", [READ]: "denied" },
    clean: { status: 302, session: "given" },
  },
  {
    name: "logout",
    arrange: async (environment, browser) => {
      await signedIn(environment, browser, 61);
      return logout(browser);
    },
    calls: { [SETTINGS]: "signed out", [KEYS]: "signed out", [UPDATE]: "signed out", [SEND]: "signed out" },
    clean: { status: 302, session: "cleared" },
  },
];

const CASES = SCENARIOS.flatMap((scenario) =>
  Object.keys(scenario.calls).flatMap((target) =>
    FAULTS.map((fault) => ({ name: scenario.name, scenario, target, fault })),
  ),
);

interface Outcome {
  response: EdgeResponse;
  log: Record<string, unknown>;
  /** Whether the browser still has its session cookie and its refresh cookie. */
  isKept: boolean;
  /** The response to the same request after the fault. */
  again: EdgeResponse;
}

/** What hangs is waited for. What a busy machine takes for itself counts for less in a time that is longer. */
const WAIT = 3;

const keyOf = (name: string, target: string, fault: Fault | "cold") => `${name}: ${target}: ${fault}`;
const outcomes = new Map<string, Outcome>();
const seen = new Map<string, string[]>();

// Several at a time: a call that hangs takes two seconds, but no CPU.
beforeAll(async () => {
  const waiting = [...SCENARIOS];
  await Promise.all(
    Array.from({ length: 5 }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await runScenario(next);
    }),
  );
});

async function runScenario(scenario: Scenario): Promise<void> {
  await withAuth({}, async (environment) => {
    const { send } = await arranged(environment, scenario);
    environment.aws.requests.length = 0;
    await send();
    seen.set(scenario.name, [...new Set(environment.aws.requests)].sort());
    for (const target of Object.keys(scenario.calls)) {
      for (const fault of FAULTS) await runCase(environment, scenario, target, fault);
    }
    for (const target of [SETTINGS, KEYS]) await runCase(environment, scenario, target, "cold");
  });
}

async function runCase(
  environment: AuthEnvironment,
  scenario: Scenario,
  target: string,
  fault: Fault | "cold",
): Promise<void> {
  const { browser, send } = await arranged(environment, scenario);
  const held = () => browser.jar.get(SESSION_COOKIE) + String(browser.jar.get(REFRESH_COOKIE) !== undefined);
  const before = held();
  if (fault === "cold") await environment.coldStart();
  environment.aws.faults.set(target, fault === "cold" ? "error" : fault);
  environment.scaleTime(fault === "hang" ? WAIT : PATIENCE);
  const response = await send();
  const [log] = await environment.logLines(response);
  const isKept = held() === before;
  environment.aws.faults.clear();
  environment.scaleTime(PATIENCE);
  outcomes.set(keyOf(scenario.name, target, fault), { response, log: log!, isKept, again: await send() });
}

/** The scenario from its beginning, in a browser of its own; settings and keys have just become old. */
async function arranged(environment: AuthEnvironment, { arrange }: Scenario) {
  environment.clock.advance(100);
  await environment.ledger.wipe();
  environment.idp.authenticatedAt = environment.clock.now();
  const browser = environment.browser();
  const send = await arrange(environment, browser);
  environment.clock.advance(1);
  return { browser, send };
}

test.each(SCENARIOS)("the table has every call of $name", ({ name, calls }) => {
  expect(seen.get(name)).toEqual(Object.keys(calls).sort());
});

function expectCleared(response: EdgeResponse): void {
  for (const name of [SESSION_COOKIE, REFRESH_COOKIE]) expect(setCookie(response, name)).toMatchObject({ value: "" });
}

function expectClean(response: EdgeResponse, { clean }: Scenario): void {
  expect(response.status).toBe(clean.status);
  if (clean.session === "given") expect(setCookie(response, SESSION_COOKIE)?.value).toBeTruthy();
  else expectNoSession(response);
  if (clean.session === "cleared") expectCleared(response);
  // Worthless, but the next sign-in learns from them that the session was revoked.
  if (clean.session === "kept")
    for (const name of [SESSION_COOKIE, REFRESH_COOKIE]) expect(setCookie(response, name)).toBeUndefined();
}

function expectUnavailable({ response, isKept }: Outcome): void {
  if (response.headers["content-type"]?.[0] === "application/problem+json") expectProblem(response, 503);
  else expectPage(response, 503);
  expect(response.headers["retry-after"]).toHaveLength(1);
  expect(setCookie(response, SESSION_COOKIE)).toBeUndefined();
  expect(isKept).toBe(true);
}

const EFFECTS: Record<Effect, (outcome: Outcome, scenario: Scenario) => void> = {
  denied: (outcome, scenario) => {
    expectUnavailable(outcome);
    expect(outcome.log["outcome"]).toMatch(/^(ledger|revocations)_unavailable$/);
    // A flow can be used only once; renewals and requests succeed after the fault.
    if (scenario.name.startsWith("a callback")) expectNoSession(outcome.again);
    else expectClean(outcome.again, scenario);
  },
  refused: ({ response }, scenario) => {
    expect(scenario.clean.session).not.toBe("given");
    expectClean(response, scenario);
  },
  "signed out": ({ response, isKept }, scenario) => {
    expectClean(response, scenario);
    expect(isKept).toBe(false);
  },
  "old copy": ({ response }, scenario) => expectClean(response, scenario),
};

test.each(CASES)("$name: $target: $fault", ({ name, scenario, target, fault }) => {
  EFFECTS[scenario.calls[target]!](outcomes.get(keyOf(name, target, fault))!, scenario);
});

test.each([UPDATE, SEND])("a sign-out that reached only this browser says so (%s)", (target) => {
  for (const fault of FAULTS) {
    const { log } = outcomes.get(keyOf("logout", target, fault))!;
    expect(log).toMatchObject({
      outcome: "signed_out_here",
      status: 302,
      detail: expect.stringMatching(/^(ledger|revocations)_unavailable/) as unknown,
    });
  }
});

test.each(
  SCENARIOS.flatMap((scenario) => [SETTINGS, KEYS].map((target) => ({ name: scenario.name, scenario, target }))),
)("$name, with nothing read before: $target", ({ name, scenario, target }) => {
  const outcome = outcomes.get(keyOf(name, target, "cold"))!;
  // Without keys nothing is known of the session, and the cookies go; without settings not even their path is known.
  if (name === "logout" && target === KEYS) expectClean(outcome.response, scenario);
  else expectUnavailable(outcome);
});

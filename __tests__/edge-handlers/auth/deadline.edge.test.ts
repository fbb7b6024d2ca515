/** Lambda ends a viewer request after 5 s. The handler answers before, whichever service hangs. */
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import { expectNoSession, expectPage } from "../../support/answers";
import { withAuth, type AuthEnvironment } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";

/** What a busy machine takes for itself counts for less in a time that is longer. */
const SCALE = 3;

interface Case {
  name: string;
  /** Leads up to the request that will meet the hang. */
  before?: (environment: AuthEnvironment, browser: Browser) => Promise<string>;
  hang: (environment: AuthEnvironment) => void;
  /** It works nevertheless. */
  succeeds?: boolean;
}

const toCallback = async (_environment: AuthEnvironment, browser: Browser) =>
  browser.approve(await browser.startSignIn());
const hangs =
  (endpoint: "discovery" | "token" | "jwks" | "userinfo" | "revocation") =>
  ({ idp }: AuthEnvironment) =>
    void idp.outages.set(endpoint, "hang");
const hangsInAws =
  (target: string) =>
  ({ aws }: AuthEnvironment) =>
    void aws.faults.set(target, "hang");
const SETTINGS = "AmazonSSM.GetParameter";
const SECRETS = "secretsmanager.GetSecretValue";

const CASES: Case[] = [
  { name: "discovery at login", hang: hangs("discovery") },
  { name: "the token endpoint at the callback", before: toCallback, hang: hangs("token") },
  { name: "the key set at the callback", before: toCallback, hang: hangs("jwks") },
  {
    name: "userinfo at the callback",
    before: (environment, browser) => {
      environment.idp.userinfoOnly = ["roles"];
      return toCallback(environment, browser);
    },
    hang: hangs("userinfo"),
  },
  {
    name: "the token endpoint at a renewal",
    before: async (environment, browser) => {
      await browser.signIn();
      environment.clock.advance(901);
      return "/_gate/login";
    },
    hang: hangs("token"),
  },
  {
    name: "everything of the identity provider, with stale copies",
    before: async (environment, browser) => {
      await environment.browser().signIn();
      environment.clock.advance(12 * 3600);
      return browser.approve(await browser.startSignIn());
    },
    hang: (environment) => ["discovery" as const, "jwks" as const].forEach((endpoint) => hangs(endpoint)(environment)),
    succeeds: true,
  },
  {
    name: "nobody, but all answer slowly",
    before: async (environment, browser) => {
      await environment.browser().signIn();
      environment.clock.advance(3500);
      const callback = browser.approve(await browser.startSignIn());
      environment.clock.advance(200);
      return callback;
    },
    hang: ({ idp }) =>
      (["discovery", "token", "jwks"] as const).forEach((endpoint) => idp.outages.set(endpoint, "slow")),
  },
  {
    name: "revocation at logout",
    before: async (_environment, browser) => {
      await browser.signIn();
      return "/_gate/logout";
    },
    hang: hangs("revocation"),
    succeeds: true,
  },
  { name: "SSM at the first request", hang: hangsInAws(SETTINGS) },
  { name: "Secrets Manager at the first request", hang: hangsInAws(SECRETS) },
  {
    name: "SSM and Secrets Manager, with stale copies",
    before: async (environment, browser) => {
      await environment.browser().signIn();
      environment.clock.advance(3600);
      return browser.approve(await browser.startSignIn());
    },
    hang: (environment) => {
      environment.clock.advance(301);
      [SETTINGS, SECRETS].forEach((target) => hangsInAws(target)(environment));
    },
    succeeds: true,
  },
];

interface Outcome {
  response: EdgeResponse;
  milliseconds: number;
  sessionKept: boolean;
}

let outcomes: Map<string, PromiseSettledResult<Outcome>>;

// Concurrently: each takes most of five seconds, but no CPU.
beforeAll(async () => {
  const results = await Promise.allSettled(CASES.map(run));
  outcomes = new Map(CASES.map(({ name }, place) => [name, results[place]!]));
});

async function run({ before, hang }: Case): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await withAuth({}, async (environment) => {
    const browser = environment.browser();
    const url = (await before?.(environment, browser)) ?? "/_gate/login";
    const names = () => [SESSION_COOKIE, REFRESH_COOKIE].filter((name) => browser.jar.get(name) !== undefined).join();
    const held = names();
    hang(environment);
    environment.scaleTime(SCALE);
    const start = performance.now();
    const response = await browser.navigate(url);
    const milliseconds = (performance.now() - start) / SCALE;
    outcome = { response, milliseconds, sessionKept: names() === held };
  });
  return outcome!;
}

test.each(CASES)("$name", ({ name, succeeds }) => {
  const result = outcomes.get(name)!;
  if (result.status === "rejected") throw result.reason;
  const { response, milliseconds, sessionKept } = result.value;
  expect(milliseconds).toBeLessThan(4900);
  if (succeeds) {
    expect(response.status).toBe(302);
    return;
  }
  expectPage(response, 503);
  expect(response.headers["retry-after"]).toHaveLength(1);
  expectNoSession(response);
  expect(sessionKept).toBe(true);
});

describe("a cold start asks for what it will need of the provider while AWS, far away, has not answered", () => {
  const toRenewal = async (browser: Browser) => {
    await browser.signIn();
    return "/_gate/login";
  };
  test.each<[string, string, (browser: Browser) => Promise<string>]>([
    ["at a renewal", "DynamoDB_20120810.BatchGetItem", toRenewal],
    ["at the callback", SECRETS, async (browser) => browser.approve(await browser.startSignIn())],
  ])("%s", async (_name, target, before) => {
    await withAuth({}, async (environment) => {
      const browser = environment.browser();
      const url = await before(browser);
      environment.clock.advance(901);
      await environment.coldStart();
      environment.aws.faults.set(target, "hang");
      environment.scaleTime(SCALE);
      const asked = environment.idp.count("discovery");
      expectPage(await browser.navigate(url), 503);
      expect(environment.idp.count("discovery")).toBe(asked + 1);
    });
  });
});

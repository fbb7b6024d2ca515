/** `edgegate dev --check`: a scripted visit to the local edge, from the first request to the sign-out. */
import { readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { decidingRule } from "../policy/deciding-rule";
import { mayPass } from "../policy/decision-table";
import { SESSION_COOKIE } from "../session/cookies";
import { decodePayload, splitToken } from "../session/token";
import { expiredToken } from "./expired-session";
import { HttpClient, type Answer } from "./http-client";
import type { LocalEdge } from "./local-edge";
import { placesOf } from "./places";
import { demoApi, PROGRAM, type DemoApi } from "./program";
import type { User } from "./users";

export interface CheckResult {
  name: string;
  expected: string;
  actual: string;
  ok: boolean;
}

/** @param edge with the local identity provider */
export async function check(edge: LocalEdge): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const expect = async (name: string, expected: string, visit: () => Promise<string>) => {
    const actual = await visit().catch((error: unknown) => `failed: ${String(error)}`);
    results.push({ name, expected, actual, ok: actual === expected });
  };
  const at = (path: string) => edge.url + path;
  const places = placesOf(edge.config);
  const [admin, , guest] = edge.users as [User, User, User];
  const open = places.find((place) => place.allow === "public");
  const restricted = places.find((place) => typeof place.allow === "object");
  const closed = restricted ?? places.find((place) => place.allow !== "public");
  const { basePath } = edge.config;
  const browser = new HttpClient(readFileSync(edge.caFile, "utf8"));

  if (open)
    await expect(`public ${open.path}, not signed in`, "200", async () => status(await browser.open(at(open.path))));
  if (closed) {
    const api = places.find((place) => place.api && place.allow !== "public") ?? closed;
    const deepLink = `${closed.path}?from=check&n=1`;
    await expect(`fetch ${api.path}, not signed in`, "401 application/problem+json", async () =>
      statusAndType(await browser.fetch("GET", at(api.path))),
    );
    await expect(`sign in as ${admin.id} for ${deepLink}`, `200 ${deepLink}`, async () =>
      statusAndPlace(await signIn(browser, at(deepLink), admin)),
    );
    await expect(`fetch ${api.path}, signed in`, "200", async () => status(await browser.fetch("GET", at(api.path))));
    await expect(`open ${deepLink} after the token expired: renewed silently`, `200 ${deepLink}`, async () => {
      browser.setCookie(SESSION_COOKIE, expiredToken(edge.store, browser.cookie(SESSION_COOKIE) ?? ""));
      return statusAndPlace(await browser.open(at(deepLink)));
    });
    await expect("renew by fetch", "200", async () => status(await browser.fetch("POST", at(`${basePath}/refresh`))));
    await expect(`revoke ${admin.id}, open ${closed.path}`, "the identity provider's sign-in page", async () => {
      const { uid } = decodePayload(splitToken(browser.cookie(SESSION_COOKIE) ?? "")!.payload);
      await edge.askRevoker({
        operation: "revoke",
        command: { version: 1, target: { type: "user", uid }, by: "operator:local", reason: "check" },
      });
      await nextSecond();
      return placeName(edge, await browser.open(at(closed.path)));
    });
    await expect(`sign in as ${admin.id} again`, `200 ${closed.path}`, async () =>
      statusAndPlace(await signIn(browser, at(closed.path), admin)),
    );
    await expect("sign out, here and at the identity provider", `200 ${basePath}/signed-out`, async () => {
      const page = await browser.open(at(`${basePath}/logout`));
      const end = page.url.origin === edge.issuer ? await browser.submit(page, { logout: "yes" }) : page;
      return `${end.status} ${end.url.pathname}`;
    });
    await expect(`open ${closed.path}, signed out`, "the identity provider's sign-in page", async () =>
      placeName(edge, await browser.open(at(closed.path))),
    );
  }
  if (restricted) {
    await expect(`sign in as ${guest.id} for ${restricted.path}`, "403", async () =>
      status(await signIn(new HttpClient(readFileSync(edge.caFile, "utf8")), at(restricted.path), guest)),
    );
  }
  const api = demoApi(edge.config);
  if (api) await checkApi(edge, api, expect);
  await expect("an unknown endpoint of the gateway", "404", async () =>
    status(await browser.open(at(`${basePath}/nothing`))),
  );
  return results;
}

/**
 * Calls as a program: without a token, with an access token, with the edge token for it, and at a path whose role is
 * missing.
 */
async function checkApi(
  edge: LocalEdge,
  { path, resource, tokenEndpoint }: DemoApi,
  expect: (name: string, expected: string, visit: () => Promise<string>) => Promise<void>,
): Promise<void> {
  const client = new HttpClient(readFileSync(edge.caFile, "utf8"));
  const grant = { grant_type: "client_credentials", client_id: PROGRAM.id, client_secret: PROGRAM.secret, resource };
  const tokenFrom = async (url: string, form: Record<string, string>) => {
    const answer = await client.send("POST", new URL(url), {}, new URLSearchParams(form).toString());
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status} ${answer.body}`);
    return (JSON.parse(answer.body) as { access_token: string }).access_token;
  };
  const call = (method: string, token?: string) =>
    client.send(method, new URL(edge.url + path), token === undefined ? {} : { authorization: `Bearer ${token}` });
  const { policy, domain, identityProviders } = edge.config;
  const [provider] = Object.keys(identityProviders);
  const ruleOf = decidingRule(policy);
  // The program has no role.
  const decided = (method: string) => {
    const index = ruleOf({ host: domain, method, path, preflight: false });
    const passes = index !== undefined && mayPass(policy[index]!.allow, [], provider!);
    return passes ? "200" : "403";
  };
  await expect(`program: GET ${path}, no token`, "401 application/problem+json", async () =>
    statusAndType(await call("GET")),
  );
  let token = "";
  await expect(`program: GET ${path}, access token`, decided("GET"), async () =>
    status(await call("GET", (token = await tokenFrom(tokenEndpoint, grant)))),
  );
  await expect(`program: GET ${path}, edge token`, decided("GET"), async () => {
    const exchange = {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: token,
      subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
    };
    return status(await call("GET", (token = await tokenFrom(`${edge.url}${edge.config.basePath}/token`, exchange))));
  });
  await expect(`program: POST ${path}, edge token`, decided("POST"), async () => status(await call("POST", token)));
}

/**
 * Opens an address and signs in on the way. Within a minute of a revocation, a browser that was not signed in has to
 * sign in twice: the provider's clock may be wrong by that much.
 */
export async function signIn(browser: HttpClient, url: string, user: User): Promise<Answer> {
  const submit = (page: Answer) => browser.submit(page, { user: user.id, password: user.password });
  const answer = await submit(await browser.open(url));
  return isSignInForm(answer) ? submit(answer) : answer;
}

/**
 * Waits until the next second begins. Providers report the time of authentication in whole seconds. So within the
 * second of a revocation, an authentication does not count as later. Only a script is that fast.
 */
export async function nextSecond(): Promise<void> {
  await setTimeout(1000 - (Date.now() % 1000));
}

function isSignInForm(answer: Answer): boolean {
  return answer.status === 200 && answer.body.includes('name="password"');
}

function status(answer: Answer): string {
  return String(answer.status);
}

function statusAndType(answer: Answer): string {
  return `${answer.status} ${String(answer.headers["content-type"])}`;
}

function statusAndPlace(answer: Answer): string {
  return `${answer.status} ${answer.url.pathname}${answer.url.search}`;
}

function placeName(edge: LocalEdge, answer: Answer): string {
  return answer.url.origin === edge.issuer && isSignInForm(answer)
    ? "the identity provider's sign-in page"
    : statusAndPlace(answer);
}

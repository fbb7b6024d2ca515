/** A handler that offers device-bound sessions, browsers that took the offer, and what they expect of a refusal. */
import { SESSION_COOKIE } from "../../../../session/cookies";
import { expectProblem, setCookie } from "../../../support/answers";
import { startAuth, type AuthEnvironment } from "../../../support/auth-fixture";
import { renew, type Browser } from "../../../support/browser-emulator";
import type { EdgeResponse } from "../../../support/cloudfront-event";
import { challengeOf, makeDevice, offerOf, refresh, register, type Device } from "../../../support/device-emulator";

export const DEVICE_BOUND = { absolute: 8 * 3600, idle: 3600, token: 900, deviceBound: true } as const;
export const LOGIN = "/_gate/login?return_to=%2Fpage";
/** Seconds. */
export const PROOF_LIFETIME = 120;

export let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth({ settings: { session: DEVICE_BOUND } });
});
afterAll(() => environment.close());
afterEach(() => {
  environment.aws.faults.clear();
  environment.clock.advance(61);
});

export const sessionOf = (browser: Browser) => environment.readToken(browser.jar.get(SESSION_COOKIE));
export const nameOf = (browser: Browser) => `${sessionOf(browser).uid}.${sessionOf(browser).sid}`;
export const logOf = async (response: EdgeResponse) => (await environment.logLines(response))[0]!;
export const itemOf = async (browser: Browser) => (await environment.ledger.session(sessionOf(browser)))!;

export async function signedIn(): Promise<{ browser: Browser; challenge: string }> {
  const browser = environment.browser();
  return { browser, challenge: offerOf(await browser.signIn())!.challenge };
}

export async function bound(device = makeDevice()): Promise<{ browser: Browser; device: Device; name: string }> {
  const { browser, challenge } = await signedIn();
  expect((await register(browser, device, challenge)).status).toBe(200);
  return { browser, device, name: nameOf(browser) };
}

/** What the browser does before it asks for a renewal without a device cookie. */
export async function prove(browser: Browser, device: Device, name: string): Promise<EdgeResponse> {
  return refresh(browser, name, device.proof({ jti: challengeOf(await refresh(browser, name), name) }));
}

export async function signInAgain(browser: Browser): Promise<void> {
  browser.jar.delete(SESSION_COOKIE);
  await browser.signIn();
}

export async function expectRefused(response: EdgeResponse, why: string): Promise<void> {
  expectProblem(response, 400);
  expect(response.headers["set-cookie"]).toBeUndefined();
  expect(await logOf(response)).toMatchObject({ outcome: "device_refused", detail: why });
}

/** The way of somebody who has no proof: a script gets a 401, and a page leads to the identity provider. */
export async function expectNotRenewed(browser: Browser): Promise<void> {
  const renewal = await renew(browser.copy());
  expectProblem(renewal, 401);
  expect(renewal.headers["set-cookie"]).toBeUndefined();
  expect(await logOf(renewal)).toMatchObject({ outcome: "not_renewed", detail: "device_unproven" });
  const visit = await browser.copy().navigate(LOGIN);
  expect(visit.headers["location"]?.[0]).toMatch(new RegExp(`^${environment.idp.issuer}/authorize\\?`));
  expect(setCookie(visit, SESSION_COOKIE)).toBeUndefined();
}

/** A handler whose ledger tests can revoke in, and what they expect of someone who signed in. */
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../../../session/cookies";
import type { Session } from "../../../../session/token";
import { expectNoSession, setCookie } from "../../../support/answers";
import { startAuth, type AuthEnvironment } from "../../../support/auth-fixture";
import type { Browser } from "../../../support/browser-emulator";
import type { EdgeResponse } from "../../../support/cloudfront-event";

export const HOUR = 3600;
export const ALICE = { sub: "alice", email: "alice@example.com", roles: ["staff"] };
export const LOGIN = "/_gate/login?return_to=%2Fpage";

export let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth();
});
afterAll(() => environment.close());
afterEach(async () => {
  Object.assign(environment.idp, { user: ALICE, tampering: {}, authenticatedAt: undefined, obeysPrompt: true });
  environment.clock.advance(61);
  await environment.ledger.wipe();
});

export const sessionOf = (browser: Browser): Session => environment.readToken(browser.jar.get(SESSION_COOKIE));
export const lastPrompt = () => environment.idp.prompts.at(-1);

/** A browser whose user the provider knows since the sign-in. */
export async function signedIn(): Promise<Browser> {
  environment.idp.authenticatedAt ??= environment.clock.now();
  const browser = environment.browser();
  expect((await browser.signIn()).status).toBe(302);
  return browser;
}

export function expectAtProvider(response: EdgeResponse): string {
  expect(response).toMatchObject({
    status: 302,
    headers: { location: [expect.stringContaining(`${environment.idp.issuer}/authorize?`)] },
  });
  expectNoSession(response);
  return response.headers["location"]![0]!;
}

export function expectCleared(response: EdgeResponse): void {
  expect(setCookie(response, SESSION_COOKIE)).toMatchObject({ value: "", attributes: { "max-age": "0", path: "/" } });
  expect(setCookie(response, REFRESH_COOKIE)).toMatchObject({
    value: "",
    attributes: { "max-age": "0", path: "/_gate" },
  });
}

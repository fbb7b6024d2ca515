/** Keycloak's own pages, as people and scripts fill them in. */
import type { Page } from "playwright-core";
import type { Answer, HttpClient } from "../../local/http-client";
import type { KeycloakUser } from "./keycloak-admin";

/**
 * On the form that `page` shows. It may not ask for a name: a user who re-authenticates is asked for the password only.
 */
export async function signInWith(page: Page, { name, password }: KeycloakUser): Promise<void> {
  const username = page.locator("#username");
  await page.locator("#password").waitFor();
  if (await username.isVisible()) await username.fill(name);
  await page.locator("#password").fill(password);
  await page.locator("#kc-login").click();
}

export async function asksForPassword(page: Page): Promise<boolean> {
  return page.locator("#password").isVisible();
}

/** Opens an address and signs in on the way, without a browser. */
export async function signInByScript(
  client: HttpClient,
  url: string,
  { name, password }: KeycloakUser,
): Promise<Answer> {
  const form = await client.open(url);
  const action = /<form[^>]*\sid="kc-form-login"[^>]*\saction="([^"]+)"/.exec(form.body)?.[1];
  if (action === undefined)
    throw new Error(`no sign-in form at ${form.url.origin}${form.url.pathname} (status ${form.status})`);
  return client.open(action.replaceAll("&amp;", "&"), new URLSearchParams({ username: name, password }));
}

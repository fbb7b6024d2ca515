import { REFRESH_COOKIE } from "../../session/cookies";
import type { AuthSettings } from "../../session/settings";
import { onlyCookie, type CookieJar } from "../shared/cookie-jar";
import { findEndpoint } from "./endpoints/table";
import type { IdentityProviders } from "./oidc/identity-providers";
import { prepareCredentials, prepareProvider } from "./oidc/prepare";
import type { Ports } from "./ports";
import { identityProviderOf } from "./request-context";

interface Early {
  url: URL;
  cookies: CookieJar;
  ports: Ports;
  providers: IdentityProviders;
}

/**
 * Starts what a request will probably need, while its settings are fetched again. Connections are opened and caches
 * refreshed; nothing is decided and nothing about the request is sent.
 *
 * @param outdated the settings so far
 */
export function prepareEarly(outdated: AuthSettings, { url, cookies, ports, providers }: Early): void {
  const { name, parameter } = findEndpoint(url.pathname, outdated.basePath) ?? {};
  const isCallback = name === "callback";
  if (!isCallback && onlyCookie(cookies, REFRESH_COOKIE) === undefined) return;
  ports.ledger.prepare();
  const [only, ...others] = Object.keys(outdated.identityProviders);
  const id = isCallback ? parameter : others.length > 0 ? undefined : only;
  const provider = id === undefined ? undefined : identityProviderOf(outdated, id);
  if (!provider) return;
  prepareProvider(providers, provider).catch(() => {});
  prepareCredentials(ports, id!, provider).catch(() => {});
}

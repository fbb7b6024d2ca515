/** What the endpoints know about the request that they are answering. */
import type { Appearance } from "../../pages/theme";
import type { AuthSettings, IdentityProviderSettings } from "../../session/settings";
import type { CookieJar } from "../shared/cookie-jar";
import type { Proof } from "./oidc/client-authentication/proof";
import type { IdentityProviders } from "./oidc/identity-providers";
import type { LogEntry, Ports } from "./ports";

export interface RequestContext {
  request: Request;
  url: URL;
  /** Unix seconds at which the request arrived. */
  now: number;
  requestId: string;
  /** IP address of the viewer. */
  address: string;
  settings: AuthSettings;
  /** The look and the language of pages for this visitor. */
  appearance: Appearance;
  ports: Ports;
  identityProviders: IdentityProviders;
  /** The proofs that authenticate the gateway at identity providers' endpoints, created on first use. */
  proofs: Map<string, Promise<Proof>>;
  /** Aborts when the request's time is up. */
  deadline: AbortSignal;
  /** Milliseconds until then. */
  timeLeft(): number;
  /** The cookies of the request. */
  cookies: CookieJar;
  /** `Set-Cookie` values for the response, including a failure response. */
  setCookies: string[];
  /** Where the action of a failure page leads. */
  startAgain: string;
  /** What will be logged. */
  note: Partial<Omit<LogEntry, "status" | "requestId" | "address">>;
}

/** Adds a code to the log line's `detail`. */
export function addDetail({ note }: RequestContext, code: string): void {
  note.detail = note.detail === undefined ? code : `${note.detail} ${code}`;
}

/** The path of the request, without the query string, which may contain a code. */
export function addressOf({ url }: RequestContext): string {
  return url.origin + url.pathname;
}

/** The settings of an identity provider; undefined for an ID that is not in the config. */
export function identityProviderOf(settings: AuthSettings, id: string): IdentityProviderSettings | undefined {
  return Object.hasOwn(settings.identityProviders, id) ? settings.identityProviders[id] : undefined;
}

/** Where a failure page leads. The failed provider is not used again unless the user chooses it. */
export function startAgainPath(settings: AuthSettings, returnPath: string): string {
  return loginPath(settings, returnPath) + (hasSeveralProviders(settings) ? "&choose" : "");
}

export function hasSeveralProviders({ identityProviders }: AuthSettings): boolean {
  return Object.keys(identityProviders).length > 1;
}

/** The path of the login endpoint that returns to `returnPath`. @param idp the identity provider to use, if chosen */
export function loginPath(settings: AuthSettings, returnPath: string, idp?: string): string {
  return `${settings.basePath}/login?return_to=${encodeURIComponent(returnPath)}${idp === undefined ? "" : `&idp=${idp}`}`;
}

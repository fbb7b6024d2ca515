/** Reads from an error response that the provider did not accept the client. */
import { ResponseBodyError, WWWAuthenticateChallengeError } from "oauth4webapi";

export interface Refusal {
  /** Entra ID's own codes; none from other providers. */
  codes: number[];
}

/**
 * Providers authenticate the client before they look at a code or a refresh token, so after these errors (RFC 6749
 * section 5.2) neither has been used. Entra ID sends both for an assertion that it does not accept. `invalid_grant` is
 * not among them: then the grant was looked at, and sending it again could look like theft.
 */
const CLIENT_REFUSED = ["invalid_client", "invalid_request"];

/**
 * True if the provider did not accept the client's credentials. Only then is the status 401 (RFC 6749 section 5.2). Any
 * error but `invalid_grant` can come with it: Keycloak sends `unauthorized_client`, and Auth0 `access_denied`. Cognito
 * sends `invalid_client` with 400.
 */
export function isClientRefused(error: unknown): error is ResponseBodyError | WWWAuthenticateChallengeError {
  if (error instanceof WWWAuthenticateChallengeError) return true;
  if (!(error instanceof ResponseBodyError)) return false;
  return error.error === "invalid_client" || (error.status === 401 && error.error !== "invalid_grant");
}

/** Undefined if the error means anything else, or if it is not certain that the grant is unused. */
export async function readRefusal(error: unknown): Promise<Refusal | undefined> {
  const body = await bodyOf(error);
  if (!body || !CLIENT_REFUSED.includes(String(body["error"]))) return undefined;
  const codes = body["error_codes"];
  const known = Array.isArray(codes) ? codes.filter((code): code is number => typeof code === "number") : [];
  if (body["error"] === "invalid_request" && known.length === 0) return undefined;
  return { codes: known };
}

async function bodyOf(error: unknown): Promise<Record<string, unknown> | undefined> {
  if (error instanceof ResponseBodyError) return error.cause;
  if (!(error instanceof WWWAuthenticateChallengeError)) return undefined;
  try {
    return (await error.response.clone().json()) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

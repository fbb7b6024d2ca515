/** The assertion with which the gateway proves that it has a key (RFC 7523 sections 2.2 and 3, RFC 10070 section 4). */
import type { PrivateKeyJwt } from "../../../../session/client-authentication";
import type { PublicClientKey } from "./client-key";

export const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/** Seconds. The assertion is made for one request. */
const LIFETIME = 60;

/** @param audience of the assertion @param now Unix seconds */
export function assertionClaims(clientId: string, audience: string, now: number, jti: string): object {
  return { iss: clientId, sub: clientId, aud: audience, jti, iat: now, nbf: now, exp: now + LIFETIME };
}

/** The explicit type tells the provider that the audience is as RFC 10070 requires, so only then it is used. */
export function assertionHeader(
  { alg, kid }: Pick<PublicClientKey, "alg" | "kid">,
  audience: PrivateKeyJwt["audience"],
): object {
  return { typ: audience === "issuer" ? "client-authentication+jwt" : "JWT", alg, kid };
}

/** Adds a signed assertion to the form of a request. */
export function setAssertion(form: URLSearchParams, clientId: string, assertion: string): void {
  form.set("client_id", clientId);
  form.set("client_assertion_type", ASSERTION_TYPE);
  form.set("client_assertion", assertion);
}

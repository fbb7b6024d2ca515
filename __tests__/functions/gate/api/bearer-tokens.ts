/** What callers of an API present. */
import { NOW, signed, token } from "../sessions";
import { ISSUER } from "./gate";

/** A JWT that nobody signed. */
export function jwt(claims: object = {}, header: object = { alg: "RS256", typ: "at+jwt", kid: "1" }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part({ iss: ISSUER, exp: NOW + 600, ...claims })}.c2lnbmF0dXJl`;
}
/** The claims are a text, and may be no JSON. */
export const ofText = (claims: string) => `eyJh.${Buffer.from(claims).toString("base64url")}.c2ln`;

export const JWT = jwt();
/** An edge token, as the token exchange signs it. */
export const EDGE = signed(token().slice(0, -44).replace(/^2/, "3"));
/** A service token. */
export const SERVICE = `egs_${"a".repeat(16)}_${"B".repeat(43)}`;

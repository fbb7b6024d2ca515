/** A verified token as the fields of a session, and as the headers that tell the origin who calls. */
import { encodeText } from "../../policy/percent-encoding";
import { ROLE_SEPARATOR, SCOPE_CLAIM } from "../../policy/requirement-text";
import type { BearerSettings } from "../../session/access-tokens";
import { sha256 } from "../../session/node-hash";
import { shardOf } from "../../session/shard";
import { userId } from "../../session/token";
import { EMAIL, FIRST_CLAIM, IDP, ROLES, SID, UID } from "../../session/token-layout";
import type { VerifiedAccessToken } from "../shared/access-token";

/** As in a session token (session/token.ts), so that the same code evaluates what a rule requires. */
export function fieldsOf(verified: VerifiedAccessToken, token: string): string[] {
  const { user, issuerId, issuedAt, expiresAt, authTime, strength, scopes, claims } = verified;
  const uid = userId(sha256, user.issuer, user.subject);
  const all = { ...claims, ...(scopes.length > 0 && { [SCOPE_CLAIM]: scopes }) };
  return [
    uid,
    // Distinguishes calls with one token from calls with another.
    sha256(token).slice(0, 16),
    issuedAt.toString(36),
    expiresAt.toString(36),
    shardOf(uid),
    "",
    "",
    // An unknown time counts as not recent.
    authTime === undefined ? "" : authTime.toString(36),
    issuerId,
    encodeText(strength),
    user.roles.map(encodeText).join(ROLE_SEPARATOR),
    encodeText(user.email),
    ...Object.entries(all).flatMap(([name, values]) => [encodeText(name), values.map(encodeText).join(ROLE_SEPARATOR)]),
  ];
}

/** The same headers as the gate sets for a session (functions/gate/identity.ts). */
export function identityHeaders(
  fields: readonly string[],
  { identityHeaders: more, severalProviders }: Pick<BearerSettings, "identityHeaders" | "severalProviders">,
): Record<string, string> {
  const listed = (text: string) => text.split(ROLE_SEPARATOR).join(",");
  const headers: Record<string, string> = { "x-gate-user": fields[UID]!, "x-gate-session": fields[SID]! };
  if (fields[EMAIL]) headers["x-gate-email"] = fields[EMAIL];
  if (fields[ROLES]) headers["x-gate-roles"] = listed(fields[ROLES]);
  if (severalProviders) headers["x-gate-idp"] = fields[IDP]!;
  for (const [name, claim] of more)
    for (let at = FIRST_CLAIM; at + 1 < fields.length; at += 2)
      if (fields[at] === encodeText(claim) && fields[at + 1]) headers[name] = listed(fields[at + 1]!);
  return headers;
}

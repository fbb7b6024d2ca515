/** Whether an access token was issued after the revocations of its user. All times are Unix seconds. */
import type { Revocation } from "../../ledger/records";
import type { AccessTokenIssuer } from "../../session/access-tokens";
import { CLOCK_SKEW } from "../../session/timing";
import type { VerifiedAccessToken } from "./access-token";

/** Seconds by which the issuer's clock may be ahead. */
const SKEW = 60;

/** Profiles of issuers that give a token only to a job or a machine that they have just identified. */
const MACHINES: readonly AccessTokenIssuer["profile"][] = ["github", "gitlab", "aws"];

/**
 * True if no revocation affects the token. It must have been issued after every cut-off. For a person, that alone
 * proves little: a thief with a stolen refresh token gets new access tokens. So while a revocation of the user is in
 * effect, a token counts only if it says that the user has authenticated since (`auth_time`), as for a sign-in. A
 * program has no such time, and its new token is proof enough.
 *
 * The comparisons are negated, so that an unreadable value counts as revoked.
 */
export function isSinceCutoffs(
  revocations: readonly Revocation[],
  { issuedAt, authTime, clientId, user }: VerifiedAccessToken,
  { profile }: AccessTokenIssuer,
  now: number,
): boolean {
  // https://www.rfc-editor.org/rfc/rfc9068#section-2.2: without a resource owner, `sub` is the client.
  const isProgram = MACHINES.includes(profile) || clientId === user.subject;
  return revocations.every(({ kind, cutoff, until }) => {
    if (kind === "session") return true;
    const isSince = (time: number | undefined) => time !== undefined && time > cutoff + SKEW;
    const isInEffect = !(until + 2 * CLOCK_SKEW <= now);
    return isSince(issuedAt) && (kind === "gateway" || isProgram || !isInEffect || isSince(authTime));
  });
}

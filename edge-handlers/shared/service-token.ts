/** Checks service tokens against the ledger. One module for the handler of API behaviors and for the token endpoint. */
import { timingSafeEqual } from "node:crypto";
import { serviceTokenRefusal, type ServiceToken, type ServiceTokenStatus } from "../../ledger/records";
import { sha256 } from "../../session/node-hash";
import { SERVICE_TOKEN_IDP, serviceTokenHash, serviceTokenId } from "../../session/service-token";
import type { Session } from "../../session/token";
import { cachedAnswers } from "./cached-answers";

/** `unknown`: the ledger has no such token, or its secret is another. */
export type ServiceTokenRefusalCode = "malformed" | "unknown" | "revoked" | "expired";

export class ServiceTokenRefused extends Error {
  override readonly name = "ServiceTokenRefused";

  constructor(readonly code: ServiceTokenRefusalCode) {
    super(code);
  }
}

export interface VerifiedServiceToken {
  token: ServiceToken;
  status: ServiceTokenStatus;
}

/** Reads the stored data of a token by its ID. @throws Failure if the ledger cannot be read, so that nobody passes */
export type ReadServiceToken = (id: string) => Promise<ServiceTokenStatus>;

/**
 * Seconds for which {@link cachedServiceTokens} uses an answer of the ledger. A revoked token is refused within this
 * time, which is shorter than `PROPAGATION`. A busy client costs two reads per minute and instance instead of one per
 * request.
 */
const CACHED = 30;

/**
 * Verifies a token.
 *
 * @param now Unix seconds
 * @throws ServiceTokenRefused; what `read` throws
 */
export async function verifyServiceToken(
  text: string,
  read: ReadServiceToken,
  now: number,
): Promise<VerifiedServiceToken> {
  const id = serviceTokenId(text);
  if (id === undefined) throw new ServiceTokenRefused("malformed");
  const status = await read(id);
  const { token } = status;
  // Check the secret first, so that only the holder of the token learns that it was revoked.
  if (!token || !isSame(token.hash, serviceTokenHash(sha256, text))) throw new ServiceTokenRefused("unknown");
  const refusal = serviceTokenRefusal(status, now);
  if (refusal !== undefined) throw new ServiceTokenRefused(refusal);
  return { token, status };
}

/**
 * The session of a service token, with the same fields as in a session token.
 *
 * @param expiresAt Unix seconds
 */
export function serviceTokenSession({ token, status }: VerifiedServiceToken, now: number, expiresAt: number): Session {
  const { id, roles, scopes, claims } = token;
  return {
    uid: id,
    sid: id,
    issuedAt: now,
    expiresAt: Math.min(expiresAt, token.endsAt),
    mark: status.mark,
    floor: status.floor,
    // No person was ever authenticated, so a rule that requires a recent authentication is not met.
    authTime: 0,
    idp: SERVICE_TOKEN_IDP,
    strength: "",
    roles,
    email: "",
    claims: { ...claims, ...(scopes.length > 0 && { scope: scopes }) },
  };
}

/**
 * Caches the ledger's answers about existing tokens for {@link CACHED} seconds. If it cannot be read after that, the
 * old answer is not used: the token may have been revoked. Unknown IDs are not cached, because anyone can invent them.
 *
 * @param now Unix seconds
 */
export function cachedServiceTokens(read: ReadServiceToken, now: () => number): ReadServiceToken {
  return cachedAnswers(read, CACHED, now, ({ token }) => token !== undefined);
}

/** Compares in constant time. */
function isSame(hash: string, other: string): boolean {
  const [a, b] = [Buffer.from(hash), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

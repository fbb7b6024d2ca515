/** Checks service tokens against the ledger. One module for the handler of API behaviors and for the token endpoint. */
import { timingSafeEqual } from "node:crypto";
import { serviceTokenRefusal, type ServiceToken, type ServiceTokenStatus } from "../../ledger/records";
import { sha256 } from "../../session/node-hash";
import { SERVICE_TOKEN_IDP, serviceTokenHash, serviceTokenId } from "../../session/service-token";
import type { Session } from "../../session/token";

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

/** Reads what decides about a token, by its ID. @throws Failure if the ledger cannot be read: nobody passes then */
export type ReadServiceToken = (id: string) => Promise<ServiceTokenStatus>;

/**
 * Seconds for which {@link cachedServiceTokens} uses what the ledger said. A revoked token is refused within them, which
 * is less than what a revocation may take to reach every edge (`PROPAGATION`), and a busy client costs two reads a minute
 * and instance instead of one for each request.
 */
const CACHED = 30;
/** Tokens that an instance remembers. */
const MAX_CACHED = 1_000;

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
  // Before anything else, so that only whoever has the token learns that it was revoked.
  if (!token || !isSame(token.hash, serviceTokenHash(sha256, text))) throw new ServiceTokenRefused("unknown");
  const refusal = serviceTokenRefusal(status, now);
  if (refusal !== undefined) throw new ServiceTokenRefused(refusal);
  return { token, status };
}

/**
 * The session of a service token, as a session's token says it.
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
    // No person was ever authenticated, so a rule that asks for a recent authentication is not met.
    authTime: 0,
    idp: SERVICE_TOKEN_IDP,
    strength: "",
    roles,
    email: "",
    claims: { ...claims, ...(scopes.length > 0 && { scope: scopes }) },
  };
}

/**
 * Remembers for {@link CACHED} seconds what the ledger said about tokens that exist. If it cannot be read after that, the
 * old answer is not used: the token may have been revoked. Unknown IDs are not remembered, because anybody can make them
 * up.
 *
 * @param now Unix seconds
 */
export function cachedServiceTokens(read: ReadServiceToken, now: () => number): ReadServiceToken {
  const kept = new Map<string, { since: number; answer: Promise<ServiceTokenStatus> }>();
  return (id) => {
    const known = kept.get(id);
    // In both directions: a clock that was set back must not keep an answer alive.
    if (known && Math.abs(now() - known.since) < CACHED) return known.answer;
    kept.delete(id);
    const entry = { since: now(), answer: read(id) };
    kept.set(id, entry);
    const forget = () => kept.get(id) === entry && kept.delete(id);
    entry.answer.then(({ token }) => token || forget(), forget);
    // A Map iterates in the order of insertion.
    if (kept.size > MAX_CACHED) kept.delete(kept.keys().next().value!);
    return entry.answer;
  };
}

/** Compares in constant time. */
function isSame(hash: string, other: string): boolean {
  const [a, b] = [Buffer.from(hash), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Turns a verified access token into a session. */
import { decodeJwt } from "jose";
import { isRevoked, LEDGER_RETENTION, type LedgerStatus } from "../../../ledger/records";
import { sha256 } from "../../../session/node-hash";
import { userId, type Session } from "../../../session/token";
import {
  AccessTokenRefused,
  verifyAccessToken,
  type AccessTokenRefusal,
  type VerifiedAccessToken,
} from "../../shared/access-token";
import { isSinceCutoffs } from "../../shared/token-cutoffs";
import type { RequestContext } from "../request-context";
import { ledgerSession } from "../session/establish";
import { keepUpWithLockdown } from "../session/lockdown";
import { statusOf } from "../session/status";
import { ExchangeRefused, type ExchangeRefusal } from "./refusal";

const REFUSALS: Record<AccessTokenRefusal, ExchangeRefusal> = {
  malformed: "malformed",
  too_large: "malformed",
  type: "type",
  algorithm: "signature",
  issuer: "issuer",
  audience: "audience",
  expired: "time",
  not_yet_valid: "time",
  key: "signature",
  signature: "signature",
  sender_constrained: "sender_constrained",
  claims: "claims",
  conditions: "claims",
  revoked: "revoked",
};

/** Visible characters, up to the limit of the ledger's pointer. */
const SUBJECT = /^[^\p{C}\p{Z}]{1,254}$/u;

/**
 * The session of an access token, with all its scopes. It begins in the ledger at the first exchange of the token, and
 * later exchanges continue it. So ending the session also ends the use of the token here.
 *
 * @throws ExchangeRefused; Failure `ledger_unavailable`, `keys_unavailable`, `idp_unavailable`,
 *   `idp_answer_unreadable`, `idp_misconfigured`
 */
export async function sessionOfAccessToken(context: RequestContext, text: string): Promise<Session> {
  const { ports, now, note, settings } = context;
  const verified = await verify(context, text);
  const { issuerId, user, scopes, claims, strength, authTime = 0, expiresAt } = verified;
  const uid = userId(sha256, user.issuer, user.subject);
  const sid = sessionIdOf(text);
  Object.assign(note, { uid, sid, idp: issuerId });
  const status = await ports.ledger.status({ uid, sid });
  await keepUpWithLockdown(context, status.revocations);
  const endsAt = status.session?.endsAt ?? Math.min(expiresAt, now + settings.session.absolute);
  const session: Session = {
    uid,
    sid,
    issuedAt: status.session?.startedAt ?? now,
    expiresAt: Math.min(now + settings.session.token, endsAt),
    mark: status.session?.mark ?? status.mark,
    floor: status.floor,
    // An unknown time counts as long ago, so that a rule that requires a recent authentication is not met.
    authTime: Math.min(authTime, now),
    idp: issuerId,
    strength,
    roles: user.roles,
    email: user.email,
    claims: { ...claims, ...(scopes.length > 0 && { scope: scopes }) },
  };
  if (status.session) requireActive(context, status);
  else await begin(context, session, verified, status, endsAt);
  return session;
}

async function verify(context: RequestContext, text: string): Promise<VerifiedAccessToken> {
  const { settings, identityProviders, now } = context;
  try {
    const ports = { keys: identityProviders.accessTokenKeys, now: () => now };
    const verified = await verifyAccessToken(text, settings.accessTokens ?? {}, ports);
    // Without `iat`, it is unknown whether the token was issued before or after a revocation.
    if (decodeJwt(text).iat === undefined) throw new AccessTokenRefused("claims", "iat");
    return verified;
  } catch (error) {
    if (!(error instanceof AccessTokenRefused)) throw error;
    const codes = [error.code, ...(error.claim === undefined ? [] : [error.claim])].join(" ");
    throw new ExchangeRefused(REFUSALS[error.code], codes);
  }
}

/**
 * The same for every exchange of a token: a hash of the signed part. Some signatures can be written in another valid
 * way (https://www.rfc-editor.org/rfc/rfc6979#section-2.4), but the signed part cannot.
 */
function sessionIdOf(token: string): string {
  return sha256("edgegate exchange\n" + token.slice(0, token.lastIndexOf("."))).slice(0, 16);
}

function requireActive(context: RequestContext, status: LedgerStatus): void {
  const state = statusOf(status, context);
  if (state !== "active") throw new ExchangeRefused(state === "revoked" ? "revoked" : "session_over");
}

/**
 * Writes the session to the ledger: what leads to it first, so that no session exists that nobody can end.
 *
 * @param endsAt Unix seconds at which the session ends at the latest
 */
async function begin(
  context: RequestContext,
  session: Session,
  verified: VerifiedAccessToken,
  status: LedgerStatus,
  endsAt: number,
): Promise<void> {
  const { ports, settings, now } = context;
  const { uid, sid, email } = session;
  const { revocations, mark, gatewayMark } = status;
  if (
    isRevoked({ uid, sid, startedAt: now, mark, gatewayMark }, revocations) ||
    !isSinceCutoffs(revocations, verified, settings.accessTokens![verified.issuerId]!, now)
  )
    throw new ExchangeRefused("revoked");
  const { subject } = verified.user;
  const names = email === "" && SUBJECT.test(subject) ? { login: subject } : {};
  await ports.ledger.point({ uid, sid, email, ...names, startedAt: now, expiresAt: endsAt + LEDGER_RETENTION });
  const isFirst = await ports.ledger.open({ ...ledgerSession(context, session, names, status, endsAt), kind: "api" });
  // Another exchange of the token was faster. If it had not seen a revocation, that revocation ends its session.
  if (!isFirst) requireActive(context, await ports.ledger.status({ uid, sid }));
}

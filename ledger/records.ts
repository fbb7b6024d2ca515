/** The records of the ledger. All times are Unix seconds. */
import type { Reuse } from "../session/security-event";
import { CUTOFF_REACH } from "../session/timing";

/** Seconds for which the ledger keeps a session or revocation as history after it has lost its effect. */
export const LEDGER_RETENTION = 30 * 86_400;

export interface LedgerSession {
  uid: string;
  sid: string;
  /** `api`: of a program that exchanged its access token for edge tokens; absent for a sign-in in a browser. */
  kind?: "api";
  /** The ID of the identity provider in the config. */
  idp: string;
  /** See {@link idpSessionId}; absent if the provider's ID token has no `sid`. */
  idpSession?: string;
  /** Empty if there is none that counts. */
  email: string;
  /** An unverified address or a user name, if there is no e-mail address. It only helps to find the user. */
  login?: string;
  /** `issuedAt` of the session's tokens: the sign-in. */
  startedAt: number;
  /**
   * The user's revocation mark when the session began: revocations with a later mark apply to this session. 0 if there
   * was none.
   */
  mark: number;
  gatewayMark: number;
  renewedAt: number;
  /** How often it was renewed. The refresh cookie carries it too: a cookie with a lower one was used before. */
  generation: number;
  /** IP address of the sign-in or the last renewal. */
  address: string;
  /** The user agent of the sign-in, at most 200 characters. */
  userAgent: string;
  /**
   * The public key of the browser's device, as a JWK in JSON. Once it is set, the session is renewed only with a proof
   * by that key.
   */
  deviceKey?: string;
  /** When it ends at the latest. */
  endsAt: number;
  /** When its user signed out. */
  endedAt?: number;
  reuse?: Reuse;
  reusedAt?: number;
  /**
   * The ID of the request that is renewing the session, and its start. No other request uses the refresh token in the
   * meantime.
   */
  lease?: string;
  leasedAt?: number;
  /**
   * A lease that another request has watched unchanged, for most of the time that its holder could still be running.
   */
  watched?: string;
  /** The last renewal's cookies, encrypted, for a browser that never received them. */
  next?: string;
  expiresAt: number;
}

export interface SessionPointer {
  uid: string;
  sid: string;
  expiresAt: number;
}

export type RevocationKind = "user" | "session" | "gateway";

export interface Revocation {
  kind: RevocationKind;
  /** Absent for the whole gateway. */
  uid?: string;
  /** The session, if only one is revoked. */
  sid?: string;
  /**
   * Orders a revocation of a user or of the gateway relative to sign-ins, independently of clocks. It is greater than
   * any mark before it, and each session keeps the mark that its sign-in found. In base 36 it looks like a time, and
   * usually is the time at which it was recorded. 0 for a session.
   */
  mark: number;
  /**
   * For a user or the gateway: when the revocation was requested. Sessions that began well after that ({@link
   * CUTOFF_REACH}) are not affected, even if the command arrives late. For a session: the same as `recordedAt`.
   */
  cutoff: number;
  recordedAt: number;
  /** From this time on, no matching session can be active. */
  until: number;
  /** Who asked: `operator:…`, `sign-out`, `backchannel-logout:<idp>`, `event:<transmitter>`, … */
  by: string;
  reason: string;
  /** Digests of the last commands recorded for a user, so that a repeated command changes nothing. */
  commands?: string;
  expiresAt: number;
}

/** The required content of a shard's record. Each write increments `version`, so all writes have an order. */
export interface ShardState {
  version: number;
  /** A mark: tokens signed before it are checked against the ledger and signed again. 0 if there is none. */
  floor: number;
  /**
   * When the floor was set, by the latest of the clocks involved. It covers revocations recorded before then. It
   * matters until every token signed before then has expired.
   */
  floorSetAt: number;
  /** JSON: the entries of the record and their ends (control-plane/reconcile/shard-state.ts). */
  entries: string;
}

/** The store's content at its last ETag, for the next writer. */
export interface StoreState {
  etag: string;
  /** IDs of the keys that have a record, joined by spaces. */
  kids: string;
  /** The shards that these records name (`encodeShards` in session/shard.ts). */
  shards: string;
}

/** The rights of a service token, with the same fields as in a session token. */
export interface ServiceTokenGrants {
  roles: string[];
  scopes: string[];
  claims: Record<string, string[]>;
}

export interface ServiceToken extends ServiceTokenGrants {
  /** See session/service-token.ts. */
  id: string;
  /** See `serviceTokenHash`. */
  hash: string;
  /** The purpose, in its maker's words. */
  description: string;
  /** Who made it: `operator:…`. */
  by: string;
  /** Unix seconds, like all times. */
  createdAt: number;
  /** When it expires. */
  endsAt: number;
  /** When it was revoked, by whom and why. Unlike a revocation record, this is kept as long as the token. */
  endedAt?: number;
  endedBy?: string;
  endedReason?: string;
}

/** A user's last request for access to a page. */
export interface AccessRequestRecord {
  /** Unpredictable: the click that sends it, or has sent it. */
  click: string;
  /** Until then, no other click sends one. */
  heldUntil: number;
  /** When the site was told; absent while that is not certain. */
  sentAt?: number;
}

/** What decides whether a service token is accepted, and what a session made from it has to know. */
export interface ServiceTokenStatus {
  /** Undefined if there is no such token, or no longer. */
  token: ServiceToken | undefined;
  /** The revocations of the token and of the gateway. */
  revocations: Revocation[];
  /** See `LedgerStatus`. */
  mark: number;
  floor: string;
}

/** What the ledger knows about a session and its user. */
export interface LedgerStatus {
  /** Undefined if the ledger has no such session, or no longer. It must not be renewed then. */
  session: LedgerSession | undefined;
  /** The revocations of the user, the session and the gateway. */
  revocations: Revocation[];
  /** The marks of the last revocation of the user and of the gateway; 0 if there was none. A new session keeps them. */
  mark: number;
  gatewayMark: number;
  /** The floor of the user's shard, in the form that a token has. */
  floor: string;
}

export type SessionId = Pick<LedgerSession, "uid" | "sid">;

/** A request's claim of the right to renew a session that is at `generation`. */
export interface Claim extends SessionId {
  generation: number;
  /** Unpredictable, so that no other request has the same. */
  lease: string;
  /** Unix seconds. */
  at: number;
  /** A lease whose holder can no longer be running. */
  dead?: string;
}

export interface RenewalRecord extends Pick<
  LedgerSession,
  "uid" | "sid" | "generation" | "renewedAt" | "address" | "email"
> {
  lease: string;
  next: string;
}

/**
 * The ledger's key for a provider's session: a hash of issuer and `sid`, so that no guessable value is a key.
 *
 * @param sha256Base64url digest of a text as base64url
 */
export function idpSessionId(sha256Base64url: (text: string) => string, issuer: string, sid: string): string {
  return sha256Base64url(issuer + "\n" + sid);
}

/**
 * The ledger's hash for the arrival of a verification event; in the table it is beside the hashes of security event
 * tokens.
 *
 * @param sha256Base64url digest of a text as base64url
 * @param transmitter its ID in the config
 */
export function verificationId(sha256Base64url: (text: string) => string, transmitter: string, state: string): string {
  return sha256Base64url(["verification:" + transmitter, state].join("\n"));
}

/** A user's cut-off ends sessions whose sign-in is not after this time. */
export function reachOf(revocation: Pick<Revocation, "cutoff">): number {
  return revocation.cutoff + CUTOFF_REACH;
}

/**
 * True if one of these revocations ends the session. Ignores `until`: an active session is checked against all of them.
 * The comparisons are negated so that an unreadable value revokes.
 */
export function isRevoked(
  session: Pick<LedgerSession, "uid" | "sid" | "startedAt" | "mark" | "gatewayMark">,
  revocations: readonly Revocation[],
): boolean {
  return revocations.some((revocation) => {
    switch (revocation.kind) {
      case "session":
        // The user is not compared: a `sid` identifies one session, even if the command named another user.
        return revocation.sid === session.sid;
      case "user":
        return (
          revocation.uid === session.uid &&
          !(session.mark >= revocation.mark) &&
          !(session.startedAt > reachOf(revocation))
        );
      case "gateway":
        return !(session.gatewayMark >= revocation.mark);
      default:
        return true;
    }
  });
}

/**
 * Why a service token is not accepted; undefined if it is. A lockdown does not end the token, because no replaced key
 * signed it.
 *
 * @param now Unix seconds
 */
export function serviceTokenRefusal(
  { token, revocations }: Pick<ServiceTokenStatus, "token" | "revocations">,
  now: number,
): "unknown" | "revoked" | "expired" | undefined {
  if (!token) return "unknown";
  const { id, createdAt, endedAt, endsAt } = token;
  const session = { uid: id, sid: id, startedAt: createdAt, mark: 0, gatewayMark: Infinity };
  if (endedAt !== undefined || isRevoked(session, revocations)) return "revoked";
  // `!(<)`, so that an unreadable time counts as expired.
  return !(now < endsAt) ? "expired" : undefined;
}

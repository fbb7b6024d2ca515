/** What the ledger says, in records. All times are Unix seconds. */
import type { Reuse } from "../session/security-event";
import { CUTOFF_REACH } from "../session/timing";

/** Seconds for which a session or a revocation is kept, for the record, after it has ceased to matter. */
export const LEDGER_RETENTION = 30 * 86_400;

export interface LedgerSession {
  uid: string;
  sid: string;
  /** The id of the identity provider in the config. */
  idp: string;
  /** See {@link idpSessionId}; absent where the provider's ID token has no `sid`. */
  idpSession?: string;
  email: string;
  /** `issuedAt` of the session's tokens: the sign-in. */
  startedAt: number;
  /**
   * What the sign-in found in the ledger: revocations with a later mark are about this session. 0 where there was none.
   */
  mark: number;
  gatewayMark: number;
  renewedAt: number;
  /** How often it was renewed. The refresh cookie carries it too: one that lags behind was used before. */
  generation: number;
  /** IP address of the sign-in or the last renewal. */
  address: string;
  /** As the sign-in had it, at most 200 characters. */
  userAgent: string;
  /** When it ends, whatever happens. */
  endsAt: number;
  /** When its user signed out. */
  endedAt?: number;
  reuse?: Reuse;
  reusedAt?: number;
  /** The request that is renewing it, and since when: nobody else spends the refresh token meanwhile. */
  lease?: string;
  leasedAt?: number;
  /** A lease that another request has watched for as long as its holder could live, but for its own time. */
  watched?: string;
  /** What the last renewal gave the browser, sealed: for a browser that never got it. */
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
  /** The revoked session, where only one is. */
  sid?: string;
  /**
   * Orders a revocation of a user or of the gateway against sign-ins, whatever the clocks say: greater than any before
   * it, and sign-ins keep the one that they found. In base 36 it looks like a time, and mostly is the time at which it
   * was recorded. 0 for a session.
   */
  mark: number;
  /**
   * For a user or the gateway: when it was asked for. A session that began well after that ({@link CUTOFF_REACH}) is
   * not meant, though the command came late. For a session: as `recordedAt`.
   */
  cutoff: number;
  recordedAt: number;
  /** From here on no session that it matches can be active. */
  until: number;
  /** Who asked: `operator:…`, `sign-out`, `backchannel-logout:<idp>`, `event:<transmitter>`, … */
  by: string;
  reason: string;
  /**
   * Digests of the last commands that a user's was recorded for, so that one which comes again changes nothing.
   */
  commands?: string;
  expiresAt: number;
}

/** What the record of a shard must say. Written under its `version`, so what is in it has an order. */
export interface ShardState {
  version: number;
  /** A mark: tokens signed before it was known are checked again. 0 for none. */
  floor: number;
  /**
   * The time at which the floor was set, by the latest of the clocks that had a part in it: it covers what was
   * recorded before. It matters for as long as a token may be good after that.
   */
  floorSetAt: number;
  /** JSON: the entries of the record and their ends (control-plane/reconcile/shard-state.ts). */
  entries: string;
}

/** What the store held under its last ETag, as far as a writer has to know. */
export interface StoreState {
  etag: string;
  /** Ids of the keys that have a record, joined by spaces. */
  kids: string;
  /** The shards that they name (`encodeShards` in session/shard.ts). */
  shards: string;
}

/** What the ledger says of a session and its user. */
export interface LedgerStatus {
  /** Absent where the ledger has no such session (any more): it must not be renewed then. */
  session: LedgerSession | undefined;
  /** Those of the user, the session and the gateway. */
  revocations: Revocation[];
  /** The marks of the user's last revocation and of the gateway's; 0 where there was none. A new session keeps them. */
  mark: number;
  gatewayMark: number;
  /** The floor of the user's shard, as a token has it. */
  floor: string;
}

export type SessionId = Pick<LedgerSession, "uid" | "sid">;

/** To be the one who renews a session that is at `generation`. */
export interface Claim extends SessionId {
  generation: number;
  /** Unpredictable: nobody else has it. */
  lease: string;
  /** Unix seconds. */
  at: number;
  /** A lease whose holder cannot be alive. */
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
 * The provider's own session (the claim `sid`), so that no guessable value is a key.
 *
 * @param sha256Base64url digest of a text as base64url
 */
export function idpSessionId(sha256Base64url: (text: string) => string, issuer: string, sid: string): string {
  return sha256Base64url(issuer + "\n" + sid);
}

/** Up to when the sign-ins of sessions lie that a cut-off of a user ends. */
export function reachOf(revocation: Pick<Revocation, "cutoff">): number {
  return revocation.cutoff + CUTOFF_REACH;
}

/**
 * Whether one of these revocations ends a session. `until` plays no part: an active session is judged by all.
 * Comparisons are such that what cannot be read revokes.
 */
export function isRevoked(
  session: Pick<LedgerSession, "uid" | "sid" | "startedAt" | "mark" | "gatewayMark">,
  revocations: readonly Revocation[],
): boolean {
  return revocations.some((revocation) => {
    switch (revocation.kind) {
      case "session":
        // Whatever user the command named: a `sid` is one session's.
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

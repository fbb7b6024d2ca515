/**
 * What must be true, from outside: who signed in and when, what was revoked and when that was said to be done. Times
 * are the world's, in milliseconds, which no component knows.
 */
import { CUTOFF_REACH, CLOCK_SKEW, PROPAGATION } from "../../session/timing";

export class Violation extends Error {
  override readonly name = "Violation";

  constructor(
    readonly invariant: Invariant,
    message: string,
  ) {
    super(`${invariant}: ${message}`);
  }
}

export const INVARIANTS = [
  "revoked stays out",
  "nothing accepted is lost",
  "no innocent is signed out",
  "lockdown holds",
  "one truth after a rotation",
  "convergence after quiet",
  "no thief escapes",
  "nothing breaks",
] as const;
export type Invariant = (typeof INVARIANTS)[number];

export interface KnownToken {
  text: string;
  /** Unix seconds. */
  expiresAt: number;
  /** When its handler had made it. */
  at: number;
}

export interface KnownSession {
  uid: string;
  sid: string;
  who: string;
  /** When its sign-in came to the handler, and when the handler had answered. */
  begunAt: number;
  openedAt: number;
  /** When its user had authenticated at the provider. */
  authenticatedAt: number;
  /** The `sid` of the provider's session. */
  providerSid: string;
  tokens: KnownToken[];
  /** Somebody else has, or had, a copy of its cookies. */
  isStolen: boolean;
  isSignedOut: boolean;
  /** The last sign-in or renewal that the handler had answered. */
  renewedAt: number;
  /** The last renewal whose answer its browser never got. */
  unheardAt: number | undefined;
}

export interface KnownRevocation {
  kind: "user" | "session" | "gateway";
  uid?: string | undefined;
  sid?: string | undefined;
  /** What began before is meant. */
  askedAt: number;
  /** When it was said to be done: the store has it. */
  doneAt: number | undefined;
  by: string;
}

/** Milliseconds by which two clocks differ at most, and a bit for what is under way. */
const DOUBT = (2 * CLOCK_SKEW + 30) * 1000;
const WINDOW = PROPAGATION * 1000;

export class Model {
  readonly sessions = new Map<string, KnownSession>();
  readonly revocations: KnownRevocation[] = [];
  /** Sessions of the provider that it ended: when it told the gateway, and when that had said that it knows. */
  readonly endedAtProvider = new Map<string, { askedAt: number; doneAt: number }>();

  matching({ uid, sid }: Pick<KnownSession, "uid" | "sid">): KnownRevocation[] {
    return this.revocations.filter(
      (revocation) =>
        revocation.kind === "gateway" || (revocation.kind === "user" ? revocation.uid === uid : revocation.sid === sid),
    );
  }

  /** Revocations that end a session for certain, however the clocks are: it was there before they were asked for. */
  against(session: KnownSession): KnownRevocation[] {
    return this.matching(session).filter(({ kind, askedAt }) => kind === "session" || session.openedAt < askedAt);
  }

  /** One that is done, so that no token of the session may be made any more. */
  endedBy(session: KnownSession, before: number): KnownRevocation | undefined {
    return this.against(session).find(({ doneAt }) => doneAt !== undefined && doneAt <= before);
  }

  /** The same, once every edge knows of it. */
  goneBy(session: KnownSession, now: number): KnownRevocation | undefined {
    return this.endedBy(session, now - WINDOW);
  }

  /** Nobody may end it: nobody stole it, nobody revoked it, and what was revoked before has nothing to do with it. */
  isInnocent(session: KnownSession): boolean {
    if (session.isStolen || session.isSignedOut || this.endedAtProvider.has(session.providerSid)) return false;
    return this.matching(session).every(
      ({ kind, askedAt, doneAt }) =>
        kind !== "session" &&
        ((doneAt !== undefined && session.authenticatedAt > doneAt && session.begunAt > doneAt) ||
          session.authenticatedAt > askedAt + CUTOFF_REACH * 1000 + DOUBT),
    );
  }

  /** The edges do not have the new key yet, or nobody knows: who signs in meanwhile may have to do it again. */
  isLockingDown(now: number): boolean {
    const lockdowns = this.revocations.filter(({ kind }) => kind === "gateway");
    const done = Math.max(...lockdowns.map(({ doneAt }) => doneAt ?? 0));
    return lockdowns.some(({ askedAt, doneAt }) => (doneAt === undefined ? done < askedAt : now < doneAt + WINDOW));
  }

  /** A revocation after which this authentication opens no session any more: it was done when the sign-in came. */
  forbids({
    uid,
    begunAt,
    authenticatedAt,
  }: Pick<KnownSession, "uid" | "begunAt" | "authenticatedAt">): KnownRevocation | undefined {
    return this.revocations.find(
      ({ kind, uid: revoked, askedAt, doneAt }) =>
        (kind === "gateway" || (kind === "user" && revoked === uid)) &&
        doneAt !== undefined &&
        doneAt < begunAt &&
        authenticatedAt < askedAt - DOUBT,
    );
  }
}

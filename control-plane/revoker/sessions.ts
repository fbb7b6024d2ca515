import { isRevoked, type LedgerSession, type Revocation } from "../../ledger/records";
import { statusIds } from "../../ledger/tables";
import { CLOCK_SKEW } from "../../session/timing";
import type { RevokerPorts } from "../ports";
import type { SessionsRequest } from "./command";

const DEFAULT_LIMIT = 100;
const HOUR = 3600;
/** Hours of sign-ins that are read in parallel. */
const PARALLEL_HOURS = 12;

export type SessionState = "active" | "revoked" | "signed-out" | "expired";

export interface SessionsAnswer {
  sessions: (LedgerSession & { state: SessionState })[];
  /** True if there are more sessions than the limit. */
  hasMore: boolean;
}

export async function listSessions(ports: RevokerPorts, request: SessionsRequest): Promise<SessionsAnswer> {
  const { ledger, now } = ports;
  const { limit = DEFAULT_LIMIT, uid, email, all = false } = request;
  const isListed = (session: LedgerSession) => all || (session.endsAt > now() && session.endedAt === undefined);
  const uids = uid !== undefined ? [uid] : email !== undefined ? await ledger.usersOfEmail(email) : undefined;
  const found = uids
    ? (await Promise.all(uids.map((user) => ledger.sessionsOf(user)))).flat()
    : await latest(ports, limit + 1, isListed);
  const listed = found.filter(isListed).sort((a, b) => b.startedAt - a.startedAt || (a.sid < b.sid ? -1 : 1));
  const sessions = listed.slice(0, limit);
  const revocations = await ledger.revocations(sessions.flatMap((session) => idsOf(session)));
  const against = (session: LedgerSession) => idsOf(session).flatMap((id) => revocations.get(id) ?? []);
  return {
    sessions: sessions.map((session) => ({ ...shown(session), state: stateOf(session, against(session), now()) })),
    hasMore: listed.length > limit,
  };
}

/** Reads sign-ins, newest first, until `count` are found, or until no older session can be active. */
async function latest(
  { ledger, now, sessionLifetime }: RevokerPorts,
  count: number,
  isListed: (session: LedgerSession) => boolean,
): Promise<LedgerSession[]> {
  const found: LedgerSession[] = [];
  const [newest, oldest] = [now() + CLOCK_SKEW, now() - sessionLifetime - CLOCK_SKEW - HOUR];
  for (let from = newest; from > oldest && found.length < count; from -= PARALLEL_HOURS * HOUR) {
    const hours = Array.from({ length: PARALLEL_HOURS }, (_, place) => from - place * HOUR).filter(
      (time) => time > oldest,
    );
    const pointers = (await Promise.all(hours.map((time) => ledger.startedInHourOf(time)))).flat();
    for (let at = 0; at < pointers.length && found.length < count; at += count) {
      found.push(...(await ledger.sessions(pointers.slice(at, at + count))).filter(isListed));
    }
  }
  return found;
}

function idsOf({ uid, sid }: LedgerSession): string[] {
  const { user, session, gateway } = statusIds(uid, sid);
  return [user, session, gateway];
}

/** The session without the attributes that only the auth handler uses. */
function shown(session: LedgerSession): LedgerSession {
  const { ...rest } = session;
  for (const name of ["next", "lease", "leasedAt", "watched"] as const) delete rest[name];
  return rest;
}

function stateOf(session: LedgerSession, revocations: Revocation[], now: number): SessionState {
  if (session.endedAt !== undefined) return "signed-out";
  if (isRevoked(session, revocations)) return "revoked";
  return session.endsAt > now ? "active" : "expired";
}

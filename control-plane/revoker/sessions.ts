import { isVoid, type LedgerSession, type Revocation } from "../../session/ledger";
import type { SessionsAnswer, SessionsRequest, SessionState } from "./api";
import type { Ports } from "./ports";

const DEFAULT_LIMIT = 100;

export async function listSessions({ ledger, now }: Ports, request: SessionsRequest): Promise<SessionsAnswer> {
  const { limit = DEFAULT_LIMIT } = request;
  const { sessions, isCut } = await find();
  const revocations = await ledger.revocationsOf(sessions);
  return { sessions: sessions.map((session) => ({ ...session, state: stateOf(session, revocations, now()) })), isCut };

  async function find(): Promise<{ sessions: LedgerSession[]; isCut: boolean }> {
    const { uid, email, all = false } = request;
    if (uid === undefined && email === undefined) return ledger.livingSessions(now(), limit);
    const found = await (uid === undefined ? ledger.sessionsByEmail(email!) : ledger.sessionsOf(uid));
    const sessions = all ? found : found.filter((session) => session.endsAt > now() && session.endedAt === undefined);
    return { sessions: sessions.slice(0, limit), isCut: sessions.length > limit };
  }
}

function stateOf(session: LedgerSession, revocations: Revocation[], now: number): SessionState {
  if (session.endedAt !== undefined) return "signed-out";
  if (isVoid(session, revocations)) return "revoked";
  return session.endsAt > now ? "living" : "over";
}

import { isRevoked, type Revocation } from "../../ledger/records";
import type { RevocationCommand } from "../../session/revocation";
import type { LogEntry, RevokerPorts } from "../ports";
import { reconcileEachRevocation } from "../reconcile/revocations";
import { recordRevocation } from "./record";

export interface RevokeAnswer {
  revocation: Revocation;
  /** False if the ledger already covered the command. */
  isNew: boolean;
  /** Names of the shard records that were written to the store. */
  records: string[];
  /** Number of active sessions that the revocation ends. */
  sessions: number;
}

/** @throws InvalidRequest `not_found` for an unknown session */
export async function revoke(ports: RevokerPorts, command: RevocationCommand): Promise<RevokeAnswer> {
  const { revocation, isNew } = await recordRevocation(ports, command, ports.now());
  const records = await reconcileEachRevocation(ports, [revocation]);
  const sessions = await ports.ledger.sessionsOf(revocation.uid!);
  const ended = sessions.filter(
    (session) => session.endsAt > ports.now() && session.endedAt === undefined && isRevoked(session, [revocation]),
  );
  return {
    revocation,
    isNew,
    records: records.filter((name) => name.startsWith("shard.")),
    sessions: ended.length,
  };
}

/** The part of a log line that says who was revoked, and by whom. */
export function described({ kind, uid, sid, by, reason }: Revocation): Omit<LogEntry, "outcome"> {
  return { target: kind, uid, sid, by, reasonLength: reason.length };
}

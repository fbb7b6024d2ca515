import { isVoid, type Revocation } from "../../session/ledger";
import type { RevocationCommand } from "../../session/revocation";
import type { RevokeAnswer } from "./api";
import type { LogEntry, Ports } from "./ports";
import { revocationOf } from "./revocation-of";
import type { RevokerSettings } from "./settings";
import { writeRevocations } from "./shard-records";

/** @throws InvalidRequest `not_found` for a session that nobody knows */
export async function revoke(ports: Ports, settings: RevokerSettings, command: RevocationCommand): Promise<RevokeAnswer> {
  const asked = await revocationOf(ports, settings, command, ports.now());
  const revocation = await ports.ledger.record(asked);
  const records = await writeRevocations(ports, settings, [revocation]);
  const sessions = await ports.ledger.sessionsOf(revocation.uid!);
  const ended = sessions.filter((session) => session.endsAt > ports.now() && session.endedAt === undefined && isVoid(session, [revocation]));
  return { revocation, isNew: isSame(revocation, asked), records, sessions: ended.length };
}

/** The part of a log line that says who was revoked, and by whom. */
export function described({ kind, uid, sid, by, reason }: Revocation): Omit<LogEntry, "outcome"> {
  return { target: kind, ...(uid !== undefined && { uid }), ...(sid !== undefined && { sid }), by, reasonLength: reason.length };
}

/** The ledger answers with what it holds: this revocation, or one that reached as far before. */
export function isSame(held: Revocation, asked: Revocation): boolean {
  return held.recordedAt === asked.recordedAt && held.cutoff === asked.cutoff && held.by === asked.by && held.reason === asked.reason;
}

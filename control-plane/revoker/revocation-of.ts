import { createHash } from "node:crypto";
import { LEDGER_RETENTION, type Revocation } from "../../session/ledger";
import type { RevocationCommand, RevocationTarget } from "../../session/revocation";
import { userId } from "../../session/token";
import { LAST_TOKENS } from "../store/projection";
import { InvalidRequest } from "./command";
import type { Ports } from "./ports";
import type { RevokerSettings } from "./settings";

/** Seconds between looks for a session that its index may not have yet; a write is in it well within a second. */
const LOOKS = [0, 0.5, 1];

/** What the ledger is to hold about a revocation. */
export function revocation(
  target: Pick<Revocation, "kind" | "uid" | "sid">,
  { cutoff, by, reason }: { cutoff?: number | undefined; by: string; reason: string },
  now: number,
  { sessionLifetime, tokenLifetime }: RevokerSettings,
): Revocation {
  const reach = cutoff ?? now;
  // Sessions of a longer lifetime, set before, end with their tokens: no renewal gets past the ledger.
  const until = Math.max(reach + sessionLifetime, now + tokenLifetime + LAST_TOKENS);
  return { ...target, cutoff: reach, recordedAt: now, until, by, reason, expiresAt: until + LEDGER_RETENTION };
}

/**
 * The revocation that a command asks for.
 *
 * @param sentAt Unix seconds
 * @throws InvalidRequest `not_found` where a session is neither in the ledger nor given with its user: its shard is not known
 */
export async function revocationOf(ports: Ports, settings: RevokerSettings, command: RevocationCommand, sentAt: number): Promise<Revocation> {
  const { target, cutoff = sentAt, by, reason } = command;
  const now = ports.now();
  if (target.type === "user") return revocation({ kind: "user", uid: uidOf(target) }, { cutoff, by, reason }, now, settings);
  const uid = target.uid ?? (await userOfSession(ports, target.sid));
  return revocation({ kind: "session", uid, sid: target.sid }, { by, reason }, now, settings);
}

function uidOf(target: RevocationTarget & { type: "user" }): string {
  return "uid" in target ? target.uid : userId((text) => createHash("sha256").update(text).digest("base64url"), target.issuer, target.subject);
}

/** A session is in the ledger before its first token is out, and no session that is not there is renewed. */
async function userOfSession({ ledger, wait }: Ports, sid: string): Promise<string> {
  for (const pause of LOOKS) {
    if (pause > 0) await wait(pause);
    const session = await ledger.sessionBySid(sid);
    if (session) return session.uid;
  }
  throw new InvalidRequest("not_found", "the ledger has no such session");
}

/**
 * Records revocations in the ledger, before anything else is done. Commands may arrive twice, late and in any order,
 * but each takes effect once.
 */
import pLimit from "p-limit";
import { LEDGER_RETENTION, type Revocation } from "../../ledger/records";
import { GATEWAY_PARTS, gatewayRevocationId, sessionRevocationId, userRevocationId } from "../../ledger/tables";
import { sha256 } from "../../session/node-hash";
import type { RevocationCommand, RevocationTarget } from "../../session/revocation";
import { CLOCK_SKEW, CUTOFF_REACH } from "../../session/timing";
import { userId } from "../../session/token";
import type { Ports, RevokerPorts } from "../ports";
import { retry } from "../retry";
import { InvalidRequest, type LockdownRequest } from "./command";

const MAX_ATTEMPTS = 20;
/** Items of a lockdown that are written in parallel. */
const PARALLEL_WRITES = 16;
/** Commands that are remembered per user, and the length of their digests. */
const REMEMBERED = 8;
const DIGEST_LENGTH = 12;

export interface Recorded {
  /** What the ledger holds now. */
  revocation: Revocation;
  /** False if the ledger already covered the command. */
  isNew: boolean;
}

/** For a user, `commands` is the digest of this command. */
type Asked = Pick<Revocation, "kind" | "uid" | "sid" | "cutoff" | "by" | "reason" | "commands">;

/**
 * @param sentAt Unix seconds: when the command was requested; its cut-off, if it names none
 * @throws InvalidRequest `not_found` if neither the ledger nor the command names the session's user
 */
export async function recordRevocation(
  ports: RevokerPorts,
  command: RevocationCommand,
  sentAt: number,
): Promise<Recorded> {
  const { target, cutoff = sentAt, by, reason } = command;
  const now = ports.now();
  if (target.type === "session") {
    const { sid } = target;
    const uid = await userOfSession(ports, command, target);
    return record(ports, sessionRevocationId(sid), { kind: "session", uid, sid, cutoff: now, by, reason });
  }
  const uid = "uid" in target ? target.uid : userId(sha256, target.issuer, target.subject);
  if ("uid" in target) await endServiceToken(ports, uid, command);
  // The sender's clock may be ahead of this one. The digest covers what was sent, so it is the same for every delivery.
  const commands = sha256([cutoff, by, reason].join("\n")).slice(0, DIGEST_LENGTH);
  const asked: Asked = { kind: "user", uid, cutoff: Math.min(cutoff, now), by, reason, commands };
  return record(ports, userRevocationId(uid), asked);
}

/**
 * Revokes every session, with one record for each group of users.
 *
 * @returns one of the records
 */
export async function recordLockdown(ports: RevokerPorts, { by, reason }: LockdownRequest): Promise<Revocation> {
  const cutoff = ports.now();
  const recorded = await pLimit(PARALLEL_WRITES).map(GATEWAY_PARTS, (part) =>
    record(ports, gatewayRevocationId(part), { kind: "gateway", cutoff, by, reason }),
  );
  return recorded[0]!.revocation;
}

async function record(ports: RevokerPorts, id: string, asked: Asked): Promise<Recorded> {
  const { ledger } = ports;
  return retry(ports, MAX_ATTEMPTS, "the revocation could not be written to the ledger; try again", async () => {
    const held = (await ledger.revocations([id])).get(id);
    if (held && isCovered(held, asked)) return { revocation: held, isNew: false };
    const revocation = following(held, asked, ports);
    return (await ledger.replaceRevocation(id, held, revocation)) ? { revocation, isNew: true } : undefined;
  });
}

/** True if the revocation in the ledger already covers the new command. */
function isCovered(held: Revocation, asked: Asked): boolean {
  if (asked.kind === "session") return held.uid === asked.uid;
  // A second lockdown ends the sessions that began since the first.
  if (asked.kind === "gateway") return false;
  // The same command again, or one for sessions that are already revoked.
  return held.commands?.split(" ").includes(asked.commands!) || asked.cutoff + 2 * CLOCK_SKEW < held.cutoff;
}

/** The revocation that replaces `held`. Its mark is greater, so sessions whose sign-in knew only `held` are revoked. */
function following(
  held: Revocation | undefined,
  asked: Asked,
  { now, sessionLifetime, entryLifetime }: RevokerPorts,
): Revocation {
  const recordedAt = now();
  const cutoff = Math.max(asked.cutoff, asked.kind === "session" ? 0 : (held?.cutoff ?? 0));
  // Sessions from before a shorter lifetime was configured end with their tokens: the ledger refuses their renewal.
  const until = Math.max(cutoff + CUTOFF_REACH + sessionLifetime, recordedAt + entryLifetime);
  const commands = asked.commands && `${held?.commands ?? ""} ${asked.commands}`.trim().split(" ").slice(-REMEMBERED);
  return {
    ...asked,
    ...(commands && { commands: commands.join(" ") }),
    cutoff,
    mark: asked.kind === "session" ? 0 : Math.max(recordedAt, (held?.mark ?? 0) + 1),
    recordedAt,
    until,
    expiresAt: until + LEDGER_RETENTION,
  };
}

/**
 * The ledger takes precedence over the command. A session is in the ledger before its first token leaves the handler.
 * The ID of a service token stands for its user, too.
 */
async function userOfSession(
  ports: Ports,
  command: RevocationCommand,
  { sid, uid }: RevocationTarget & { type: "session" },
): Promise<string> {
  const { ledger } = ports;
  if (uid !== undefined && uid !== sid && (await ledger.session(uid, sid))) return uid;
  const known = await ledger.userOfSession(sid);
  if ((known ?? sid) === sid && (await endServiceToken(ports, sid, command))) return sid;
  if (known === undefined && uid === undefined) throw new InvalidRequest("the ledger has no such session", "not_found");
  return known ?? uid!;
}

/**
 * Ends a service token for good. The revocation that follows ends its edge tokens. But that revocation expires with the
 * last possible session, and the token may be valid for a year.
 *
 * @returns false if there is no such token
 */
async function endServiceToken(
  { ledger, now }: Pick<Ports, "ledger" | "now">,
  id: string,
  { by, reason }: Pick<RevocationCommand, "by" | "reason">,
): Promise<boolean> {
  const token = await ledger.serviceToken(id);
  if (!token) return false;
  // If it is not replaced, it has just expired and been deleted.
  if (token.endedAt === undefined)
    await ledger.putServiceToken({ ...token, endedAt: now(), endedBy: by, endedReason: reason }, token);
  return true;
}

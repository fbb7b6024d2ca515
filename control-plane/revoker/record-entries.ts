/** Single records, compared and added to. */
import { decodeRecord, encodeRecord, type ShardRecord } from "../../session/shard";
import type { Revocation } from "../../session/ledger";

/** What a record says, whatever the order of its entries; undefined where it is damaged. */
function contentOf(value: string): string | undefined {
  const record = decode(value);
  if (!record) return undefined;
  const entries = [...record.revokedSessions, ...record.cutoffs.map(({ uid, time }) => `${uid} ${time}`)];
  return [record.shardKey, ...new Set(entries.sort())].join("\n");
}

/** Whether the gate decides by both alike. */
export function saysTheSame(value: string | undefined, wanted: string): boolean {
  return value === wanted || (value !== undefined && contentOf(value) === contentOf(wanted));
}

/**
 * A record with these revocations beside what it has.
 *
 * @param limit most bytes of a record
 * @returns undefined where it is damaged, is another key's or has no room
 */
export function addEntries(value: string, shardKey: string, revocations: readonly Revocation[], limit: number): string | undefined {
  const record = decode(value);
  if (record?.shardKey !== shardKey) return undefined;
  const added = encode(revocations.reduce(withEntry, record));
  return added !== undefined && added.length <= limit ? added : undefined;
}

/** Of a `sid` or `uid` that is there, {@link decodeRecord} gives the first characters only. Of two cut-offs the later one says it all. */
function withEntry(record: ShardRecord, { kind, uid, sid, cutoff }: Revocation): ShardRecord {
  if (kind === "session") {
    const isThere = record.revokedSessions.some((revoked) => sid!.startsWith(revoked));
    return isThere ? record : { ...record, revokedSessions: [...record.revokedSessions, sid!] };
  }
  const others = record.cutoffs.filter((entry) => !uid!.startsWith(entry.uid));
  const times = record.cutoffs.filter((entry) => uid!.startsWith(entry.uid)).map(({ time }) => time);
  return { ...record, cutoffs: [...others, { uid: uid!, time: Math.max(cutoff, ...times) }] };
}

function decode(value: string): ShardRecord | undefined {
  try {
    return decodeRecord(value);
  } catch {
    return undefined;
  }
}

function encode(record: ShardRecord): string | undefined {
  try {
    return encodeRecord(record);
  } catch {
    return undefined;
  }
}

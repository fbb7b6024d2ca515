/**
 * Shard records: what the gate learns from its one read of the KeyValueStore.
 *
 *     key    <kid>.<shard>
 *     value  <43 characters: shard key><6 characters a revoked session>*.<13 characters a user cut-off>*
 *
 * A revoked session is the first 6 characters (36 bits) of its `sid`; a user cut-off is the first 6 characters of the
 * `uid` and a Unix time as 7 base-36 digits. Entries have a fixed width, so a native string search finds them.
 * A value is at most 1 KB (KeyValueStore quota): 163 sessions, or 75 cut-offs, or a mixture.
 */

export const SHARD_COUNTS = [64, 1024, 4096] as const;
export type ShardCount = (typeof SHARD_COUNTS)[number];

/** KeyValueStore quota for one value, in bytes. */
export const MAX_RECORD_BYTES = 1024;

/** Of a shard key: 32 bytes as base64url. */
export const SHARD_KEY_LENGTH = 43;
const PREFIX_LENGTH = 6;
const TIME_LENGTH = 7;
const CUTOFF_LENGTH = PREFIX_LENGTH + TIME_LENGTH;
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export interface UserCutoff {
  uid: string;
  /** Unix seconds; sessions of this user issued at this time or before are void. */
  time: number;
}

export interface ShardRecord {
  shardKey: string;
  /** `sid`s of revoked sessions; only the first 6 characters are kept. */
  revokedSessions: string[];
  cutoffs: UserCutoff[];
}

/** The shard of a user: the last 12 bits of the `uid`, modulo the number of shards. */
export function shardOf(uid: string, shardCount: ShardCount): number {
  const high = BASE64URL.indexOf(uid.charAt(uid.length - 2));
  const low = BASE64URL.indexOf(uid.charAt(uid.length - 1));
  return (high * 64 + low) % shardCount;
}

/** The key of a shard's record in the KeyValueStore. */
export function recordKey(kid: string, shard: number): string {
  return kid + "." + shard;
}

/** The key id and the shard in the key of a record. */
export function recordKeyParts(key: string): { kid: string; shard: string } {
  const dot = key.indexOf(".");
  return { kid: key.slice(0, dot), shard: key.slice(dot + 1) };
}

/** @throws RangeError when the record would exceed {@link MAX_RECORD_BYTES}. */
export function encodeRecord(record: ShardRecord): string {
  const sessions = record.revokedSessions.map((sid) => sid.slice(0, PREFIX_LENGTH)).join("");
  const cutoffs = record.cutoffs
    .map((cutoff) => cutoff.uid.slice(0, PREFIX_LENGTH) + cutoff.time.toString(36).padStart(TIME_LENGTH, "0"))
    .join("");
  const value = record.shardKey + sessions + "." + cutoffs;
  if (value.length > MAX_RECORD_BYTES) {
    throw new RangeError(`shard record of ${value.length} bytes; the store takes ${MAX_RECORD_BYTES}`);
  }
  return value;
}

/**
 * What {@link encodeRecord} made; of `sid`s and `uid`s the first 6 characters.
 *
 * @throws RangeError when the value is not a record
 */
export function decodeRecord(value: string): ShardRecord {
  const parts = /^([\w-]{43})((?:[\w-]{6})*)\.((?:[\w-]{6}[0-9a-z]{7})*)$/.exec(value);
  if (!parts) throw new RangeError("not a shard record");
  return {
    shardKey: parts[1]!,
    revokedSessions: parts[2]!.match(/.{6}/g) || [],
    cutoffs: (parts[3]!.match(/.{13}/g) || []).map((entry) => ({
      uid: entry.slice(0, PREFIX_LENGTH),
      time: parseInt(entry.slice(PREFIX_LENGTH), 36),
    })),
  };
}

/** Whether the session or its user is revoked: by an entry for the `sid`, or by a cut-off at or after `issuedAt`. */
export function isRevoked(record: string, uid: string, sid: string, issuedAt: number): boolean {
  // Searching costs by the character: from the end, a full list of sessions is not walked through twice.
  const middle = record[SHARD_KEY_LENGTH] === "." ? SHARD_KEY_LENGTH : record.lastIndexOf(".");
  // A record without its separator is damaged; reading it as "nothing is revoked" would fail open.
  if (middle < SHARD_KEY_LENGTH) return true;
  if (middle > SHARD_KEY_LENGTH && find(record.slice(SHARD_KEY_LENGTH, middle), sid, PREFIX_LENGTH, 0) >= 0) return true;
  const cutoffs = record.slice(middle + 1);
  if (!cutoffs) return false;
  if (cutoffs.length % CUTOFF_LENGTH) return true;
  // A user may have several entries: prefixes can collide, and a later cut-off is added before an earlier one is swept.
  for (let at = find(cutoffs, uid, CUTOFF_LENGTH, 0); at >= 0; at = find(cutoffs, uid, CUTOFF_LENGTH, at + 1)) {
    // `!(<)`, so that an unreadable time revokes.
    if (!(parseInt(cutoffs.slice(at + PREFIX_LENGTH, at + CUTOFF_LENGTH), 36) < issuedAt)) return true;
  }
  return false;
}

/** Where the entry for `id` starts, among entries of `width` characters, from `from` on; -1 when there is none. */
function find(entries: string, id: string, width: number, from: number): number {
  const prefix = id.slice(0, PREFIX_LENGTH);
  let at = entries.indexOf(prefix, from);
  while (at >= 0 && at % width) at = entries.indexOf(prefix, at + 1);
  return at;
}

/**
 * The records that the gate reads from the KeyValueStore. Users are spread over 4,096 shards, 0 to 4095, by the last
 * two characters of their `uid`.
 *
 *     key.<kid>       <43 characters: token key>[<683 characters: the shards that have a record>]
 *     shard.<shard>   <7 characters: floor><6 characters a revoked session>*.<20 characters a user's cut-off>*
 *
 * The gate reads the key's record for every request with a session, and the shard's only if the key's record lists that
 * shard. Most shards have no record, because an entry is needed only for a token's lifetime. A listed shard record that
 * is missing is an error; it does not mean "nothing is revoked".
 *
 * A revoked session is the first 6 characters (36 bits) of its `sid`. A cut-off is the first 6 characters of the `uid`,
 * its mark, and the time up to which it applies; see ledger/records.ts. The floor is a mark, too: tokens signed before
 * it are refused, and signed again if the ledger shows that the session is active. So a record that is too full may
 * drop all its entries. Entries have a fixed width, so that a native string search finds them; times and marks are 7
 * base-36 digits. A value is at most 1 KB (KeyValueStore quota): 169 sessions, or 50 users.
 */

/** KeyValueStore quota for one value, in bytes. */
export const MAX_RECORD_BYTES = 1024;

export const SHARD_COUNT = 4096;
/** Characters of a token key: 32 bytes as base64url. */
export const TOKEN_KEY_LENGTH = 43;
/** Characters of a `sid` or `uid` that a record keeps. */
export const PREFIX_LENGTH = 6;
export const MARK_LENGTH = 7;
export const CUTOFF_LENGTH = PREFIX_LENGTH + 2 * MARK_LENGTH;
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/**
 * Shards that one character of a key record covers, one for each bit of its code minus that of "0". The 64 characters
 * from "0" on are all printable.
 */
const SHARDS_A_CHARACTER = 6;
const FIRST_CODE = 48;
/**
 * {@link SHARD_COUNT} / {@link SHARDS_A_CHARACTER}, rounded up. Written as a number, because the bundler would keep a
 * call of `Math` in the gate's source.
 */
const SHARD_MAP_LENGTH = 683;

/** A whole `sid` or `uid`, or the prefix that is kept. */
const ID = /^[\w-]{6,16}$/;
const SHARD = /^(0|[1-9]\d{0,3})$/;

/** The form of what {@link markText} returns. */
export const MARK_FORM = /^[\da-z]{7}$/;

/** The floor of a shard that was never full. */
export const NO_FLOOR = "0000000";

export interface UserCutoff {
  uid: string;
  mark: number;
  /**
   * Unix seconds; sessions of this user that began at this time or before, and whose `mark` is smaller, are revoked.
   */
  reach: number;
}

export interface ShardRecord {
  /** See {@link markText}. */
  floor: string;
  /** `sid`s of revoked sessions; only the first 6 characters are kept. */
  revokedSessions: string[];
  cutoffs: UserCutoff[];
}

/** The shard of a user, as decimal digits. */
export function shardOf(uid: string): string {
  return String(BASE64URL.indexOf(uid[uid.length - 2]!) * 64 + BASE64URL.indexOf(uid[uid.length - 1]!));
}

/**
 * A mark or a time as 7 base-36 digits, so that comparing the strings compares the numbers.
 *
 * @throws RangeError if 7 digits cannot hold it. In base 36 `NaN` and `Infinity` look like numbers, and a fraction has
 *   a dot.
 */
export function markText(mark: number): string {
  if (!(mark >= 0 && mark < 36 ** MARK_LENGTH && mark % 1 === 0)) throw new RangeError(`not a mark or time: ${mark}`);
  return mark.toString(36).padStart(MARK_LENGTH, "0");
}

/** Prefixes of record names; the key ID or the shard follows. */
export const KEY_RECORD = "key.";
export const SHARD_RECORD = "shard.";

export function keyRecordName(kid: string): string {
  return KEY_RECORD + kid;
}

export function shardRecordName(shard: string): string {
  return SHARD_RECORD + shard;
}

/** @param shards that have a record */
export function encodeKeyRecord(tokenKey: string, shards: readonly string[]): string {
  return tokenKey + encodeShards(shards);
}

/**
 * The shards that have a record, as text; empty if there are none.
 *
 * @throws RangeError for anything that is not a shard; leaving it out would lose that shard's revocations
 */
export function encodeShards(shards: readonly string[]): string {
  if (shards.length === 0) return "";
  const bits: number[] = [];
  for (let i = 0; i < SHARD_MAP_LENGTH; i++) bits.push(0);
  shards.forEach((shard) => {
    if (!SHARD.test(shard) || !(+shard < SHARD_COUNT)) throw new RangeError(`not a shard: ${shard}`);
    const at = (+shard / SHARDS_A_CHARACTER) | 0;
    bits[at] = bits[at]! | (1 << (+shard % SHARDS_A_CHARACTER));
  });
  return bits.map((bit) => String.fromCharCode(FIRST_CODE + bit)).join("");
}

/** True if a key's record says that a shard has a record, and also if the key's record is not readable. */
export function namesShard(keyRecord: string, shard: string | undefined): boolean {
  const place = +shard!;
  const bits = keyRecord.charCodeAt(TOKEN_KEY_LENGTH + ((place / SHARDS_A_CHARACTER) | 0)) - FIRST_CODE;
  if (keyRecord.length !== TOKEN_KEY_LENGTH + SHARD_MAP_LENGTH) return keyRecord.length !== TOKEN_KEY_LENGTH;
  return !(place < SHARD_COUNT && bits >> 6 === 0) || ((bits >> (place % SHARDS_A_CHARACTER)) & 1) > 0;
}

/** @throws RangeError if the record would exceed {@link MAX_RECORD_BYTES}, or if the gate would misread it. */
export function encodeShardRecord(record: ShardRecord): string {
  const sessions = record.revokedSessions.map(prefixOf).join("");
  const cutoffs = record.cutoffs
    .map((cutoff) => prefixOf(cutoff.uid) + markText(cutoff.mark) + markText(cutoff.reach))
    .join("");
  if (!MARK_FORM.test(record.floor)) throw new RangeError(`not a floor: ${record.floor}`);
  const value = record.floor + sessions + "." + cutoffs;
  if (value.length > MAX_RECORD_BYTES)
    throw new RangeError(`shard record is ${value.length} bytes; the store accepts at most ${MAX_RECORD_BYTES}`);
  return value;
}

/** @throws RangeError for an ID that is too short or has a dot: it would shift all entries after it */
function prefixOf(id: string): string {
  if (!ID.test(id)) throw new RangeError(`not a sid or uid: ${id}`);
  return id.slice(0, PREFIX_LENGTH);
}

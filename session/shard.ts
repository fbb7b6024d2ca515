/**
 * What the gate learns from the KeyValueStore. Users are spread over 4,096 shards, 0 to 4095, by the last two
 * characters of their `uid`.
 *
 *     key.<kid>       <43 characters: token key>[<683 characters: the shards that have a record>]
 *     shard.<shard>   <7 characters: floor><6 characters a revoked session>*.<20 characters a user's cut-off>*
 *
 * The gate reads the key's record for every request with a session, and the shard's only where the key's record says
 * that there is one: most shards have none, because an entry is needed for no longer than a token lives. A shard record
 * that is named and missing is an error, not "nothing is revoked".
 *
 * A revoked session is the first 6 characters (36 bits) of its `sid`. A cut-off is the first 6 characters of the `uid`,
 * its mark and the time up to which it reaches; see ledger/records.ts. The floor is a mark, too: tokens that were
 * signed before it was known are refused, and signed again once the ledger has nothing against the session. So a record
 * that is too full may lose all its entries. Entries have a fixed width, so a native string search finds them; times
 * and marks are 7 base-36 digits. A value is at most 1 KB (KeyValueStore quota): 169 sessions, or 50 users.
 */

/** KeyValueStore quota for one value, in bytes. */
export const MAX_RECORD_BYTES = 1024;

export const SHARD_COUNT = 4096;
/** Of a token key: 32 bytes as base64url. */
export const TOKEN_KEY_LENGTH = 43;
/** Of what is kept of a `sid` or `uid`. */
export const PREFIX_LENGTH = 6;
export const MARK_LENGTH = 7;
export const CUTOFF_LENGTH = PREFIX_LENGTH + 2 * MARK_LENGTH;
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/**
 * Shards that one character of a key record speaks of: the bits of its code less that of "0", which gives 64 printable
 * characters in a row.
 */
const SHARDS_A_CHARACTER = 6;
const FIRST_CODE = 48;
/**
 * {@link SHARD_COUNT} / {@link SHARDS_A_CHARACTER}, rounded up; written out, because a call of `Math` would stay in the
 * gate's source.
 */
const SHARD_MAP_LENGTH = 683;

/** Of a `sid` or `uid`, whole or only as much as is kept. */
const ID = /^[\w-]{6,16}$/;
const SHARD = /^(0|[1-9]\d{0,3})$/;

/** What {@link markText} makes. */
export const MARK_FORM = /^[\da-z]{7}$/;

/** The floor of a shard that never was too full. */
export const NO_FLOOR = "0000000";

export interface UserCutoff {
  uid: string;
  mark: number;
  /** Unix seconds; sessions of this user that began at this time or before, and whose `mark` is smaller, are void. */
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
 * A mark or a time as 7 base-36 digits: as texts they compare as their numbers do.
 *
 * @throws RangeError for what 7 digits cannot say. In base 36 `NaN` and `Infinity` look like numbers, and a fraction
 *   has a dot.
 */
export function markText(mark: number): string {
  if (!(mark >= 0 && mark < 36 ** MARK_LENGTH && mark % 1 === 0)) throw new RangeError(`no mark: ${mark}`);
  return mark.toString(36).padStart(MARK_LENGTH, "0");
}

/** Names of records begin with one of these; the id of the key, or the shard, follows. */
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
 * Which shards have a record, as text; empty for none.
 *
 * @throws RangeError for a name that is no shard's: left out, it would take back what is revoked there
 */
export function encodeShards(shards: readonly string[]): string {
  if (shards.length === 0) return "";
  const bits: number[] = [];
  for (let i = 0; i < SHARD_MAP_LENGTH; i++) bits.push(0);
  shards.forEach((shard) => {
    if (!SHARD.test(shard) || !(+shard < SHARD_COUNT)) throw new RangeError(`no shard: ${shard}`);
    const at = (+shard / SHARDS_A_CHARACTER) | 0;
    bits[at] = bits[at]! | (1 << (+shard % SHARDS_A_CHARACTER));
  });
  return bits.map((bit) => String.fromCharCode(FIRST_CODE + bit)).join("");
}

/** Whether a key's record says that a shard has a record. Where it cannot be read, it says so. */
export function namesShard(keyRecord: string, shard: string | undefined): boolean {
  const place = +shard!;
  const bits = keyRecord.charCodeAt(TOKEN_KEY_LENGTH + ((place / SHARDS_A_CHARACTER) | 0)) - FIRST_CODE;
  if (keyRecord.length !== TOKEN_KEY_LENGTH + SHARD_MAP_LENGTH) return keyRecord.length !== TOKEN_KEY_LENGTH;
  return !(place < SHARD_COUNT && bits >> 6 === 0) || ((bits >> (place % SHARDS_A_CHARACTER)) & 1) > 0;
}

/**
 * @throws RangeError when the record would exceed {@link MAX_RECORD_BYTES}, or when the gate could not read it as it is
 * meant.
 */
export function encodeShardRecord(record: ShardRecord): string {
  const sessions = record.revokedSessions.map(prefixOf).join("");
  const cutoffs = record.cutoffs
    .map((cutoff) => prefixOf(cutoff.uid) + markText(cutoff.mark) + markText(cutoff.reach))
    .join("");
  if (!MARK_FORM.test(record.floor)) throw new RangeError(`no floor: ${record.floor}`);
  const value = record.floor + sessions + "." + cutoffs;
  if (value.length > MAX_RECORD_BYTES)
    throw new RangeError(`shard record of ${value.length} bytes; the store takes ${MAX_RECORD_BYTES}`);
  return value;
}

/** An id that is too short, or has a dot, would move all that follow it. */
function prefixOf(id: string): string {
  if (!ID.test(id)) throw new RangeError(`no id: ${id}`);
  return id.slice(0, PREFIX_LENGTH);
}

/**
 * Revocations on their way from the ledger into the records of their shards: a few reads and one write, never a walk through the
 * store. Only where a record is damaged or has no room is the ledger read.
 */
import { createHmac } from "node:crypto";
import { shardKey, type HmacText, type SessionKeys } from "../../session/keys";
import type { Revocation } from "../../session/ledger";
import { recordKeyParts, shardOf } from "../../session/shard";
import { StoreFull } from "../errors";
import { converge } from "../store/converge";
import type { Change, Snapshot } from "../store/ports";
import { projectShard, recordLimit, recordsOf } from "../store/projection";
import { tally } from "./changes";
import { readLivingKeys, type LivingKeys } from "./living-keys";
import type { Ports } from "./ports";
import { addEntries, saysTheSame } from "./record-entries";
import type { RevokerSettings } from "./settings";
import { giveShardKeys } from "./shard-keys";
import { restoreStore } from "./restore-store";

const hmac: HmacText = (key, text) => createHmac("sha256", key).update(text).digest("base64url");

/**
 * Brings the records of these revocations' shards to what ledger and keys say.
 *
 * @param revocations of users and sessions that the ledger holds already: it is the truth, whatever becomes of this
 * @returns the keys of the records that were written
 */
export async function writeRevocations(ports: Ports, settings: RevokerSettings, revocations: readonly Revocation[]): Promise<string[]> {
  const shards = byShard(revocations.filter(({ until }) => until > ports.now()), settings);
  if (shards.size === 0) return [];
  const { written, note } = tally();
  let keys: LivingKeys;

  async function names(): Promise<string[]> {
    keys = await readLivingKeys(ports.secret);
    return [...shards.keys()].flatMap((shard) => [...recordsIn(keys.all, shard), ...voidedIn(keys.all, shard)]);
  }

  async function plan(records: Snapshot["records"]): Promise<Change[]> {
    const limit = recordLimit(keys.all, settings);
    const added = [...shards].map(([shard, entries]) => [shard, withEntries(records, keys.all, shard, entries, limit)] as const);
    const rest = added.flatMap(([shard, changes]) => (changes ? [] : [shard]));
    return note([...added.flatMap(([, changes]) => changes ?? []), ...(await fromLedger(records, rest))]);
  }

  /** For shards with a record that is missing (another writer may be about to write it), damaged, or full. */
  async function fromLedger(records: Snapshot["records"], damaged: readonly number[]): Promise<Change[]> {
    if (damaged.length === 0) return [];
    const now = ports.now();
    const living = await ports.ledger.livingRevocations(now);
    const wanted = damaged.map((shard) => ({ shard, ...projectShard(keys.all, shard, living, { ...settings, now }) }));
    const overfull = wanted.filter(({ isOverfull }) => isOverfull).map(({ shard }) => shard);
    await giveShardKeys(ports, keys, overfull, new Map(wanted.flatMap(({ records: right }) => [...right])));
    return wanted.flatMap(({ shard, records: right }) => [
      ...[...records.keys()].filter((name) => isOf(name, shard) && !right.has(name)).map((name) => ({ delete: name })),
      ...[...right].filter(([name, value]) => !saysTheSame(records.get(name), value)).map(([name, value]) => ({ put: name, value })),
    ]);
  }

  try {
    await converge(ports, plan, names);
  } catch (error) {
    if (!(error instanceof StoreFull)) throw error;
    // Something else has taken the room: what is not needed goes, and with it comes what the ledger holds.
    await restoreStore(ports, settings);
  }
  return [...written];
}

function byShard(revocations: readonly Revocation[], { shardCount }: RevokerSettings): Map<number, Revocation[]> {
  const shards = new Map<number, Revocation[]>();
  for (const revocation of revocations) {
    const shard = shardOf(revocation.uid!, shardCount);
    shards.set(shard, [...(shards.get(shard) ?? []), revocation]);
  }
  return shards;
}

/** @returns the changes to a shard's records; undefined where the ledger must be asked */
function withEntries(records: Snapshot["records"], keys: readonly SessionKeys[], shard: number, entries: readonly Revocation[], limit: number): Change[] | undefined {
  if (voidedIn(keys, shard).some((name) => records.has(name))) return undefined;
  const changes: Change[] = [];
  for (const name of recordsIn(keys, shard)) {
    const before = records.get(name);
    const value = before === undefined ? undefined : addEntries(before, shardKey(hmac, masterKeyOf(keys, name), shard), entries, limit);
    if (value === undefined) return undefined;
    if (!saysTheSame(before, value)) changes.push({ put: name, value });
  }
  return changes;
}

function recordsIn(keys: readonly SessionKeys[], shard: number): string[] {
  return [...new Set(keys.flatMap((version) => recordsOf(version, shard)))];
}

function voidedIn(keys: readonly SessionKeys[], shard: number): string[] {
  return [...new Set(keys.flatMap(({ voided = [] }) => voided))].filter((name) => isOf(name, shard));
}

function isOf(name: string, shard: number): boolean {
  return recordKeyParts(name).shard === String(shard);
}

function masterKeyOf(keys: readonly SessionKeys[], name: string): string {
  const { kid } = recordKeyParts(name);
  return keys.map((version) => version.keys[kid]).find((key) => key !== undefined)!;
}

import { converge } from "../store/converge";
import type { Change, Snapshot } from "../store/ports";
import { isRecordKey, project } from "../store/projection";
import type { CheckAnswer, StoreAnswer } from "./api";
import { tally } from "./changes";
import { readLivingKeys } from "./living-keys";
import type { Ports } from "./ports";
import { saysTheSame } from "./record-entries";
import type { RevokerSettings } from "./settings";
import { giveShardKeys } from "./shard-keys";

/** Names that {@link CheckAnswer} lists of each kind, at most. */
const MAX_NAMES = 100;
/** Seconds after which a difference is looked at again: a revocation may be in the ledger and not in the store yet. */
const SECOND_LOOK = 2;

interface Wanted {
  records: Map<string, string>;
  revocations: number;
}

/**
 * Makes the store equal to what ledger and keys say: a wiped or damaged one too, and one that holds what has expired. What
 * is in it that is no record stays.
 */
export async function restoreStore(ports: Ports, settings: RevokerSettings): Promise<StoreAnswer> {
  const { written, deleted, note } = tally();
  let revocations = 0;
  await converge(ports, async (records) => {
    const wanted = await wantedRecords(ports, settings, true);
    // No key has been made yet; or it can be seen no more, and then the records must not go because of that.
    if (!wanted) return [];
    revocations = wanted.revocations;
    return note(changesTo(records, wanted.records));
  });
  return { written: written.size, deleted: deleted.size, revocations };
}

/** Compares the store with what ledger and keys say, and changes nothing. */
export async function checkStore(ports: Ports, settings: RevokerSettings): Promise<CheckAnswer> {
  const first = await compare(ports, settings);
  if (first.isRight) return first;
  await ports.wait(SECOND_LOOK);
  return compare(ports, settings);
}

async function compare(ports: Ports, settings: RevokerSettings): Promise<CheckAnswer> {
  const { records } = await ports.store.read();
  const { records: wanted, revocations } = (await wantedRecords(ports, settings, false)) ?? { records: new Map<string, string>(), revocations: 0 };
  const missing = [...wanted.keys()].filter((name) => !records.has(name));
  const wrong = [...wanted].filter(([name, value]) => records.has(name) && !saysTheSame(records.get(name), value)).map(([name]) => name);
  const unexpected = [...records.keys()].filter((name) => isRecordKey(name) && !wanted.has(name));
  const counts = { missing: missing.length, wrong: wrong.length, unexpected: unexpected.length };
  return {
    isRight: missing.length + wrong.length + unexpected.length === 0,
    expected: wanted.size,
    missing: missing.slice(0, MAX_NAMES),
    wrong: wrong.slice(0, MAX_NAMES),
    unexpected: unexpected.slice(0, MAX_NAMES),
    counts,
    revocations,
  };
}

/**
 * @param mayGiveKeys whether over-full shards get keys of their own
 * @returns undefined before there is a key
 */
async function wantedRecords(ports: Ports, settings: RevokerSettings, mayGiveKeys: boolean): Promise<Wanted | undefined> {
  const keys = await readLivingKeys(ports.secret);
  if (keys.all.length === 0) return undefined;
  const now = ports.now();
  const revocations = await ports.ledger.livingRevocations(now);
  const { records, overfull } = project(keys.all, revocations, { ...settings, now });
  if (mayGiveKeys) await giveShardKeys(ports, keys, overfull, records);
  return { records, revocations: revocations.length };
}

/** Deletions first, then what shrinks: so the store is never fuller on the way than before or after. */
function changesTo(records: Snapshot["records"], wanted: ReadonlyMap<string, string>): Change[] {
  const growth = (change: { put: string; value: string }) => change.value.length - (records.get(change.put)?.length ?? -change.put.length);
  const deletions = [...records.keys()].filter((name) => isRecordKey(name) && !wanted.has(name)).map((name) => ({ delete: name }));
  const puts = [...wanted].filter(([name, value]) => !saysTheSame(records.get(name), value)).map(([name, value]) => ({ put: name, value }));
  return [...deletions, ...puts.sort((a, b) => growth(a) - growth(b))];
}

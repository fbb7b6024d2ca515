/**
 * Writes the store that the gate reads. It is a projection of the session keys and the shards' states, and a write
 * counts only while nobody else wrote.
 *
 * The order makes that right: first the ETag, then what is to be written. Whoever changes a state or a key later than
 * that also writes the store later, and then this write conflicts. The ETag is the one that the last writer left in the
 * ledger, with what the store held under it: so a write is one call, and nothing is read from the store. Only where
 * that ETag is wrong, because a writer died before it left the next one, the whole store is read and put right.
 */
import type { StoreState } from "../../ledger/records";
import {
  encodeKeyRecord,
  encodeShards,
  keyRecordName,
  namesShard,
  shardRecordName,
  TOKEN_KEY_LENGTH,
} from "../../session/shard";
import { OperationError, StoreConflict } from "../errors";
import { MAX_CHANGES, type Change, type Ports } from "../ports";
import { backoff } from "./backoff";
import { recordText, type EntrySettings } from "./shard-state";
import { ALL_SHARDS, surveyStore, targetOf, type Survey, type Target } from "./survey";

const MAX_ATTEMPTS = 60;
/**
 * Shards that are read and written at a time: so that whoever loses against another writer reads again in time, and
 * goes on where it was.
 */
const SLICE = 100;

/** Names of records. */
export interface Written {
  written: Set<string>;
  deleted: Set<string>;
}

/** What a writer knows of the store. */
interface Known {
  etag: string;
  /** Ids of the keys that have a record. */
  kids: readonly string[];
  /** Shards that the keys' records name. */
  shards: readonly string[];
  /** The ETag in the ledger; undefined where there is none. */
  remembered: string | undefined;
  /** Names of records that nothing names. */
  leftovers?: readonly string[];
}

/**
 * Writes the records of these shards, and those of keys where they are not as they should be: the records of keys that
 * live no more go.
 *
 * @param areKeysWrong whether they must be written although nothing that is remembered says so
 * @throws OperationError while other writers keep winning
 */
export async function writeShards(
  ports: Ports,
  settings: EntrySettings,
  shards: readonly string[],
  areKeysWrong = false,
  done: Written = { written: new Set(), deleted: new Set() },
): Promise<Written> {
  let doubted: string | undefined;
  let left = shards;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS;) {
    const state = await ports.ledger.storeState();
    try {
      // Another writer leaves its ETag a moment after its write. What is still there has been left by nobody who lives.
      if (!state || state.etag === doubted) {
        await writeSurveyed(ports, await surveyStore(ports, settings), done);
        return done;
      }
      const slice = left.slice(0, SLICE).filter((shard) => !done.written.has(shardRecordName(shard)));
      await write(ports, knownFrom(state), await targetOf(ports, settings, slice), areKeysWrong, done);
      left = left.slice(SLICE);
      if (left.length === 0) return done;
      [attempt, doubted] = [1, undefined];
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      doubted = state?.etag;
      await ports.wait(backoff(attempt++));
    }
  }
  throw new OperationError(`the store was changed by others ${MAX_ATTEMPTS} times in a row; try again`);
}

/**
 * Takes shards that need no record any more out of the keys' records, and removes the records of keys that live no
 * more. Without either it writes nothing.
 */
export async function tidyStore(ports: Ports, settings: EntrySettings): Promise<Written> {
  const state = await ports.ledger.storeState();
  const named = state ? knownFrom(state).shards : [];
  const states = await ports.ledger.shardStates(named);
  // A look only: what is written is read again.
  return writeShards(
    ports,
    settings,
    named.filter((shard) => recordText(states.get(shard), ports.now(), settings) === undefined),
  );
}

/**
 * Reads the whole store and makes it what keys and states say: a wiped or damaged one too. What is in it that is no
 * record of the gateway's stays. Where others write meanwhile it goes on record by record, so that they cannot keep it
 * from its end.
 */
export async function restoreStore(ports: Ports, settings: EntrySettings): Promise<Written> {
  const done: Written = { written: new Set(), deleted: new Set() };
  const survey = await surveyStore(ports, settings);
  try {
    await writeSurveyed(ports, survey, done);
    return done;
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    return writeShards(ports, settings, survey.wrong, true, done);
  }
}

/** @throws StoreConflict where others wrote meanwhile */
async function writeSurveyed(
  ports: Ports,
  { target, wrong, areKeysWrong, ...held }: Survey,
  done: Written,
): Promise<void> {
  const remembered = (await ports.ledger.storeState())?.etag;
  const records = new Map(wrong.map((shard) => [shard, target.records.get(shard)]));
  // The keys' records are written also so that the ledger gets the ETag.
  await write(ports, { ...held, remembered }, { ...target, records }, areKeysWrong || remembered !== held.etag, done);
}

/**
 * In as many updates as it takes, each of which leaves a store that is right in itself. The records of dead keys go
 * with the first one. A shard's record that is not needed is not named any more; it stays until the next {@link
 * restoreStore}.
 *
 * @throws StoreConflict
 */
async function write(
  { store, ledger }: Ports,
  known: Known,
  { tokenKeys, records }: Target,
  areKeysWrong: boolean,
  done: Written,
): Promise<void> {
  // Before the first rotation; or its keys can be seen no more, and then the records must not go because of that.
  if (tokenKeys.size === 0) return;
  const dead = known.kids.filter((kid) => !tokenKeys.has(kid));
  const room = MAX_CHANGES - tokenKeys.size - dead.length;
  if (room < 1)
    throw new OperationError(
      `the records of ${tokenKeys.size + dead.length} keys do not fit into one update of ${MAX_CHANGES}; rotate the keys less often`,
    );
  const kids = [...tokenKeys.keys()];
  const shards = new Set(known.shards);
  // A shard that is only named no more takes no place.
  const left: [shard: string | undefined, change: Change | undefined][] = [
    ...[...records].map(([shard, value]): [string, Change | undefined] => [
      shard,
      value === undefined ? undefined : { put: shardRecordName(shard), value },
    ]),
    ...(known.leftovers ?? []).map((name): [undefined, Change] => [undefined, { delete: name }]),
  ];
  let mustWriteKeys = areKeysWrong || dead.length > 0 || kids.some((kid) => !known.kids.includes(kid));
  let changes: Change[] = dead.map((kid) => ({ delete: keyRecordName(kid) }));
  let { etag, remembered } = known;
  while (left.length > 0 || mustWriteKeys) {
    for (const most = changes.length + room; left.length > 0 && changes.length < most;) {
      const [shard, change] = left.shift()!;
      if (change) changes.push(change);
      if (shard === undefined || shards.has(shard) === Boolean(change)) continue;
      mustWriteKeys = true;
      if (change) shards.add(shard);
      else shards.delete(shard);
    }
    if (mustWriteKeys)
      changes.push(
        ...[...tokenKeys].map(([kid, key]) => ({ put: keyRecordName(kid), value: encodeKeyRecord(key, [...shards]) })),
      );
    if (changes.length === 0) continue;
    const next = await store.update(changes, etag);
    await ledger.putStoreState({ etag: next, kids: kids.join(" "), shards: encodeShards([...shards]) }, remembered);
    for (const change of changes) {
      if ("put" in change) done.written.add(change.put);
      else done.deleted.add(change.delete);
    }
    etag = remembered = next;
    [mustWriteKeys, changes] = [false, []];
  }
}

function knownFrom({ etag, kids, shards }: StoreState): Known {
  const record = "".padEnd(TOKEN_KEY_LENGTH) + shards;
  return {
    etag,
    kids: kids === "" ? [] : kids.split(" "),
    shards: ALL_SHARDS.filter((shard) => namesShard(record, shard)),
    remembered: etag,
  };
}

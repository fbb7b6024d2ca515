/**
 * Writes the store that the gate reads. It is a projection of the session keys and the shards' states, and a write counts only while nobody else wrote.
 *
 * The order makes that right: first the ETag, then what is to be written. Whoever changes a state or a key later than that also writes the store later,
 * and then this write conflicts. The ETag is the one that the last writer left in the ledger, with what the store held under it: so a write is one call, and nothing
 * is read from the store. Only where that ETag is wrong, because a writer died before it left the next one, the whole store is read and put right.
 */
import type { StoreState } from "../../session/ledger";
import { encodeKeyRecord, encodeShards, keyRecordName, namesShard, shardRecordName, TOKEN_KEY_LENGTH } from "../../session/shard";
import { OperationError, StoreConflict } from "../errors";
import { MAX_CHANGES, type Change, type Ports } from "../ports";
import { ALL_SHARDS } from "./all-shards";
import { backoff } from "./backoff";
import { recordText, type EntrySettings } from "./shard-state";
import { surveyStore, targetOf, type Target } from "./survey";

const MAX_ATTEMPTS = 60;
/** Shards that are read and written at a time: so that whoever loses against another writer reads again in time, and goes on where it was. */
const SLICE = 100;

export interface Written {
  /** Names of records. */
  written: Set<string>;
  deleted: Set<string>;
}

/** What a writer knows of the store. */
interface Known {
  etag: string;
  /** Ids of the keys that have a record. */
  kids: string[];
  /** Shards that the keys' records name. */
  shards: Set<string>;
  /** The ETag in the ledger; undefined where there is none. */
  remembered: string | undefined;
  /** The keys' records must be written, whatever they say: so that the ledger gets the ETag. */
  isUnsure?: boolean;
}

/**
 * Writes the records of these shards, and those of keys where they are not as they should be: the records of keys that live no more go.
 *
 * @param areKeysWrong whether they must be written although nothing that is remembered says so
 * @throws OperationError while other writers keep winning
 */
export function writeShards(ports: Ports, settings: EntrySettings, shards: readonly string[], areKeysWrong = false): Promise<Written> {
  return writeSlices(ports, settings, shards, { areKeysWrong, mayList: true });
}

/** Takes shards that need no record any more out of the keys' records, and removes the records of keys that live no more. Without either it writes nothing. */
export async function tidyStore(ports: Ports, settings: EntrySettings): Promise<Written> {
  const state = await ports.ledger.storeState();
  const named = state ? [...knownFrom(state).shards] : [];
  const states = await ports.ledger.shardStates(named);
  // A look only: what is written is read again.
  return writeShards(ports, settings, named.filter((shard) => recordText(states.get(shard), ports.now(), settings) === undefined));
}

/**
 * Reads the whole store and makes it what keys and states say: a wiped or damaged one too. What is in it that is no record of the gateway's stays.
 * Where others write meanwhile it goes on record by record, so that they cannot keep it from its end.
 */
export async function restoreStore(ports: Ports, settings: EntrySettings): Promise<Written> {
  const done: Written = { written: new Set(), deleted: new Set() };
  const wrong = await writeWhole(ports, settings, done);
  if (wrong === undefined) return done;
  const rest = await writeSlices(ports, settings, wrong, { areKeysWrong: true, mayList: false });
  return { written: new Set([...done.written, ...rest.written]), deleted: new Set([...done.deleted, ...rest.deleted]) };
}

interface Manner {
  areKeysWrong: boolean;
  /** Whether the whole store is read once where the ETag in the ledger is wrong. */
  mayList: boolean;
}

async function writeSlices(ports: Ports, settings: EntrySettings, shards: readonly string[], { areKeysWrong, mayList }: Manner): Promise<Written> {
  const done: Written = { written: new Set(), deleted: new Set() };
  for (let from = 0; from === 0 || from < shards.length; from += SLICE) {
    const isWhole = await attempt(ports, settings, done, mayList, async (knownSoon) => {
      const left = shards.slice(from, from + SLICE).filter((shard) => !done.written.has(shardRecordName(shard)));
      const [known, target] = await Promise.all([knownSoon, targetOf(ports, settings, left)]);
      await write(ports, known, target, areKeysWrong, [], done);
    });
    if (isWhole) break;
  }
  return done;
}

/** @returns whether the whole store was put right on the way */
async function attempt(ports: Ports, settings: EntrySettings, done: Written, mayList: boolean, work: (known: Known | Promise<Known>) => Promise<void>): Promise<boolean> {
  const { ledger, wait } = ports;
  let doubted: string | undefined;
  let canList = mayList;
  for (let attempts = 1; attempts <= MAX_ATTEMPTS; attempts++) {
    const state = await ledger.storeState();
    const isDoubted = state?.etag === doubted;
    if (!state || (isDoubted && canList)) {
      if ((await writeWhole(ports, settings, done)) === undefined) return true;
      // It takes longer than others leave between two writes.
      canList = false;
    } else {
      try {
        await work(isDoubted ? lookAtKeys(ports.store, state, await ports.store.etag()) : knownFrom(state));
        return false;
      } catch (error) {
        if (!(error instanceof StoreConflict)) throw error;
      }
    }
    await wait(backoff(attempts));
    // Another writer leaves its ETag a moment after its write. What is still there has been left by nobody who lives.
    doubted = state?.etag;
  }
  throw new OperationError(`the store was changed by others ${MAX_ATTEMPTS} times in a row; try again`);
}

/** @returns the shards whose records were wrong, where others wrote meanwhile; undefined where all is right now */
async function writeWhole(ports: Ports, settings: EntrySettings, done: Written): Promise<string[] | undefined> {
  const remembered = (await ports.ledger.storeState())?.etag;
  const { etag, kids, shards, wrong, leftovers, areKeysWrong, target } = await surveyStore(ports, settings);
  const records = new Map(wrong.map((shard) => [shard, target.records.get(shard)]));
  try {
    await write(ports, { etag, kids, shards: new Set(shards), remembered }, { ...target, records }, areKeysWrong || remembered !== etag, leftovers, done);
    return undefined;
  } catch (error) {
    if (!(error instanceof StoreConflict)) throw error;
    return wrong;
  }
}

/**
 * In as many updates as it takes, each of which leaves a store that is right in itself. The records of dead keys go with the first one. A shard's record
 * that is not needed is not named any more; it stays until the next {@link restoreStore}.
 *
 * @param leftovers names of records that are in the store and that nothing names
 */
async function write(ports: Ports, known: Known, { tokenKeys, records }: Target, areKeysWrong: boolean, leftovers: readonly string[], done: Written): Promise<void> {
  // Before the first rotation; or its keys can be seen no more, and then the records must not go because of that.
  if (tokenKeys.size === 0) return;
  const dead = known.kids.filter((kid) => !tokenKeys.has(kid));
  const room = MAX_CHANGES - tokenKeys.size - dead.length;
  if (room < 1) throw new OperationError(`the records of ${tokenKeys.size + dead.length} keys do not fit into one update of ${MAX_CHANGES}; rotate the keys less often`);
  const left: ([shard: string, text: string | undefined] | { delete: string })[] = [...records, ...leftovers.map((name) => ({ delete: name }))];
  const shards = new Set(known.shards);
  let mustWriteKeys = areKeysWrong || known.isUnsure || dead.length > 0 || [...tokenKeys.keys()].some((kid) => !known.kids.includes(kid));
  let deletions = dead;
  let { etag, remembered } = known;
  while (left.length > 0 || mustWriteKeys) {
    const changes: Change[] = deletions.map((kid) => ({ delete: keyRecordName(kid) }));
    // A shard that is only named no more takes no place.
    while (left.length > 0 && changes.length < deletions.length + room) {
      const step = left.shift()!;
      if (!Array.isArray(step)) {
        changes.push(step);
        continue;
      }
      const [shard, text] = step;
      if (shards.has(shard) !== (text !== undefined)) mustWriteKeys = true;
      if (text === undefined) shards.delete(shard);
      else {
        shards.add(shard);
        changes.push({ put: shardRecordName(shard), value: text });
      }
    }
    if (mustWriteKeys) changes.push(...[...tokenKeys].map(([kid, key]) => ({ put: keyRecordName(kid), value: encodeKeyRecord(key, [...shards]) })));
    if (changes.length === 0) continue;
    const before = remembered;
    remembered = etag = await ports.store.update(changes, etag);
    await ports.ledger.putStoreState({ etag, kids: [...tokenKeys.keys()].join(" "), shards: encodeShards([...shards]) }, before);
    [mustWriteKeys, deletions] = [false, []];
    for (const change of changes) {
      if ("put" in change) done.written.add(change.put);
      else done.deleted.add(change.delete);
    }
  }
}

/**
 * What the keys' records say, where somebody writes all the time and leaves no ETag. A shard that is named without a record is refused, and put
 * right by the next {@link restoreStore}.
 *
 * @param etag that the store had before
 */
async function lookAtKeys(store: Ports["store"], state: StoreState, etag: string): Promise<Known> {
  const { kids, shards } = knownFrom(state);
  const records = await Promise.all(kids.map((kid) => store.get(keyRecordName(kid))));
  const named = records.flatMap((record) => (record === undefined ? [] : ALL_SHARDS.filter((shard) => namesShard(record, shard))));
  return { etag, kids: kids.filter((_, place) => records[place] !== undefined), shards: new Set([...shards, ...named]), remembered: state.etag, isUnsure: true };
}

function knownFrom({ etag, kids, shards }: StoreState): Known {
  const record = "".padEnd(TOKEN_KEY_LENGTH) + shards;
  return { etag, kids: kids === "" ? [] : kids.split(" "), shards: new Set(ALL_SHARDS.filter((shard) => namesShard(record, shard))), remembered: etag };
}

/** Keeps the store equal to what the ledger and the keys require. */
import type { Revocation } from "../../ledger/records";
import { shardOf, shardRecordName } from "../../session/shard";
import type { Ports } from "../ports";
import { planForAll } from "./plan";
import { readWholeStore, rememberedFrom } from "./read";
import { reconcileEachRevocation } from "./revocations";
import { CLOCKS_APART, covers, recordText } from "./shard-state";
import { reconcileShards } from "./store";

/** Seconds before a difference is checked again: a revocation may be in the ledger but not yet in the store. */
const SECOND_LOOK = 2;

export interface ReconcileAnswer {
  written: number;
  deleted: number;
  revocations: number;
}

export interface CheckAnswer {
  isRight: boolean;
  /** Number of records that ledger and keys require. */
  expected: number;
  /** Names of records that do not exist. */
  missing: string[];
  /** Names of records with wrong content: a revocation is missing, or the key is another one. */
  wrong: string[];
  /** Names of records of keys that are no longer active. */
  unexpected: string[];
  /** Number of revocations that may still match a valid token. */
  revocations: number;
}

/**
 * Reads the whole ledger and store, and reconciles the store. The schedule runs it daily (`sweep`), and operators run
 * it on demand (`rebuild`).
 */
export async function reconcile(ports: Ports): Promise<ReconcileAnswer> {
  let revocations = 0;
  const added = new Set<string>();
  for await (const page of uncovered(ports)) {
    revocations += page.all;
    for (const name of await reconcileEachRevocation(ports, page.uncovered)) added.add(name);
  }
  const { written, deleted } = await reconcileShards(ports, "all");
  return { written: new Set([...added, ...written]).size, deleted: deleted.size, revocations };
}

/**
 * Runs every few minutes: keys' records stop naming shards that no longer need a record. If there are none, it writes
 * nothing.
 */
export async function tidy(ports: Ports): Promise<ReconcileAnswer> {
  const { ledger, now, entryLifetime } = ports;
  const state = await ledger.storeState();
  const named = state ? rememberedFrom(state).named : [];
  const states = await ledger.shardStates(named);
  // Only a preview: `reconcileShards` reads the data again before it writes.
  const ended = named.filter((shard) => recordText(states.get(shard), now(), entryLifetime) === undefined);
  const { written, deleted } = await reconcileShards(ports, ended);
  return { written: written.size, deleted: deleted.size, revocations: 0 };
}

/** What {@link reconcile} would do, without doing it. */
export async function check(ports: Ports): Promise<CheckAnswer> {
  const first = await differences(ports);
  if (first.isRight) return first;
  await ports.wait(SECOND_LOOK);
  return differences(ports);
}

async function differences(ports: Ports): Promise<CheckAnswer> {
  const plan = planForAll(await readWholeStore(ports), ports.now(), ports.entryLifetime);
  const { expected, missing, unexpected } = plan;
  const wrong = new Set(plan.wrong);
  let revocations = 0;
  for await (const page of uncovered(ports, CLOCKS_APART)) {
    revocations += page.all;
    for (const { uid } of page.uncovered) {
      const name = shardRecordName(shardOf(uid!));
      if (!missing.includes(name)) wrong.add(name);
    }
  }
  const isRight = missing.length + wrong.size + unexpected.length === 0;
  return { isRight, expected, missing, wrong: [...wrong], unexpected, revocations };
}

/**
 * Revocations that may still match a valid token, one page of the ledger at a time. `uncovered` are those that their
 * shards' states lack.
 *
 * @param margin seconds before a revocation's end in which it may be missing. Use 0 to add missing ones: that is
 * harmless, even if another writer dropped them.
 */
async function* uncovered(ports: Ports, margin = 0): AsyncGenerator<{ all: number; uncovered: Revocation[] }> {
  const { ledger, now, entryLifetime } = ports;
  for await (const page of ledger.revocationsSince(now() - entryLifetime)) {
    const all = page.filter(({ kind }) => kind === "user" || kind === "session");
    const states = await ledger.shardStates([...new Set(all.map(({ uid }) => shardOf(uid!)))]);
    yield {
      all: all.length,
      uncovered: all.filter(
        (revocation) => !covers(states.get(shardOf(revocation.uid!)), revocation, now() + margin, entryLifetime),
      ),
    };
  }
}

/** Keeps the store what ledger and keys say. */
import type { Revocation } from "../../ledger/records";
import { ENTRY_MARGIN } from "../../session/timing";
import { shardOf, shardRecordName } from "../../session/shard";
import type { Ports } from "../ports";
import { planForAll } from "./plan";
import { readWholeStore, rememberedFrom } from "./read";
import { reconcileEachRevocation } from "./revocations";
import { covers, recordText, type EntrySettings } from "./shard-state";
import { reconcileAllShards, reconcileShards } from "./store";

/** Seconds after which a difference is looked at again: a revocation may be in the ledger and not in the store yet. */
const SECOND_LOOK = 2;

export interface ReconcileAnswer {
  written: number;
  deleted: number;
  revocations: number;
}

export interface CheckAnswer {
  isRight: boolean;
  /** Records that ledger and keys ask for. */
  expected: number;
  /**
   * Names of records: not there, there with other content (a revocation missing, a wrong key), of a key that is active
   * no more.
   */
  missing: string[];
  wrong: string[];
  unexpected: string[];
  /** Those that tokens may still live of. */
  revocations: number;
}

/**
 * What the schedule asks for once a day (`sweep`), and an operator when something is wrong (`rebuild`): reads all of
 * ledger and store, and makes the store right.
 */
export async function reconcile(ports: Ports, settings: EntrySettings): Promise<ReconcileAnswer> {
  let revocations = 0;
  const added = new Set<string>();
  for await (const page of uncovered(ports, settings)) {
    revocations += page.all;
    for (const name of await reconcileEachRevocation(ports, settings, page.uncovered)) added.add(name);
  }
  const { written, deleted } = await reconcileAllShards(ports, settings);
  return { written: new Set([...added, ...written]).size, deleted: deleted.size, revocations };
}

/**
 * What the schedule asks for every few minutes: shards that need no record any more are not named any more. Without any
 * it writes nothing, and costs nothing.
 */
export async function tidy(ports: Ports, settings: EntrySettings): Promise<ReconcileAnswer> {
  const { ledger, now } = ports;
  const state = await ledger.storeState();
  const named = state ? rememberedFrom(state).named : [];
  const states = await ledger.shardStates(named);
  // A look only: what is written is read again.
  const ended = named.filter((shard) => recordText(states.get(shard), now(), settings) === undefined);
  const { written, deleted } = await reconcileShards(ports, settings, ended);
  return { written: written.size, deleted: deleted.size, revocations: 0 };
}

/** What {@link reconcile} would do, without doing it. */
export async function check(ports: Ports, settings: EntrySettings): Promise<CheckAnswer> {
  const first = await differences(ports, settings);
  if (first.isRight) return first;
  await ports.wait(SECOND_LOOK);
  return differences(ports, settings);
}

async function differences(ports: Ports, settings: EntrySettings): Promise<CheckAnswer> {
  const plan = planForAll(await readWholeStore(ports, settings), settings, ports.now());
  const { expected, missing, unexpected } = plan;
  const wrong = new Set(plan.wrong);
  let revocations = 0;
  for await (const page of uncovered(ports, settings)) {
    revocations += page.all;
    for (const { uid } of page.uncovered) {
      const name = shardRecordName(shardOf(uid!));
      if (!missing.includes(name)) wrong.add(name);
    }
  }
  return {
    isRight: missing.length + wrong.size + unexpected.length === 0,
    expected: expected.length,
    missing,
    wrong: [...wrong],
    unexpected,
    revocations,
  };
}

/**
 * Revocations that tokens may still live of, a page of the ledger at a time; `uncovered` are those that their shards'
 * states do not have.
 */
async function* uncovered(
  { ledger, now }: Ports,
  settings: EntrySettings,
): AsyncGenerator<{ all: number; uncovered: Revocation[] }> {
  for await (const page of ledger.revocationsSince(now() - settings.tokenLifetime - ENTRY_MARGIN)) {
    const all = page.filter(({ kind }) => kind === "user" || kind === "session");
    const states = await ledger.shardStates([...new Set(all.map(({ uid }) => shardOf(uid!)))]);
    yield {
      all: all.length,
      uncovered: all.filter((revocation) => !covers(states.get(shardOf(revocation.uid!)), revocation, now(), settings)),
    };
  }
}

/** Keeps the store what ledger and keys say. */
import type { Revocation } from "../../session/ledger";
import { ENTRY_MARGIN } from "../../session/timing";
import { keyRecordName, shardOf, shardRecordName } from "../../session/shard";
import { covers } from "../store/shard-state";
import { isKeyRecordGood, surveyStore } from "../store/survey";
import { restoreStore, tidyStore } from "../store/write";
import type { Ports } from "../ports";
import type { RevokerSettings } from "./settings";
import { projectAll } from "./project";

/** Seconds after which a difference is looked at again: a revocation may be in the ledger and not in the store yet. */
const SECOND_LOOK = 2;

export interface StoreAnswer {
  written: number;
  deleted: number;
  revocations: number;
}

export interface CheckAnswer {
  isRight: boolean;
  /** Records that ledger and keys ask for. */
  expected: number;
  /**
   * Names of records: not there, there with other content (a revocation missing, a wrong key), of a key that lives no
   * more.
   */
  missing: string[];
  wrong: string[];
  unexpected: string[];
  /** Those that tokens may still live of. */
  revocations: number;
}

/** What the schedule asks for every few minutes. Without anything to do it costs nothing. */
export async function tidy(ports: Ports, settings: RevokerSettings): Promise<StoreAnswer> {
  const { written, deleted } = await tidyStore(ports, settings);
  return { written: written.size, deleted: deleted.size, revocations: 0 };
}

/**
 * What the schedule asks for once a day, and an operator when something is wrong: reads all of ledger and store, and
 * makes the store right.
 */
export async function restore(ports: Ports, settings: RevokerSettings): Promise<StoreAnswer> {
  let revocations = 0;
  const added = new Set<string>();
  for await (const page of uncovered(ports, settings)) {
    revocations += page.all;
    for (const name of await projectAll(ports, settings, page.uncovered)) added.add(name);
  }
  const { written, deleted } = await restoreStore(ports, settings);
  return { written: new Set([...added, ...written]).size, deleted: deleted.size, revocations };
}

/** Compares the store with what ledger and keys say, and changes nothing. */
export async function checkStore(ports: Ports, settings: RevokerSettings): Promise<CheckAnswer> {
  const first = await compare(ports, settings);
  if (first.isRight) return first;
  await ports.wait(SECOND_LOOK);
  return compare(ports, settings);
}

async function compare(ports: Ports, settings: RevokerSettings): Promise<CheckAnswer> {
  const survey = await surveyStore(ports, settings);
  const { records, target, kids } = survey;
  let revocations = 0;
  const forgotten = new Set<string>();
  for await (const page of uncovered(ports, settings)) {
    revocations += page.all;
    for (const { uid } of page.uncovered) forgotten.add(shardRecordName(shardOf(uid!)));
  }
  const expected = [...target.tokenKeys.keys()].map(keyRecordName).concat(survey.shards.map(shardRecordName));
  const notGood = [
    ...[...target.tokenKeys.keys()].filter((kid) => !isKeyRecordGood(survey, kid)).map(keyRecordName),
    ...survey.wrong.map(shardRecordName),
  ];
  const missing = expected.filter((name) => !records.has(name));
  const wrong = [
    ...new Set([
      ...notGood.filter((name) => records.has(name)),
      ...[...forgotten].filter((name) => !missing.includes(name)),
    ]),
  ];
  const unexpected = kids.filter((kid) => !target.tokenKeys.has(kid)).map(keyRecordName);
  return {
    isRight: missing.length + wrong.length + unexpected.length === 0,
    expected: expected.length,
    missing,
    wrong,
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
  settings: RevokerSettings,
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

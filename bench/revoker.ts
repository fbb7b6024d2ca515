/**
 * Measures many revocations, a lockdown among other revocations, and half a million active ones: calls, seconds,
 * memory.
 */
import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { RevocationCommand } from "../session/revocation";
import { startBenchPlane, type BenchPlane } from "./control-plane";
import type { Figure } from "./figure";

export const REVOCATIONS = 10_000;
/** The size of the queue's batches: stacks/revocation-queues.ts. */
const BATCH = 500;
const RECORDS = 4096;
/** Active revocations: no more than 4,096 records have room for. */
const ACTIVE = 490_000;
const MEGABYTE = 1024 * 1024;

const id = () => randomBytes(12).toString("base64url");

/** Half of them sessions, half of them users. */
export function commandsOf(count: number): RevocationCommand[] {
  return Array.from({ length: count }, (_, place) => {
    const target =
      place % 2 ? ({ type: "user", uid: id() } as const) : ({ type: "session", uid: id(), sid: id() } as const);
    return { version: 1, target, by: "sign-out", reason: "" };
  });
}

/** Delivers commands as a queue delivers them to Lambda. @throws Error if one fails */
export async function deliver(plane: BenchPlane, commands: readonly RevocationCommand[]): Promise<void> {
  const Records = commands.map((command, place) => ({
    messageId: `m${place}`,
    body: JSON.stringify(command),
    attributes: { SentTimestamp: String(Date.now()) },
    eventSource: "aws:sqs",
  }));
  const { batchItemFailures } = (await plane.revoke({ Records })) as { batchItemFailures: unknown[] };
  if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} revocations failed`);
}

/** @throws Error if a revocation is lost, or an operation fails */
export async function measureRevoker(): Promise<Figure[]> {
  return [...(await byTheQueue()), ...(await lockdownAmongOthers()), ...(await halfAMillion())];
}

async function byTheQueue(): Promise<Figure[]> {
  const plane = await startBenchPlane();
  try {
    await plane.revoke({ operation: "rebuild" });
    const commands = commandsOf(REVOCATIONS);
    const { seconds, calls } = await plane.measure(async () => {
      for (let from = 0; from < commands.length; from += BATCH)
        await deliver(plane, commands.slice(from, from + BATCH));
    });
    const all = Object.values(plane.records()).join("\n");
    const lost = commands.filter(
      ({ target }) =>
        !all.includes((target.type === "session" ? target.sid : (target as { uid: string }).uid).slice(0, 6)),
    );
    if (lost.length > 0) throw new Error(`${lost.length} revocations are not in the store`);
    const group = `${REVOCATIONS.toLocaleString("en")} revocations through the queue`;
    return [
      ...Object.entries(calls).map(([name, value]) => ({ group, name, value, unit: "calls" })),
      { group, name: "time against emulators", value: seconds, unit: "s", limit: REVOCATIONS / 200 },
      {
        group,
        name: "largest record",
        value: Math.max(...Object.values(plane.records()).map((record) => record.length)),
        unit: "bytes",
        limit: 1024,
      },
    ];
  } finally {
    await plane.close();
  }
}

async function lockdownAmongOthers(): Promise<Figure[]> {
  const plane = await startBenchPlane();
  try {
    plane.fill(1);
    await plane.revoke({ operation: "rebuild" });
    let isOn = true;
    const others: Promise<unknown>[] = [];
    const loop = (async () => {
      for (const command of commandsOf(10_000)) {
        if (!isOn) return;
        others.push(plane.revokeElsewhere({ operation: "revoke", command }));
        await setTimeout(90);
      }
    })();
    await setTimeout(1000);
    const { seconds, calls } = await plane.measure(() =>
      plane.revoke({ operation: "lockdown", by: "operator:bench", reason: "" }),
    );
    isOn = false;
    await loop;
    await Promise.all(others);
    const kids = Object.keys(plane.records()).filter((name) => name.startsWith("key."));
    if (kids.length !== 1 || kids[0] === "key.k1") throw new Error("a key from before the lockdown has a record");
    const group = `lockdown, ${RECORDS.toLocaleString("en")} records, 11 other revocations a second`;
    return [
      { group, name: "until it is acknowledged", value: seconds, unit: "s", limit: 30 },
      { group, name: "updates of the store meanwhile", value: calls["UpdateKeys"] ?? 0, unit: "calls" },
    ];
  } finally {
    await plane.close();
  }
}

async function halfAMillion(): Promise<Figure[]> {
  const plane = await startBenchPlane();
  const group = `${ACTIVE.toLocaleString("en")} active revocations`;
  const figures: Figure[] = [];
  try {
    plane.fill(Math.ceil(ACTIVE / RECORDS));
    for (const operation of ["sweep", "check", "tidy"] as const) {
      const { usage, seconds, result } = await plane.measure(() => plane.revoke({ operation }));
      if (operation === "check" && !(result as { isRight: boolean }).isRight)
        throw new Error("the store is wrong after a sweep");
      figures.push(
        { group, name: `${operation}: time against emulators`, value: seconds, unit: "s", limit: 900 },
        { group, name: `${operation}: calls of the store`, value: usage.storeCalls ?? 0, unit: "calls" },
      );
    }
    await setTimeout(200);
    return [
      ...figures,
      { group, name: "peak memory of the revoker", value: plane.peak() / MEGABYTE, unit: "MB", limit: 256 },
    ];
  } finally {
    await plane.close();
  }
}

/**
 * Calls of the store's API, which cost a tenth of a cent each, and reads of whole tables: what each operation takes.
 */
import { carryOutBatch } from "../../../control-plane/revoker/batch";
import { lockdown } from "../../../control-plane/revoker/lockdown";
import { check, reconcile, tidy } from "../../../control-plane/reconcile/reconcile";
import { revoke } from "../../../control-plane/revoker/revoke";
import { listSessions } from "../../../control-plane/revoker/sessions";
import type { RevokerPorts } from "../../../control-plane/ports";
import { ENTRY_MARGIN } from "../../../session/timing";
import {
  fill,
  randomId,
  rotate,
  SETTINGS,
  TOKEN_SECONDS,
  twins,
  uidIn,
  type World,
} from "../../support/control-plane-twins";

const ofUser = (uid: string) =>
  ({ version: 1, target: { type: "user", uid }, by: "operator:test", reason: "" }) as const;
const messages = (world: World, count: number) =>
  Array.from(
    { length: count },
    (_, place) =>
      ({
        messageId: `m${place}`,
        body: JSON.stringify(ofUser(randomId())),
        eventSource: "aws:sqs",
        attributes: { SentTimestamp: String(world.time.now()) },
      }) as const,
  );

async function callsOf(world: World, work: (ports: RevokerPorts) => Promise<unknown>): Promise<string[]> {
  const { ports, calls } = world.actor();
  await world.time.run(work(ports));
  return calls;
}
const ofStore = (calls: string[]) => calls.filter((call) => call.startsWith("store."));

/** A gateway that works, with or without a record of every shard. */
async function gateway(isFull = false): Promise<World> {
  const world = twins();
  if (isFull) fill(world);
  await world.time.run(reconcile(world.actor().ports, SETTINGS));
  return world;
}

describe.each([
  ["an idle store", false],
  ["a store with a record of every shard", true],
])("in %s", (_, isFull) => {
  const ONE_CALL: [string, (ports: RevokerPorts, world: World) => Promise<unknown>][] = [
    ["a revocation", (ports) => revoke(ports, SETTINGS, ofUser(randomId()))],
    ["a batch of ten", (ports, world) => carryOutBatch(ports, SETTINGS, messages(world, 10))],
    ["a lockdown", (ports) => lockdown(ports, SETTINGS, { operation: "lockdown", by: "operator:test", reason: "" })],
  ];
  test.each(ONE_CALL)("%s is one call of the store", async (_name, work) => {
    const world = await gateway(isFull);
    expect(ofStore(await callsOf(world, (ports) => work(ports, world)))).toEqual(["store.update"]);
  });

  test("a rotation writes one record, and reads it back", async () => {
    const world = await gateway(isFull);
    const before = new Map(world.store.records);
    expect(ofStore(await callsOf(world, (ports) => rotate(ports, "v1")))).toEqual(["store.update", "store.get"]);
    const changed = [...world.store.records]
      .filter(([name, value]) => before.get(name) !== value)
      .map(([name]) => name);
    expect(changed).toEqual([`key.${world.keys().current}`]);
  });

  test("a tidy with nothing to do is none", async () => {
    const world = await gateway(isFull);
    expect(ofStore(await callsOf(world, (ports) => tidy(ports, SETTINGS)))).toEqual([]);
  });
});

test("the daily sweep of an idle gateway is two calls", async () => {
  expect(ofStore(await callsOf(await gateway(), (ports) => reconcile(ports, SETTINGS)))).toEqual([
    "store.describe",
    "store.list",
  ]);
});

test("five hundred revocations in as many shards are eleven updates or so, and nothing else", async () => {
  const world = await gateway();
  const calls = ofStore(await callsOf(world, (ports) => carryOutBatch(ports, SETTINGS, messages(world, 500))));
  expect(new Set(calls)).toEqual(new Set(["store.update"]));
  expect(calls.length).toBeLessThanOrEqual(15);
});

test("a day after the last revocation the keys' records name no shard, by one call", async () => {
  const world = await gateway();
  await callsOf(world, (ports) => carryOutBatch(ports, SETTINGS, messages(world, 300)));
  expect(world.store.records.get("key.first")!.length).toBeGreaterThan(43);
  await world.time.pass((TOKEN_SECONDS + ENTRY_MARGIN + 1) * 1000);
  expect(ofStore(await callsOf(world, (ports) => tidy(ports, SETTINGS))).length).toBeLessThanOrEqual(3);
  expect(world.store.records.get("key.first")!.length).toBe(43);
  expect(ofStore(await callsOf(world, (ports) => tidy(ports, SETTINGS)))).toEqual([]);
  const { deleted } = await world.time.run(reconcile(world.actor().ports, SETTINGS));
  expect(deleted).toBeGreaterThan(250);
  expect([...world.store.records.keys()]).toEqual(["key.first"]);
});

describe("no operation but check, rebuild and sweep reads a whole table", () => {
  const scans = (calls: string[]) => calls.filter((call) => call === "ledger.scan").length;
  const OTHERS: [string, (ports: RevokerPorts, world: World) => Promise<unknown>][] = [
    ["a revocation", (ports) => revoke(ports, SETTINGS, ofUser(randomId()))],
    [
      "a revocation of a full record",
      (ports, world) =>
        carryOutBatch(
          ports,
          SETTINGS,
          messages(world, 60).map((message) => ({ ...message, body: JSON.stringify(ofUser(uidIn("AB"))) })),
        ),
    ],
    ["a batch", (ports, world) => carryOutBatch(ports, SETTINGS, messages(world, 500))],
    ["a lockdown", (ports) => lockdown(ports, SETTINGS, { operation: "lockdown", by: "operator:test", reason: "" })],
    ["a rotation", (ports) => rotate(ports, "v1")],
    ["a tidy", (ports) => tidy(ports, SETTINGS)],
    ["a list of everybody's sessions", (ports) => listSessions(ports, SETTINGS, { operation: "sessions" })],
    [
      "a revocation that finds the ledger's ETag wrong",
      (ports, world) => (world.disturb(), revoke(ports, SETTINGS, ofUser(randomId()))),
    ],
  ];
  test.each(OTHERS)("%s does not", async (_, work) => {
    const world = await gateway();
    expect(scans(await callsOf(world, (ports) => work(ports, world)))).toBe(0);
  });
  test.each([
    ["check", check],
    ["sweep", reconcile],
  ] as const)("%s does", async (_, work) => {
    expect(scans(await callsOf(await gateway(), (ports) => work(ports, SETTINGS)))).toBeGreaterThan(0);
  });
});

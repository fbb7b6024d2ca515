/**
 * Calls of the store's API, which cost a tenth of a cent each, and reads of whole tables: what each operation takes.
 */
import { carryOutBatch } from "../../../control-plane/revoker/batch";
import { lockdown } from "../../../control-plane/revoker/lockdown";
import { check, reconcile, tidy } from "../../../control-plane/reconcile/reconcile";
import { revoke } from "../../../control-plane/revoker/revoke";
import { listSessions } from "../../../control-plane/revoker/sessions";
import { ENTRY_MARGIN } from "../../../session/timing";
import {
  fill,
  type Gateway,
  gatewayInMemory,
  LOCKDOWN,
  message,
  ofUser,
  randomId,
  rotate,
  uidIn,
  type TestPorts,
} from "../../support/control-plane/gateway";
import { TOKEN_SECONDS } from "../../support/control-plane/lifetimes";

const messages = (gateway: Gateway, count: number) =>
  Array.from({ length: count }, () => message(ofUser(randomId()), gateway.now()));

async function callsOf(gateway: Gateway, work: (ports: TestPorts) => Promise<unknown>): Promise<string[]> {
  const { ports, calls } = gateway.instance();
  await gateway.time.run(work(ports));
  return calls;
}
const ofStore = (calls: string[]) => calls.filter((call) => call.startsWith("store."));

/** A gateway that works, with or without a record of every shard. */
async function working(isFull = false): Promise<Gateway> {
  const gateway = gatewayInMemory();
  if (isFull) fill(gateway);
  await gateway.reconcile();
  return gateway;
}

describe.each([
  ["an idle store", false],
  ["a store with a record of every shard", true],
])("in %s", (_, isFull) => {
  const ONE_CALL: [string, (ports: TestPorts, gateway: Gateway) => Promise<unknown>][] = [
    ["a revocation", (ports) => revoke(ports, ofUser(randomId()))],
    ["a batch of ten", (ports, gateway) => carryOutBatch(ports, messages(gateway, 10))],
    ["a lockdown", (ports) => lockdown(ports, LOCKDOWN)],
  ];
  test.each(ONE_CALL)("%s is one call of the store", async (_name, work) => {
    const gateway = await working(isFull);
    expect(ofStore(await callsOf(gateway, (ports) => work(ports, gateway)))).toEqual(["store.update"]);
  });

  test("a rotation writes one record, and reads it back", async () => {
    const gateway = await working(isFull);
    const before = new Map(gateway.store.records);
    expect(ofStore(await callsOf(gateway, (ports) => rotate(ports, "v1")))).toEqual(["store.update", "store.get"]);
    const changed = [...gateway.store.records]
      .filter(([name, value]) => before.get(name) !== value)
      .map(([name]) => name);
    expect(changed).toEqual([`key.${gateway.keys().current}`]);
  });

  test("a tidy with nothing to do is none", async () => {
    const gateway = await working(isFull);
    expect(ofStore(await callsOf(gateway, (ports) => tidy(ports)))).toEqual([]);
  });
});

test("the daily sweep of an idle gateway is two calls", async () => {
  expect(ofStore(await callsOf(await working(), (ports) => reconcile(ports)))).toEqual([
    "store.describe",
    "store.list",
  ]);
});

test("five hundred revocations in as many shards are eleven updates or so, and nothing else", async () => {
  const gateway = await working();
  const calls = ofStore(await callsOf(gateway, (ports) => carryOutBatch(ports, messages(gateway, 500))));
  expect(new Set(calls)).toEqual(new Set(["store.update"]));
  expect(calls.length).toBeLessThanOrEqual(15);
});

test("a day after the last revocation the keys' records name no shard, by one call", async () => {
  const gateway = await working();
  await callsOf(gateway, (ports) => carryOutBatch(ports, messages(gateway, 300)));
  expect(gateway.store.records.get("key.first")!.length).toBeGreaterThan(43);
  await gateway.time.pass((TOKEN_SECONDS + ENTRY_MARGIN + 1) * 1000);
  expect(ofStore(await callsOf(gateway, (ports) => tidy(ports))).length).toBeLessThanOrEqual(3);
  expect(gateway.store.records.get("key.first")!.length).toBe(43);
  expect(ofStore(await callsOf(gateway, (ports) => tidy(ports)))).toEqual([]);
  const { deleted } = await gateway.reconcile();
  expect(deleted).toBeGreaterThan(250);
  expect([...gateway.store.records.keys()]).toEqual(["key.first"]);
});

describe("no operation but check, rebuild and sweep reads a whole table", () => {
  const scans = (calls: string[]) => calls.filter((call) => call === "ledger.scan").length;
  const OTHERS: [string, (ports: TestPorts, gateway: Gateway) => Promise<unknown>][] = [
    ["a revocation", (ports) => revoke(ports, ofUser(randomId()))],
    [
      "a revocation of a full record",
      (ports, gateway) =>
        carryOutBatch(
          ports,
          messages(gateway, 60).map((message) => ({ ...message, body: JSON.stringify(ofUser(uidIn("AB"))) })),
        ),
    ],
    ["a batch", (ports, gateway) => carryOutBatch(ports, messages(gateway, 500))],
    ["a lockdown", (ports) => lockdown(ports, LOCKDOWN)],
    ["a rotation", (ports) => rotate(ports, "v1")],
    ["a tidy", (ports) => tidy(ports)],
    ["a list of everybody's sessions", (ports) => listSessions(ports, { operation: "sessions" })],
    [
      "a revocation that finds the ledger's ETag wrong",
      (ports, gateway) => (gateway.disturb(), revoke(ports, ofUser(randomId()))),
    ],
  ];
  test.each(OTHERS)("%s does not", async (_, work) => {
    const gateway = await working();
    expect(scans(await callsOf(gateway, (ports) => work(ports, gateway)))).toBe(0);
  });
  test.each([
    ["check", check],
    ["sweep", reconcile],
  ] as const)("%s does", async (_, work) => {
    expect(scans(await callsOf(await working(), (ports) => work(ports)))).toBeGreaterThan(0);
  });
});

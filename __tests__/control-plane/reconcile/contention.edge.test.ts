/**
 * Nobody is kept from the end of what they do by others who write all the time, to a store with a record of every
 * shard.
 */
import { reconcile, tidy } from "../../../control-plane/reconcile/reconcile";
import { lockdown } from "../../../control-plane/revoker/lockdown";
import { revoke } from "../../../control-plane/revoker/revoke";
import {
  fill,
  type Gateway,
  gatewayInMemory,
  LOCKDOWN,
  ofUser,
  randomId,
  rotate,
  type TestPorts,
} from "../../support/control-plane/gateway";

/** Milliseconds between two writes of the others: more than ten a second. */
const EVERY = 90;
const ALL_RECORDS = 4096 + 1;

/** A store with a record of every shard. */
async function fullWorld(): Promise<Gateway> {
  const gateway = gatewayInMemory();
  fill(gateway);
  await gateway.reconcile();
  expect(gateway.store.records.size).toBe(ALL_RECORDS);
  return gateway;
}

interface Writer {
  /** @returns what came of its writes */
  stop(): Promise<PromiseSettledResult<unknown>[]>;
}

/** Another writer of the gateway's: its revocations come at their times, whether or not those before are done. */
function otherRevoker(gateway: Gateway): Writer {
  const done: Promise<unknown>[] = [];
  let isOn = true;
  const { ports } = gateway.instance();
  const loop = (async () => {
    while (isOn) {
      done.push(revoke(ports, ofUser(randomId())));
      await gateway.time.sleep(EVERY);
    }
  })();
  return { stop: async () => ((isOn = false), await loop, Promise.allSettled(done)) };
}

/** What it is, and in how many seconds it must end. */
const WORK: [string, number, (ports: TestPorts) => Promise<unknown>][] = [
  ["a lockdown", 30, (ports) => lockdown(ports, LOCKDOWN)],
  ["a rotation", 60, (ports) => rotate({ ...ports, propagation: 2, keyAnnouncement: 2 }, "v1")],
  ["a sweep", 900, (ports) => reconcile(ports)],
  ["a tidy", 60, (ports) => tidy(ports)],
  ["a revocation", 30, (ports) => revoke(ports, ofUser(randomId()))],
];

describe("among more than ten revocations a second", () => {
  test.each(WORK)("%s ends within %i s", async (what, limit, work) => {
    const gateway = await fullWorld();
    const before = gateway.keys().current;
    const other = otherRevoker(gateway);
    const begun = gateway.time.now();
    await gateway.run(work);
    const seconds = (gateway.time.now() - begun) / 1000;
    const others = await gateway.time.run(other.stop());
    expect(seconds).toBeLessThan(limit);
    expect(others.filter(({ status }) => status === "rejected")).toEqual([]);
    if (what === "a lockdown") expect(gateway.kidsInStore()).not.toContain(before);
  });

  test("a rebuild of a store that was wiped ends within 900 s, with a record of every shard", async () => {
    const gateway = await fullWorld();
    gateway.store.records.clear();
    const other = otherRevoker(gateway);
    const begun = gateway.time.now();
    await gateway.reconcile();
    expect((gateway.time.now() - begun) / 1000).toBeLessThan(900);
    await gateway.time.run(other.stop());
    expect(gateway.store.records.size).toBe(ALL_RECORDS);
  });
});

test("ten concurrent revokers lose none of each other's revocations", async () => {
  const gateway = await fullWorld();
  const users = Array.from({ length: 100 }, () => gateway.signIn());
  const revokers = Array.from({ length: 10 }, () => gateway.instance());
  await gateway.time.run(
    Promise.all(users.map(({ session: { uid } }, place) => revoke(revokers[place % 10]!.ports, ofUser(uid)))),
  );
  for (const signed of users) expect(await gateway.decide(signed)).toBe("login revoked");
});

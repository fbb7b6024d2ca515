/**
 * Nobody is kept from the end of what they do by others who write all the time, to a store with a record of every
 * shard.
 */
import { reconcile, tidy } from "../../../control-plane/reconcile/reconcile";
import { lockdown } from "../../../control-plane/revoker/lockdown";
import { revoke } from "../../../control-plane/revoker/revoke";
import type { Ports } from "../../../control-plane/ports";
import { fill, randomId, rotate, ROTATION, SETTINGS, twins, type World } from "../../support/control-plane-twins";

const LOCKDOWN = { operation: "lockdown", by: "operator:test", reason: "" } as const;
/** Milliseconds between two writes of the others: more than ten a second. */
const EVERY = 90;
const ALL_RECORDS = 4096 + 1;

/** A store with a record of every shard. */
async function fullWorld(): Promise<World> {
  const world = twins();
  fill(world);
  await world.time.run(reconcile(world.actor().ports, SETTINGS));
  expect(world.store.records.size).toBe(ALL_RECORDS);
  return world;
}

interface Writer {
  /** @returns what came of its writes */
  stop(): Promise<PromiseSettledResult<unknown>[]>;
}

/** Another writer of the gateway's: its revocations come at their times, whether or not those before are done. */
function otherRevoker(world: World): Writer {
  const done: Promise<unknown>[] = [];
  let isOn = true;
  const { ports } = world.actor();
  const loop = (async () => {
    while (isOn) {
      done.push(
        revoke(ports, SETTINGS, { version: 1, target: { type: "user", uid: randomId() }, by: "sign-out", reason: "" }),
      );
      await world.time.sleep(EVERY);
    }
  })();
  return { stop: async () => ((isOn = false), await loop, Promise.allSettled(done)) };
}

/** What it is, and in how many seconds it must end. */
const WORK: [string, number, (ports: Ports) => Promise<unknown>][] = [
  ["a lockdown", 30, (ports) => lockdown(ports, SETTINGS, LOCKDOWN)],
  ["a rotation", 60, (ports) => rotate(ports, "v1", { ...ROTATION, propagation: 2, keyAnnouncement: 2 })],
  ["a sweep", 900, (ports) => reconcile(ports, SETTINGS)],
  ["a tidy", 60, (ports) => tidy(ports, SETTINGS)],
  [
    "a revocation",
    30,
    (ports) =>
      revoke(ports, SETTINGS, {
        version: 1,
        target: { type: "user", uid: randomId() },
        by: "operator:test",
        reason: "",
      }),
  ],
];

describe("among more than ten revocations a second", () => {
  test.each(WORK)("%s ends within %i s", async (what, limit, work) => {
    const world = await fullWorld();
    const before = world.keys().current;
    const other = otherRevoker(world);
    const begun = world.time.now();
    await world.time.run(work(world.actor().ports));
    const seconds = (world.time.now() - begun) / 1000;
    const others = await world.time.run(other.stop());
    expect(seconds).toBeLessThan(limit);
    expect(others.filter(({ status }) => status === "rejected")).toEqual([]);
    if (what === "a lockdown") expect(world.kidsInStore()).not.toContain(before);
  });

  test("a rebuild of a store that was wiped ends within 900 s, with a record of every shard", async () => {
    const world = await fullWorld();
    world.store.records.clear();
    const other = otherRevoker(world);
    const begun = world.time.now();
    await world.time.run(reconcile(world.actor().ports, SETTINGS));
    expect((world.time.now() - begun) / 1000).toBeLessThan(900);
    await world.time.run(other.stop());
    expect(world.store.records.size).toBe(ALL_RECORDS);
  });
});

test("ten revokers at once lose no revocation of one another's", async () => {
  const world = await fullWorld();
  const users = Array.from({ length: 100 }, () => world.signIn());
  const revokers = Array.from({ length: 10 }, () => world.actor());
  await world.time.run(
    Promise.all(
      users.map(({ session: { uid } }, place) =>
        revoke(revokers[place % 10]!.ports, SETTINGS, {
          version: 1,
          target: { type: "user", uid },
          by: "operator:test",
          reason: "",
        }),
      ),
    ),
  );
  for (const signed of users) expect(await world.decide(signed)).toBe("login revoked");
});

/**
 * A lockdown and whatever else goes on at the same moment: no order of calls, and no crash between two, brings an older
 * key back.
 */
import { STEPS } from "../../../control-plane/key-rotator/steps";
import type { Ports } from "../../../control-plane/ports";
import { lockdown } from "../../../control-plane/revoker/lockdown";
import { reconcile, tidy } from "../../../control-plane/reconcile/reconcile";
import { revoke } from "../../../control-plane/revoker/revoke";
import type { RevocationCommand } from "../../../session/revocation";
import {
  atEveryCall,
  randomId,
  rotate,
  ROTATION,
  ROTATION_STEPS,
  SETTINGS,
  twins,
  type ActorOptions,
  type Signed,
  type World,
} from "../../support/control-plane-twins";

const LOCKDOWN = { operation: "lockdown", by: "operator:test", reason: "a key leaked" } as const;

interface Scene {
  world: World;
  older: string[];
  signed: Signed;
}

/** A gateway that has rotated once, with a session; its next rotation is so many steps on. */
async function gateway(steps: number, version = "v2"): Promise<Scene> {
  const world = twins({ hasKeys: false });
  const { ports } = world.actor();
  await world.time.run(rotate(ports, "v1"));
  const signed = world.signIn();
  for (const step of ROTATION_STEPS.slice(0, steps)) await world.time.run(STEPS[step]!(ports, ROTATION, version));
  return { world, signed, older: [...world.secret.values.values()].flatMap(({ keys }) => Object.keys(keys)) };
}

/** The ledger's items of a lockdown are written whatever comes; what is at stake comes after them. */
const isAfterRecord = (call: string) => call !== "ledger.revocations" && call !== "ledger.replaceRevocation";

const lockDown = (world: World) => world.time.run(lockdown(world.actor().ports, SETTINGS, LOCKDOWN));
const active = ({ secret }: World) => {
  const [current, pending] = ["AWSCURRENT", "AWSPENDING"].map((label) => secret.values.get(secret.labels.get(label)!));
  return Object.keys({ ...current!.keys, ...(pending?.keys[current!.current] ? pending.keys : {}) }).sort();
};

async function expectNoOlderKey({ world, older, signed }: Scene): Promise<void> {
  expect(world.kidsInStore().filter((kid) => older.includes(kid))).toEqual([]);
  expect(Object.keys(world.keys().keys).filter((kid) => older.includes(kid))).toEqual([]);
  expect(await world.decide(signed)).toBe("login key");
}

/** As Secrets Manager does, up to the step that says no. */
async function goOn({ time, actor }: World, from: number): Promise<void> {
  const { ports } = actor();
  for (const step of ROTATION_STEPS.slice(from)) {
    const [result] = await time.run(Promise.allSettled([STEPS[step]!(ports, ROTATION, "v2")]));
    if (result.status === "rejected") return;
  }
}

describe("a lockdown is not undone", () => {
  const late: [what: string, stepsBefore: number, work: (ports: Ports) => Promise<unknown>][] = [
    ...ROTATION_STEPS.map((step, place): [string, number, (ports: Ports) => Promise<unknown>] => [
      step,
      place,
      (ports) => STEPS[step]!(ports, ROTATION, "v2"),
    ]),
    ["setSecret that comes again when its rotation is over", 4, (ports) => STEPS["setSecret"]!(ports, ROTATION, "v2")],
    [
      "finishSecret that comes again when its rotation is over",
      4,
      (ports) => STEPS["finishSecret"]!(ports, ROTATION, "v2"),
    ],
    [
      "a revocation",
      2,
      (ports) =>
        revoke(ports, SETTINGS, {
          version: 1,
          target: { type: "user", uid: randomId() },
          by: "operator:late",
          reason: "",
        }),
    ],
    ["a tidy", 2, (ports) => tidy(ports, SETTINGS)],
    ["a sweep", 2, (ports) => reconcile(ports, SETTINGS)],
  ];

  test.each(late)(
    "by %s that stands still at any call while it runs, nor by the steps after it",
    async (_, steps, work) => {
      const places = await atEveryCall<Scene>(
        async (options: ActorOptions) => {
          const scene = await gateway(steps);
          return { scene, work: () => work(scene.world.actor(options).ports) };
        },
        async (scene) => {
          await lockDown(scene.world);
          await expectNoOlderKey(scene);
        },
        async (scene) => {
          await expectNoOlderKey(scene);
          // Nor does whoever writes next, by what the secret says now.
          await scene.world.time.run(tidy(scene.world.actor().ports, SETTINGS));
          await expectNoOlderKey(scene);
          // Whoever signs in now is let in.
          const fresh = scene.world.signIn();
          expect(await scene.world.decide(fresh)).toBe(`allow session ${fresh.session.uid}`);
          await goOn(scene.world, 0);
          await expectNoOlderKey(scene);
        },
      );
      expect(places).toBeGreaterThan(3);
    },
  );

  test.each(ROTATION_STEPS.map((_, steps) => steps))(
    "while it stands still at any call, by the rotation that goes on from step %i",
    async (steps) => {
      await atEveryCall<Scene>(
        async (options) => {
          const scene = await gateway(steps);
          return { scene, work: () => lockdown(scene.world.actor(options).ports, SETTINGS, LOCKDOWN) };
        },
        ({ world }) => goOn(world, steps),
        async (scene, _, result) => {
          expect(result.status).toBe("fulfilled");
          await expectNoOlderKey(scene);
          expect(scene.world.kidsInStore()).toEqual(active(scene.world));
        },
        isAfterRecord,
      );
    },
  );
});

describe("a lockdown that ends at any call is finished", () => {
  const next: [string, (ports: Ports) => Promise<unknown>][] = [
    [
      "the revocation of anybody",
      (ports) =>
        revoke(ports, SETTINGS, {
          version: 1,
          target: { type: "user", uid: randomId() },
          by: "sign-out",
          reason: "",
        } satisfies RevocationCommand),
    ],
    ["the next tidy", (ports) => tidy(ports, SETTINGS)],
    ["the next sweep", (ports) => reconcile(ports, SETTINGS)],
    ["the next step of a rotation", (ports) => rotate(ports, "v9")],
    ["saying it again", (ports) => lockdown(ports, SETTINGS, LOCKDOWN)],
  ];

  test.each(next)("by %s, from the replacement of the secret on", async (_, work) => {
    let places = 0;
    for (const fault of ["crash", "crash-after", "error"] as const) {
      for (let call = 1; ; call++) {
        const scene = await gateway(1);
        const { world } = scene;
        const before = world.keys().current;
        let seen = 0;
        const broken = world.actor({
          intercept: (name) => (isAfterRecord(name) && ++seen === call ? fault : undefined),
        });
        const [result] = await world.time.run(
          Promise.race([
            Promise.allSettled([lockdown(broken.ports, SETTINGS, LOCKDOWN)]),
            world.time.sleep(60_000).then(() => [undefined]),
          ]),
        );
        if (result?.status === "fulfilled") break;
        if (world.keys().current === before) continue;
        places += 1;
        await world.time.run(work(world.actor().ports));
        await expectNoOlderKey(scene);
        const fresh = world.signIn();
        expect(await world.decide(fresh)).toBe(`allow session ${fresh.session.uid}`);
      }
    }
    expect(places).toBeGreaterThan(10);
  });
});

test("a lockdown is one update of the store, whatever the number of keys and shards", async () => {
  const world = twins();
  const { ports } = world.actor();
  for (let day = 0; day < 32; day++) {
    await world.time.run(rotate(ports, `v${day + 1}`, { ...ROTATION, keyRetention: 31 * 86_400 }));
    await world.time.pass(86_400_000);
  }
  expect(Object.keys(world.keys().keys)).toHaveLength(33);
  const revoker = world.actor();
  await world.time.run(lockdown(revoker.ports, SETTINGS, LOCKDOWN));
  expect(revoker.calls.filter((call) => call.startsWith("store."))).toEqual(["store.update"]);
  expect(world.kidsInStore()).toEqual([world.keys().current]);
});

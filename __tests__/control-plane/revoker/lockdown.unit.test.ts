/**
 * A lockdown and whatever else goes on at the same moment: no order of calls, and no crash between two, brings an older
 * key back.
 */
import { STEPS } from "../../../control-plane/key-rotator/steps";
import { lockdown } from "../../../control-plane/revoker/lockdown";
import { reconcile, tidy } from "../../../control-plane/reconcile/reconcile";
import { revoke } from "../../../control-plane/revoker/revoke";
import {
  type Gateway,
  gatewayInMemory,
  type InstanceOptions,
  LOCKDOWN,
  ofUser,
  randomId,
  rotate,
  ROTATION_STEPS,
  type Signed,
  type TestPorts,
} from "../../support/control-plane/gateway";
import { atEveryCall } from "../../support/control-plane/every-call";

interface Scene {
  gateway: Gateway;
  older: string[];
  signed: Signed;
}

/** A gateway that has rotated once, with a session; its next rotation is so many steps on. */
async function rotatedGateway(steps: number, version = "v2"): Promise<Scene> {
  const gateway = gatewayInMemory({ hasKeys: false });
  const { ports } = gateway.instance();
  await gateway.time.run(rotate(ports, "v1"));
  const signed = gateway.signIn();
  for (const step of ROTATION_STEPS.slice(0, steps)) await gateway.time.run(STEPS[step]!(ports, version));
  return { gateway, signed, older: [...gateway.secret.values.values()].flatMap(({ keys }) => Object.keys(keys)) };
}

/** The ledger's items of a lockdown are written whatever comes; what is at stake comes after them. */
const isAfterRecord = (call: string) => call !== "ledger.revocations" && call !== "ledger.replaceRevocation";

const active = ({ secret }: Gateway) => {
  const [current, pending] = ["AWSCURRENT", "AWSPENDING"].map((label) => secret.values.get(secret.labels.get(label)!));
  return Object.keys({ ...current!.keys, ...(pending?.keys[current!.current] ? pending.keys : {}) }).sort();
};

async function expectNoOlderKey({ gateway, older, signed }: Scene): Promise<void> {
  expect(gateway.kidsInStore().filter((kid) => older.includes(kid))).toEqual([]);
  expect(Object.keys(gateway.keys().keys).filter((kid) => older.includes(kid))).toEqual([]);
  expect(await gateway.decide(signed)).toBe("login key");
}

/** As Secrets Manager does, up to the step that says no. */
async function goOn({ time, instance }: Gateway, from: number): Promise<void> {
  const { ports } = instance();
  for (const step of ROTATION_STEPS.slice(from)) {
    const [result] = await time.run(Promise.allSettled([STEPS[step]!(ports, "v2")]));
    if (result.status === "rejected") return;
  }
}

describe("a lockdown is not undone", () => {
  const late: [what: string, stepsBefore: number, work: (ports: TestPorts) => Promise<unknown>][] = [
    ...ROTATION_STEPS.map((step, place): [string, number, (ports: TestPorts) => Promise<unknown>] => [
      step,
      place,
      (ports) => STEPS[step]!(ports, "v2"),
    ]),
    ["setSecret that comes again when its rotation is over", 4, (ports) => STEPS["setSecret"]!(ports, "v2")],
    ["finishSecret that comes again when its rotation is over", 4, (ports) => STEPS["finishSecret"]!(ports, "v2")],
    ["a revocation", 2, (ports) => revoke(ports, ofUser(randomId()))],
    ["a tidy", 2, (ports) => tidy(ports)],
    ["a sweep", 2, (ports) => reconcile(ports)],
  ];

  test.each(late)(
    "by %s that stands still at any call while it runs, nor by the steps after it",
    async (_, steps, work) => {
      const places = await atEveryCall<Scene>(
        async (options: InstanceOptions) => {
          const scene = await rotatedGateway(steps);
          return { scene, work: () => work(scene.gateway.instance(options).ports) };
        },
        async (scene) => {
          await scene.gateway.lockdown();
          await expectNoOlderKey(scene);
        },
        async (scene) => {
          await expectNoOlderKey(scene);
          // Nor does whoever writes next, by what the secret says now.
          await scene.gateway.tidy();
          await expectNoOlderKey(scene);
          // Whoever signs in now is let in.
          const fresh = scene.gateway.signIn();
          expect(await scene.gateway.decide(fresh)).toBe(`allow session ${fresh.session.uid}`);
          await goOn(scene.gateway, 0);
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
          const scene = await rotatedGateway(steps);
          return { scene, work: () => lockdown(scene.gateway.instance(options).ports, LOCKDOWN) };
        },
        ({ gateway }) => goOn(gateway, steps),
        async (scene, _, result) => {
          expect(result.status).toBe("fulfilled");
          await expectNoOlderKey(scene);
          expect(scene.gateway.kidsInStore()).toEqual(active(scene.gateway));
        },
        isAfterRecord,
      );
    },
  );
});

describe("a lockdown that ends at any call is finished", () => {
  const next: [string, (ports: TestPorts) => Promise<unknown>][] = [
    ["the revocation of anybody", (ports) => revoke(ports, ofUser(randomId()))],
    ["the next tidy", (ports) => tidy(ports)],
    ["the next sweep", (ports) => reconcile(ports)],
    ["the next step of a rotation", (ports) => rotate(ports, "v9")],
    ["saying it again", (ports) => lockdown(ports, LOCKDOWN)],
  ];

  test.each(next)("by %s, from the replacement of the secret on", async (_, work) => {
    let places = 0;
    for (const fault of ["crash", "crash-after", "error"] as const) {
      for (let call = 1; ; call++) {
        const scene = await rotatedGateway(1);
        const { gateway } = scene;
        const before = gateway.keys().current;
        let seen = 0;
        const broken = gateway.instance({
          intercept: (name) => (isAfterRecord(name) && ++seen === call ? fault : undefined),
        });
        const [result] = await gateway.time.run(
          Promise.race([
            Promise.allSettled([lockdown(broken.ports, LOCKDOWN)]),
            gateway.time.sleep(60_000).then(() => [undefined]),
          ]),
        );
        if (result?.status === "fulfilled") break;
        if (gateway.keys().current === before) continue;
        places += 1;
        await gateway.run(work);
        await expectNoOlderKey(scene);
        const fresh = gateway.signIn();
        expect(await gateway.decide(fresh)).toBe(`allow session ${fresh.session.uid}`);
      }
    }
    expect(places).toBeGreaterThan(10);
  });
});

test("a lockdown is one update of the store, whatever the number of keys and shards", async () => {
  const gateway = gatewayInMemory();
  const { ports } = gateway.instance();
  for (let day = 0; day < 32; day++) {
    await gateway.time.run(rotate({ ...ports, keyRetention: 31 * 86_400 }, `v${day + 1}`));
    await gateway.time.pass(86_400_000);
  }
  expect(Object.keys(gateway.keys().keys)).toHaveLength(33);
  const revoker = gateway.instance();
  await gateway.time.run(lockdown(revoker.ports, LOCKDOWN));
  expect(revoker.calls.filter((call) => call.startsWith("store."))).toEqual(["store.update"]);
  expect(gateway.kidsInStore()).toEqual([gateway.keys().current]);
});

/** A rotation, call by call: every edge and every handler knows a key before it signs, whatever happens in between. */
import { STEPS } from "../../../control-plane/key-rotator/steps";
import { tidy } from "../../../control-plane/reconcile/reconcile";
import { revoke } from "../../../control-plane/revoker/revoke";
import { KEY_ANNOUNCEMENT, KEY_CACHE, PROPAGATION } from "../../../session/timing";
import {
  type Gateway,
  gatewayInMemory,
  ofUser,
  rotate,
  ROTATION_STEPS,
  type TestPorts,
} from "../../support/control-plane/gateway";

interface Moment {
  at: number;
  signs: string | undefined;
  known: string[];
  inStore: string[];
}

/** What handlers and edges see, whenever it changes. */
function watch(gateway: Gateway): { moments: Moment[]; answered: () => void } {
  const moments: Moment[] = [];
  const answered = () => {
    const keys = gateway.secret.labels.has("AWSCURRENT") ? gateway.keys() : undefined;
    moments.push({
      at: gateway.time.now() / 1000,
      signs: keys?.current,
      known: Object.keys(keys?.keys ?? {}),
      inStore: gateway.kidsInStore(),
    });
  };
  return { moments, answered };
}

/** Seconds for which the key that signs in the end was known to handlers, and to edges, before it signed. */
function notice(moments: Moment[], kid: string): { handlers: number; edges: number } {
  const since = (is: (moment: Moment) => boolean) => moments.find(is)!.at;
  const signs = since((moment) => moment.signs === kid);
  return {
    handlers: signs - since(({ known }) => known.includes(kid)),
    edges: signs - since(({ inStore }) => inStore.includes(kid)),
  };
}

test("the new key is at the edges for PROPAGATION seconds and in AWSCURRENT for KEY_ANNOUNCEMENT seconds before it signs", async () => {
  const gateway = gatewayInMemory();
  const before = gateway.keys().current;
  const { moments, answered } = watch(gateway);
  await gateway.time.run(rotate(gateway.instance({ answered }).ports, "v1"));
  const { current } = gateway.keys();
  expect(current).not.toBe(before);
  const { handlers, edges } = notice(moments, current);
  expect(handlers).toBeGreaterThanOrEqual(KEY_ANNOUNCEMENT);
  expect(KEY_ANNOUNCEMENT).toBeGreaterThan(KEY_CACHE);
  expect(edges).toBeGreaterThanOrEqual(PROPAGATION + KEY_ANNOUNCEMENT);
  // The announcement changes nothing but that.
  const previous = gateway.secret.values.get(gateway.secret.labels.get("AWSPREVIOUS")!)!;
  expect(previous.current).toBe(before);
  expect(previous.keys).toEqual(gateway.keys().keys);
});

test("in which any call crashes, and which is started again at the first step, announces its key for as long", async () => {
  for (const fault of ["crash", "crash-after", "error"] as const) {
    for (let place = 1; ; place++) {
      const gateway = gatewayInMemory();
      const { moments, answered } = watch(gateway);
      let isBroken = false;
      const instance = gateway.instance({
        answered,
        intercept: (_, number) => (number === place ? ((isBroken = true), answered(), fault) : undefined),
      });
      await gateway.time.run(
        Promise.race([Promise.allSettled([rotate(instance.ports, "v1")]), gateway.time.sleep(1_000_000)]),
      );
      if (!isBroken) break;
      await gateway.time.run(rotate(gateway.instance({ answered }).ports, "v1"));
      expect(notice(moments, gateway.keys().current).handlers).toBeGreaterThanOrEqual(KEY_ANNOUNCEMENT);
      expect(gateway.kidsInStore()).toEqual(Object.keys(gateway.keys().keys).sort());
      expect(gateway.secret.labels.has("AWSPENDING")).toBe(false);
      const fresh = gateway.signIn();
      expect(await gateway.decide(fresh)).toBe(`allow session ${fresh.session.uid}`);
    }
  }
});

test("nobody's token is refused at any call of three rotations, with a tidy and revocations in between", async () => {
  const gateway = gatewayInMemory();
  await gateway.tidy();
  const users = [gateway.signIn()];
  const decisions = new Set<string>();
  const answered = async () => {
    for (const user of users)
      decisions.add((await gateway.decide(user)) === `allow session ${user.session.uid}` ? "allowed" : "refused");
  };
  for (let rotation = 0; rotation < 3; rotation++) {
    for (const step of ROTATION_STEPS) {
      users.push(gateway.signIn({ expiresAt: gateway.now() + 5000 }));
      users[0] = gateway.reissue({
        ...users[0]!,
        session: { ...users[0]!.session, expiresAt: gateway.now() + 5000 },
      });
      const instance = gateway.instance({ answered });
      await gateway.time.run(
        Promise.all([
          STEPS[step]!(instance.ports, `v${rotation + 1}`),
          tidy(gateway.instance().ports),
          revoke(gateway.instance().ports, ofUser("nobody-of-these00")),
        ]),
      );
    }
  }
  expect([...decisions]).toEqual(["allowed"]);
});

describe("a crash between the secret and the store is mended", () => {
  const cures: [string, (ports: TestPorts) => Promise<unknown>][] = [
    ["the next tidy", (ports) => tidy(ports)],
    ["the next revocation", (ports) => revoke(ports, ofUser("somebody-else-00"))],
    ["the same rotation again", (ports) => rotate(ports, "v9")],
  ];
  test.each(cures)(
    "by %s, at every call of a rotation: whoever signs in is let in, and only active keys have records",
    async (_, cure) => {
      for (const fault of ["crash", "crash-after"] as const) {
        for (let place = 1; ; place++) {
          const gateway = gatewayInMemory();
          await gateway.tidy();
          let isBroken = false;
          const instance = gateway.instance({
            intercept: (__, number) => (number === place ? ((isBroken = true), fault) : undefined),
          });
          await gateway.time.run(Promise.race([rotate(instance.ports, "v9"), gateway.time.sleep(1_000_000)]));
          if (!isBroken) break;
          await gateway.run(cure);
          const fresh = gateway.signIn();
          expect(await gateway.decide(fresh)).toBe(`allow session ${fresh.session.uid}`);
          const pending = gateway.secret.values.get(gateway.secret.labels.get("AWSPENDING") ?? "")?.keys ?? {};
          const active = Object.keys({ ...gateway.keys().keys, ...pending });
          expect(gateway.kidsInStore().filter((kid) => !active.includes(kid))).toEqual([]);
          expect(gateway.kidsInStore()).toEqual(expect.arrayContaining(Object.keys(gateway.keys().keys)));
        }
      }
    },
  );
});

test("thirty-three keys at once fit: a rotation a day, sessions of thirty days, revocations in between", async () => {
  const gateway = gatewayInMemory();
  const keyRetention = 30 * 86_400 + 25 * 3600;
  const first = gateway.signIn({ expiresAt: 2_000_000_000 });
  for (let day = 1; day <= 40; day++) {
    const { ports } = gateway.instance();
    await gateway.time.run(rotate({ ...ports, keyRetention }, `v${day}`));
    await gateway.revoke(ofUser("nobody-of-these00", { reason: `${day}` }));
    if (day === 29) expect(await gateway.decide(first)).toBe(`allow session ${first.session.uid}`);
    await gateway.time.pass(86_400_000);
  }
  expect(Object.keys(gateway.keys().keys).length).toBeGreaterThanOrEqual(33);
  expect(gateway.kidsInStore()).toEqual(Object.keys(gateway.keys().keys).sort());
  expect(await gateway.decide(first)).toBe("login key");
});

test("fifty keys do not fit: it says so instead of dropping one, and revocations go on", async () => {
  const gateway = gatewayInMemory();
  const keyRetention = 400 * 86_400;
  const rotations = (async () => {
    for (let day = 1; day <= 60; day++) await rotate({ ...gateway.instance().ports, keyRetention }, `v${day}`);
  })();
  await expect(gateway.time.run(rotations)).rejects.toThrow(
    /there are 48 session keys that active sessions may be signed with; rotate them less often/,
  );
  expect(gateway.kidsInStore()).toEqual(Object.keys(gateway.keys().keys).sort());
  const user = gateway.signIn();
  await gateway.revoke(ofUser(user.session.uid));
  expect(await gateway.decide(user)).toBe("login revoked");
});

test("testSecret gives up by name where the store has no record of the new key", async () => {
  const gateway = gatewayInMemory();
  const { ports } = gateway.instance();
  for (const step of ["createSecret", "setSecret"]) await gateway.time.run(STEPS[step]!(ports, "v1"));
  gateway.store.records.clear();
  await expect(gateway.time.run(STEPS["testSecret"]!(ports, "v1"))).rejects.toThrow(
    "the store has no record of the new key",
  );
});

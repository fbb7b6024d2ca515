/** A rotation, call by call: every edge and every handler knows a key before it signs, whatever happens in between. */
import { STEPS } from "../../../control-plane/key-rotator/steps";
import { tidy } from "../../../control-plane/reconcile/reconcile";
import { revoke } from "../../../control-plane/revoker/revoke";
import type { Ports } from "../../../control-plane/ports";
import { KEY_ANNOUNCEMENT, KEY_CACHE, PROPAGATION } from "../../../session/timing";
import { rotate, ROTATION, ROTATION_STEPS, SETTINGS, twins, type World } from "../../support/control-plane-twins";

interface Moment {
  at: number;
  signs: string | undefined;
  known: string[];
  inStore: string[];
}

/** What handlers and edges see, whenever it changes. */
function watch(world: World): { moments: Moment[]; answered: () => void } {
  const moments: Moment[] = [];
  const answered = () => {
    const keys = world.secret.labels.has("AWSCURRENT") ? world.keys() : undefined;
    moments.push({
      at: world.time.now() / 1000,
      signs: keys?.current,
      known: Object.keys(keys?.keys ?? {}),
      inStore: world.kidsInStore(),
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
  const world = twins();
  const before = world.keys().current;
  const { moments, answered } = watch(world);
  await world.time.run(rotate(world.actor({ answered }).ports, "v1"));
  const { current } = world.keys();
  expect(current).not.toBe(before);
  const { handlers, edges } = notice(moments, current);
  expect(handlers).toBeGreaterThanOrEqual(KEY_ANNOUNCEMENT);
  expect(KEY_ANNOUNCEMENT).toBeGreaterThan(KEY_CACHE);
  expect(edges).toBeGreaterThanOrEqual(PROPAGATION + KEY_ANNOUNCEMENT);
  // The announcement changes nothing but that.
  const previous = world.secret.values.get(world.secret.labels.get("AWSPREVIOUS")!)!;
  expect(previous.current).toBe(before);
  expect(previous.keys).toEqual(world.keys().keys);
});

test("in which any call crashes, and which is started again at the first step, announces its key for as long", async () => {
  for (const fault of ["crash", "crash-after", "error"] as const) {
    for (let place = 1; ; place++) {
      const world = twins();
      const { moments, answered } = watch(world);
      let isBroken = false;
      const actor = world.actor({
        answered,
        intercept: (_, number) => (number === place ? ((isBroken = true), answered(), fault) : undefined),
      });
      await world.time.run(
        Promise.race([Promise.allSettled([rotate(actor.ports, "v1")]), world.time.sleep(1_000_000)]),
      );
      if (!isBroken) break;
      await world.time.run(rotate(world.actor({ answered }).ports, "v1"));
      expect(notice(moments, world.keys().current).handlers).toBeGreaterThanOrEqual(KEY_ANNOUNCEMENT);
      expect(world.kidsInStore()).toEqual(Object.keys(world.keys().keys).sort());
      expect(world.secret.labels.has("AWSPENDING")).toBe(false);
      const fresh = world.signIn();
      expect(await world.decide(fresh)).toBe(`allow session ${fresh.session.uid}`);
    }
  }
});

test("nobody's token is refused at any call of three rotations, with a tidy and revocations in between", async () => {
  const world = twins();
  await world.time.run(tidy(world.actor().ports, SETTINGS));
  const users = [world.signIn()];
  const decisions = new Set<string>();
  const answered = async () => {
    for (const user of users)
      decisions.add((await world.decide(user)) === `allow session ${user.session.uid}` ? "allowed" : "refused");
  };
  for (let rotation = 0; rotation < 3; rotation++) {
    for (const step of ROTATION_STEPS) {
      users.push(world.signIn({ expiresAt: Math.floor(world.time.now() / 1000) + 5000 }));
      users[0] = world.reissue({
        ...users[0]!,
        session: { ...users[0]!.session, expiresAt: Math.floor(world.time.now() / 1000) + 5000 },
      });
      const actor = world.actor({ answered });
      await world.time.run(
        Promise.all([
          STEPS[step]!(actor.ports, ROTATION, `v${rotation + 1}`),
          tidy(world.actor().ports, SETTINGS),
          revoke(world.actor().ports, SETTINGS, {
            version: 1,
            target: { type: "user", uid: "nobody-of-these00" },
            by: "b",
            reason: "",
          }),
        ]),
      );
    }
  }
  expect([...decisions]).toEqual(["allowed"]);
});

describe("a crash between the secret and the store is mended", () => {
  const cures: [string, (ports: Ports) => Promise<unknown>][] = [
    ["the next tidy", (ports) => tidy(ports, SETTINGS)],
    [
      "the next revocation",
      (ports) =>
        revoke(ports, SETTINGS, { version: 1, target: { type: "user", uid: "somebody-else-00" }, by: "b", reason: "" }),
    ],
    ["the same rotation again", (ports) => rotate(ports, "v9")],
  ];
  test.each(cures)(
    "by %s, at every call of a rotation: whoever signs in is let in, and only active keys have records",
    async (_, cure) => {
      for (const fault of ["crash", "crash-after"] as const) {
        for (let place = 1; ; place++) {
          const world = twins();
          await world.time.run(tidy(world.actor().ports, SETTINGS));
          let isBroken = false;
          const actor = world.actor({
            intercept: (__, number) => (number === place ? ((isBroken = true), fault) : undefined),
          });
          await world.time.run(Promise.race([rotate(actor.ports, "v9"), world.time.sleep(1_000_000)]));
          if (!isBroken) break;
          await world.time.run(cure(world.actor().ports));
          const fresh = world.signIn();
          expect(await world.decide(fresh)).toBe(`allow session ${fresh.session.uid}`);
          const pending = world.secret.values.get(world.secret.labels.get("AWSPENDING") ?? "")?.keys ?? {};
          const active = Object.keys({ ...world.keys().keys, ...pending });
          expect(world.kidsInStore().filter((kid) => !active.includes(kid))).toEqual([]);
          expect(world.kidsInStore()).toEqual(expect.arrayContaining(Object.keys(world.keys().keys)));
        }
      }
    },
  );
});

test("thirty-three keys at once fit: a rotation a day, sessions of thirty days, revocations in between", async () => {
  const world = twins();
  const settings = { ...ROTATION, keyRetention: 30 * 86_400 + 25 * 3600 };
  const first = world.signIn({ expiresAt: 2_000_000_000 });
  for (let day = 1; day <= 40; day++) {
    const { ports } = world.actor();
    await world.time.run(rotate(ports, `v${day}`, settings));
    await world.time.run(
      revoke(ports, SETTINGS, {
        version: 1,
        target: { type: "user", uid: "nobody-of-these00" },
        by: "b",
        reason: `${day}`,
      }),
    );
    if (day === 29) expect(await world.decide(first)).toBe(`allow session ${first.session.uid}`);
    await world.time.pass(86_400_000);
  }
  expect(Object.keys(world.keys().keys).length).toBeGreaterThanOrEqual(33);
  expect(world.kidsInStore()).toEqual(Object.keys(world.keys().keys).sort());
  expect(await world.decide(first)).toBe("login key");
});

test("fifty keys do not fit: it says so instead of dropping one, and revocations go on", async () => {
  const world = twins();
  const settings = { ...ROTATION, keyRetention: 400 * 86_400 };
  const rotations = (async () => {
    for (let day = 1; day <= 60; day++) await rotate(world.actor().ports, `v${day}`, settings);
  })();
  await expect(world.time.run(rotations)).rejects.toThrow(
    /there are 48 session keys that active sessions may be signed with; rotate them less often/,
  );
  expect(world.kidsInStore()).toEqual(Object.keys(world.keys().keys).sort());
  const user = world.signIn();
  await world.time.run(
    revoke(world.actor().ports, SETTINGS, {
      version: 1,
      target: { type: "user", uid: user.session.uid },
      by: "b",
      reason: "",
    }),
  );
  expect(await world.decide(user)).toBe("login revoked");
});

test("testSecret gives up by name where the store has no record of the new key", async () => {
  const world = twins();
  const { ports } = world.actor();
  for (const step of ["createSecret", "setSecret"]) await world.time.run(STEPS[step]!(ports, ROTATION, "v1"));
  world.store.records.clear();
  await expect(world.time.run(STEPS["testSecret"]!(ports, ROTATION, "v1"))).rejects.toThrow(
    "the store has no record of the new key",
  );
});

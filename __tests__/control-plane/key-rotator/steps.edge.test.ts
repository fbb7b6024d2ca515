/** What each step of the shipped rotator leaves behind, however often it is called, and whom it refuses. */
import { randomUUID } from "node:crypto";
import { KEY_ID, tokenKey } from "../../../session/keys";
import { hmac } from "../../../session/node-hash";
import { startControlPlane, type ControlPlane } from "../../support/control-plane/bundles";
import { startMoto, type Moto } from "../../support/moto";
import { describeWith } from "../../support/tools";

const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"];

describeWith("moto", "the key rotator", (path) => {
  let moto: Moto;
  let plane: ControlPlane;
  beforeAll(async () => void (moto = await startMoto(path)));
  afterAll(() => moto?.close());
  afterEach(() => plane.close());
  const begin = async (options = {}) => void (plane = await startControlPlane(moto.endpoint, options));

  const kidsInStore = () =>
    Object.keys(plane.store.records)
      .filter((name) => name.startsWith("key."))
      .map((name) => name.slice(4))
      .sort();

  test("gives a secret that has no version its first key, and the store one record", async () => {
    await begin({ hasKeys: false });
    expect(await plane.labels()).toEqual({});
    const version = await plane.rotate();
    const { current, keys } = await plane.keys();
    expect(current).toMatch(KEY_ID);
    expect(Object.keys(keys)).toEqual([current]);
    expect((await plane.labels())[version]).toContain("AWSCURRENT");
    expect(plane.store.records).toEqual({ [`key.${current}`]: tokenKey(hmac, keys[current]!) });
  });

  test("announces the new key before it signs, and keeps the one before while sessions that it signed may live", async () => {
    await begin({ keyAnnouncement: 2 });
    const [first, signed] = [await plane.keys(), await plane.signIn()];
    const version = randomUUID();
    for (const step of STEPS.slice(0, 3)) {
      await plane.step(step, version);
      expect(await plane.keys()).toEqual(first);
    }
    const { current: next } = await plane.keys("AWSPENDING");
    const seen: { at: number; current: string; knows: boolean }[] = [];
    plane.watch(async (operation) => {
      if (operation !== "UpdateSecretVersionStage" && operation !== "UpdateKeys" && operation !== "DescribeSecret")
        return undefined;
      const { current, keys } = await plane.keys();
      seen.push({ at: Date.now(), current, knows: Object.hasOwn(keys, next) });
      return undefined;
    });
    await plane.step("finishSecret", version);
    plane.unwatch();
    const announced = seen.filter(({ current, knows }) => current === first.current && knows);
    expect(announced.length).toBeGreaterThan(0);
    expect(announced.at(-1)!.at - seen.filter(({ knows }) => !knows).at(-1)!.at).toBeGreaterThanOrEqual(2000);
    expect(await plane.keys()).toMatchObject({ current: next, keys: first.keys });
    expect(kidsInStore()).toEqual([first.current, next].sort());
    const fresh = await plane.signIn();
    for (const one of [signed, fresh]) expect(await plane.decide(one)).toBe(`allow session ${one.session.uid}`);
    expect(Object.values(await plane.labels()).flat()).not.toContain("AWSPENDING");
  });

  test("drops the records of keys that no active session is signed with, and nothing that is not its own", async () => {
    await begin({ keyRetention: 0 });
    const { current: first } = await plane.keys();
    plane.store.write({ ...plane.store.records, "note to self": "not a record" });
    for (let rotation = 0; rotation < 3; rotation++) {
      plane.clock.advance(3600);
      await plane.rotate();
    }
    expect(kidsInStore()).toEqual(Object.keys((await plane.keys()).keys).sort());
    expect(kidsInStore()).not.toContain(first);
    expect(plane.store.records["note to self"]).toBe("not a record");
  });

  test("changes nothing when any step is repeated", async () => {
    await begin();
    const version = randomUUID();
    for (const step of STEPS) {
      await plane.step(step, version);
      const state = async () => JSON.stringify([plane.store.records, await plane.labels(), await plane.keys()]);
      const [before, updates] = [await state(), plane.store.calls.filter((call) => call === "UpdateKeys").length];
      await plane.step(step, version);
      expect(await state()).toBe(before);
      expect(plane.store.calls.filter((call) => call === "UpdateKeys")).toHaveLength(updates);
    }
  });

  test.each(["error", "throttle", "lost"] as const)(
    "loses nothing by the fault %s at any fourth of its calls, where Secrets Manager starts it again",
    async (fault) => {
      await begin();
      let total = 0;
      plane.watch((_, call) => void (total = call));
      await plane.rotate();
      // At every call: rotation.unit.test.ts.
      for (let place = { error: 1, throttle: 2, lost: 3 }[fault]; place <= total; place += 4) {
        const signed = await plane.signIn();
        const version = randomUUID();
        plane.watch((_, call) => (call === place ? fault : undefined));
        await plane.rotate(version).catch(() => plane.rotate(version));
        plane.unwatch();
        const { current, keys } = await plane.keys();
        expect(Object.keys(keys)).toContain(current);
        expect(kidsInStore()).toEqual(Object.keys(keys).sort());
        expect(await plane.decide(signed)).toBe(`allow session ${signed.session.uid}`);
        plane.clock.advance(100);
      }
    },
  );

  describe("fails and changes nothing", () => {
    test.each([
      ["a step of nobody's", "dropSecret", "unknown: only Secrets Manager's rotation steps are answered"],
      ["a member of every object", "toString", "unknown: only Secrets Manager's rotation steps are answered"],
      [
        "a version that is not being rotated",
        "setSecret",
        "setSecret: the version .* is not pending; start a new rotation",
      ],
      [
        "the promotion of such a version",
        "finishSecret",
        "finishSecret: the version .* is not pending; start a new rotation",
      ],
    ])("at %s", async (_, step, message) => {
      await begin();
      const before = JSON.stringify([plane.store.records, await plane.labels()]);
      await expect(plane.step(step, randomUUID())).rejects.toThrow(new RegExp(message));
      expect(JSON.stringify([plane.store.records, await plane.labels()])).toBe(before);
    });

    test("at a repeated finishSecret of an earlier rotation: no old key comes back", async () => {
      await begin();
      const old = await plane.rotate();
      await plane.rotate();
      const before = await plane.keys();
      await expect(plane.step("finishSecret", old)).rejects.toThrow("is not pending");
      expect(await plane.keys()).toEqual(before);
    });

    test("at testSecret while the store has no record of the new key", async () => {
      await begin();
      const version = randomUUID();
      for (const step of ["createSecret", "setSecret"]) await plane.step(step, version);
      const { current } = await plane.keys("AWSPENDING");
      plane.store.write(
        Object.fromEntries(Object.entries(plane.store.records).filter(([name]) => name !== `key.${current}`)),
      );
      await expect(plane.step("testSecret", version)).rejects.toThrow("the store has no record of the new key");
    });
  });
});

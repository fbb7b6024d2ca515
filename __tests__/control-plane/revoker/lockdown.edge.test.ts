/** A lockdown by the shipped bundles ends every session, whatever else is going on. */
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { LockdownRequest } from "../../../control-plane/revoker/command";
import { GATEWAY_PARTS } from "../../../ledger/tables";
import type { Signed } from "../../support/control-plane/bundles";
import { describeWithControlPlane } from "../../support/control-plane/describe";

const LOCKDOWN: LockdownRequest = { operation: "lockdown", by: "operator:test", reason: "the store's keys leaked" };
const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"];

describeWithControlPlane("a lockdown", "new", (plane, startOther) => {
  const allowed = ({ session }: Signed) => `allow session ${session.uid}`;
  const kidsInStore = () =>
    Object.keys(plane.store.records)
      .filter((name) => name.startsWith("key."))
      .map((name) => name.slice(4));

  /** One key is left, in the secret and in the store, and the gate knows no token of another one. */
  async function expectLockedDown(sessions: Signed[], older: string[]): Promise<void> {
    const keys = await plane.keys();
    expect(older).not.toContain(keys.current);
    expect(Object.keys(keys.keys)).toEqual([keys.current]);
    expect(kidsInStore()).toEqual([keys.current]);
    for (const signed of sessions) expect(await plane.decide(signed)).toBe("login key");
    const fresh = await plane.signIn();
    expect(await plane.decide(fresh)).toBe(allowed(fresh));
    expect((await plane.revocations()).filter(({ kind }) => kind === "gateway")).toHaveLength(GATEWAY_PARTS.length);
  }

  test("ends every session, under every key, by one call of the store, and says what it did", async () => {
    const first = await plane.signIn();
    const { current: oldest } = await plane.keys();
    await plane.rotate();
    const second = await plane.signIn();
    const { current: older } = await plane.keys();
    plane.store.calls.length = 0;
    const answer = await plane.carryOut(LOCKDOWN);
    expect(plane.store.calls).toEqual(["UpdateKeys"]);
    expect(answer).toMatchObject({
      revocation: { kind: "gateway", by: "operator:test", reason: LOCKDOWN.reason },
      kid: (await plane.keys()).current,
      deleted: 2,
    });
    await expectLockedDown([first, second], [oldest, older]);
    expect(
      Object.values(await plane.labels())
        .flat()
        .sort(),
    ).toEqual(["AWSCURRENT", "EDGEGATE_NEXT"]);
  });

  test("is not undone by a rotation that stands still at any fourth call while it runs, and whose steps come again", async () => {
    // At any call: lockdown.unit.test.ts.
    for (let place = 2; ; place += 4) {
      const [signed, { current: older }] = [await plane.signIn(), await plane.keys()];
      let calls = 0;
      let resume: () => void = () => undefined;
      const resumed = new Promise<void>((resolve) => void (resume = resolve));
      let reached: () => void = () => undefined;
      const isThere = new Promise<void>((resolve) => void (reached = resolve));
      plane.watch(async () => {
        if (++calls !== place) return undefined;
        reached();
        await resumed;
        return undefined;
      });
      const version = randomUUID();
      const rotation = plane.rotate(version).then(
        () => true,
        () => false,
      );
      const isOver = await Promise.race([rotation.then(() => true), isThere.then(() => false)]);
      plane.unwatch();
      if (isOver) break;
      await plane.carryOut(LOCKDOWN);
      resume();
      await rotation;
      // A repeated step, late.
      for (const step of ["setSecret", "finishSecret"]) await plane.step(step, version).catch(() => undefined);
      expect(Object.keys((await plane.keys()).keys)).not.toContain(older);
      expect(kidsInStore()).not.toContain(older);
      expect(await plane.decide(signed)).toBe("login key");
      const fresh = await plane.signIn();
      expect(await plane.decide(fresh)).toBe(allowed(fresh));
    }
  });

  test.each([1, 2, 3])(
    "after %i steps of a rotation: the rotation stops, and the next one goes its way",
    async (steps) => {
      const signed = await plane.signIn();
      const { current: older } = await plane.keys();
      const version = randomUUID();
      for (const step of STEPS.slice(0, steps)) await plane.step(step, version);
      await plane.carryOut(LOCKDOWN);
      for (const step of STEPS.slice(steps)) await expect(plane.step(step, version)).rejects.toThrow("is not pending");
      await expectLockedDown([signed], [older]);
      await plane.rotate();
      expect(Object.keys((await plane.keys()).keys)).not.toContain(older);
      expect(kidsInStore()).not.toContain(older);
      expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true });
    },
  );

  test("ends within 30 s, with as many records as there are shards and others who revoke all the time", async () => {
    const filler = Object.fromEntries(
      Array.from({ length: 4096 }, (_, place) => [`filler.${place}`, "x".repeat(1000)]),
    );
    plane.store.write({ ...plane.store.records, ...filler });
    const { current: older } = await plane.keys();
    const second = await plane.another();
    let isOn = true;
    let revoked = 0;
    const revokeOthers = async () => {
      for (; isOn; revoked++) {
        const { session } = await plane.signIn();
        await second.invoke({
          operation: "revoke",
          command: { version: 1, target: { type: "user", uid: session.uid }, by: "operator:test", reason: "" },
        });
      }
    };
    const others = Promise.all([revokeOthers(), revokeOthers()]);
    while (revoked < 2) await setTimeout(10);
    const begun = Date.now();
    await plane.carryOut(LOCKDOWN);
    expect(Date.now() - begun).toBeLessThan(30_000);
    isOn = false;
    await others;
    expect(kidsInStore()).not.toContain(older);
  });

  test.each([
    "PutItem",
    "DescribeSecret",
    "GetSecretValue",
    "PutSecretValue",
    "UpdateSecretVersionStage",
    "UpdateKeys",
  ])("in which %s fails for good is reported, and finished by saying it again", async (operation) => {
    const signed = await plane.signIn();
    const { current: older } = await plane.keys();
    if (operation === "GetSecretValue") await plane.crash();
    plane.watch((called) => (called === operation ? "error" : undefined));
    await expect(plane.ask(LOCKDOWN)).rejects.toThrow(/^Error: [A-Za-z]+\n/);
    plane.unwatch();
    await plane.carryOut(LOCKDOWN);
    await expectLockedDown([signed], [older]);
  });

  test("that failed after the secret was replaced is finished by anybody's revocation, or the next tidy", async () => {
    for (const next of ["revoke", "tidy"] as const) {
      const { current: older } = await plane.keys();
      plane.watch((called) => (called === "UpdateKeys" ? "error" : undefined));
      await expect(plane.ask(LOCKDOWN)).rejects.toThrow();
      plane.unwatch();
      expect(kidsInStore()).toContain(older);
      const command = {
        version: 1,
        target: { type: "user", uid: "somebody-else-00" },
        by: "sign-out",
        reason: next,
      } as const;
      await plane.carryOut(next === "revoke" ? { operation: next, command } : { operation: next });
      expect(kidsInStore()).toEqual([(await plane.keys()).current]);
    }
  });

  test("by a gateway that has no key yet is recorded, and says what is missing", async () => {
    const bare = await startOther({ hasKeys: false });
    await expect(bare.ask(LOCKDOWN)).rejects.toThrow("there are no session keys yet; rotate them first");
    expect((await bare.revocations()).filter(({ kind }) => kind === "gateway")).toHaveLength(GATEWAY_PARTS.length);
    await bare.close();
  });
});

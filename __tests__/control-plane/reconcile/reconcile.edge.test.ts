/** The store as the ledger says it must be: compared, made right, swept, whatever happened to it. */
import { setTimeout } from "node:timers/promises";
import type { RevocationCommand } from "../../../session/revocation";
import { shardOf } from "../../../session/shard";
import { ENTRY_MARGIN } from "../../../session/timing";
import type { Signed } from "../../support/control-plane/bundles";
import { TOKEN_SECONDS } from "../../support/control-plane/lifetimes";
import { describeWithControlPlane } from "../../support/control-plane/describe";

describeWithControlPlane("the store", "new", (plane) => {
  const user = ({ session }: Signed): RevocationCommand => ({
    version: 1,
    target: { type: "user", uid: session.uid },
    by: "operator:test",
    reason: "",
  });
  const one = ({ session: { uid, sid } }: Signed): RevocationCommand => ({
    version: 1,
    target: { type: "session", uid, sid },
    by: "operator:test",
    reason: "",
  });
  const decisions = (sessions: Signed[]) => Promise.all(sessions.map(plane.decide));
  const nameOf = ({ session: { uid } }: Signed) => `shard.${shardOf(uid)}`;

  test.each<[string, (records: Record<string, string>, name: string) => Record<string, string>]>([
    ["wiped", () => ({})],
    ["without a shard's record", ({ ...records }, name) => (delete records[name], records)],
    ["with a damaged record", (records, name) => ({ ...records, [name]: "?" })],
    [
      "with keys that name no shard",
      (records) =>
        Object.fromEntries(
          Object.entries(records).map(([name, value]) => [name, name.startsWith("key.") ? value.slice(0, 43) : value]),
        ),
    ],
    [
      "with the key of somebody else",
      (records) =>
        Object.fromEntries(
          Object.entries(records).map(([name, value]) => [
            name,
            name.startsWith("key.") ? `${"x".repeat(43)}${value.slice(43)}` : value,
          ]),
        ),
    ],
    ["with a dead key's record", (records) => ({ ...records, "key.dead": "d".repeat(43) })],
  ])("%s is told from a right one, and rebuilt from the ledger: the gate decides as before", async (_, damage) => {
    const [revoked, cut, bystander] = [await plane.signIn(), await plane.signIn(), await plane.signIn()];
    expect(await plane.deliver([one(revoked), user(cut)])).toEqual([]);
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true, expected: 3, revocations: 2 });
    const before = plane.store.records;
    plane.store.write(damage(before, nameOf(revoked)));
    const { isRight, missing, wrong, unexpected } = await plane.carryOut({ operation: "check" });
    expect(isRight).toBe(false);
    expect([...missing, ...wrong, ...unexpected]).not.toEqual([]);
    await plane.carryOut({ operation: "rebuild" });
    expect(plane.store.records).toEqual(before);
    expect(await decisions([revoked, cut, bystander])).toEqual([
      "login revoked",
      "login revoked",
      `allow session ${bystander.session.uid}`,
    ]);
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true });
  });

  test("that is wiped is whole again after anybody's revocation", async () => {
    const [first, second, bystander] = [await plane.signIn(), await plane.signIn(), await plane.signIn()];
    await plane.deliver([user(first)]);
    plane.store.write({});
    expect(await plane.deliver([user(second)])).toEqual([]);
    expect(await decisions([first, second, bystander])).toEqual([
      "login revoked",
      "login revoked",
      `allow session ${bystander.session.uid}`,
    ]);
  });

  test("has no entry any more when no token can live that it is about, and no record after the sweep", async () => {
    const signed = await plane.signIn();
    await plane.deliver([user(signed)]);
    plane.clock.advance(TOKEN_SECONDS + ENTRY_MARGIN + 1);
    plane.store.calls.length = 0;
    await plane.carryOut({ operation: "tidy" });
    expect(plane.store.calls).toEqual(["UpdateKeys"]);
    expect(plane.store.records[`key.${(await plane.keys()).current}`]).toHaveLength(43);
    expect(await plane.carryOut({ operation: "sweep" })).toMatchObject({ deleted: 1 });
    expect(Object.keys(plane.store.records)).toEqual([`key.${(await plane.keys()).current}`]);
    plane.store.calls.length = 0;
    await plane.carryOut({ operation: "tidy" });
    expect(plane.store.calls).toEqual([]);
    await plane.carryOut({ operation: "sweep" });
    expect(plane.store.calls.length).toBeLessThanOrEqual(3);
  });

  test("that gets a revocation just now is not called wrong", async () => {
    const signed = await plane.signIn();
    let isOnItsWay = false;
    plane.watch((operation) => {
      if (operation !== "ListKeys" || isOnItsWay) return undefined;
      isOnItsWay = true;
      return plane.deliver([user(signed)]).then(() => undefined);
    });
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true, revocations: 1 });
  });

  test("has every revocation that two revokers report done while keys rotate", async () => {
    const second = await plane.another();
    const sessions = await Promise.all(Array.from({ length: 40 }, () => plane.signIn()));
    const [forQueue, forOperator, others] = [sessions.slice(0, 20), sessions.slice(20, 30), sessions.slice(30)];
    const queue = async () => {
      for (let from = 0; from < forQueue.length; from += 5)
        while ((await plane.deliver(forQueue.slice(from, from + 5).map(one))).length > 0);
    };
    const operator = async () => {
      for (const signed of forOperator) {
        while (
          !(await second.invoke({ operation: "revoke", command: user(signed) }).then(
            () => true,
            () => false,
          ))
        )
          await setTimeout(10);
        // Done is done: whatever else is being written.
        expect(await plane.decide(signed)).toBe("login revoked");
      }
    };
    const rotations = async () => {
      for (let rotation = 0; rotation < 2; rotation++) await plane.rotate();
    };
    await Promise.all([queue(), operator(), rotations()]);
    expect(new Set(await decisions([...forQueue, ...forOperator]))).toEqual(new Set(["login revoked"]));
    expect(await decisions(others)).toEqual(others.map(({ session }) => `allow session ${session.uid}`));
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true, revocations: 30 });
    // Under every key, for tokens that any of them signed.
    const { keys } = await plane.keys();
    expect(Object.keys(keys)).toHaveLength(3);
    for (const kid of Object.keys(keys)) expect(plane.store.records[`key.${kid}`]!.length).toBe(43 + 683);
  });
});

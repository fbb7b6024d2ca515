/** The store as a projection of the ledger: it can be checked, swept, and made anew from nothing. */
import { randomBytes } from "node:crypto";
import type { Revocation } from "../../../session/ledger";
import { decodeRecord, encodeRecord, recordKey, shardOf } from "../../../session/shard";
import { gateSources } from "../../support/gate-sites";
import { SESSION_SECONDS, startControlPlane, type ControlPlane, type Signed } from "../../support/control-plane";
import { startMoto, type Moto } from "../../support/moto";
import { describeWith } from "../../support/tools";

/** Milliseconds: a busy machine is slow, not wrong. */
jest.setTimeout(120_000);

describeWith("moto", "the store", (path) => {
  const gate = gateSources().door;
  let moto: Moto;
  let plane: ControlPlane;
  beforeAll(async () => void (moto = await startMoto(path)), 60_000);
  afterAll(() => moto?.close());
  beforeEach(async () => void (plane = await startControlPlane(moto.endpoint, { gate })), 60_000);
  afterEach(() => plane.close());

  const by = { version: 1, by: "operator:test", reason: "" } as const;
  const user = ({ session }: Signed) => ({ ...by, target: { type: "user" as const, uid: session.uid } });
  const one = ({ session }: Signed) => ({ ...by, target: { type: "session" as const, uid: session.uid, sid: session.sid } });
  const recordOf = async ({ session }: Signed) => recordKey((await plane.keys()).current, shardOf(session.uid, 64));
  const decisions = (sessions: Signed[]) => Promise.all(sessions.map(plane.decide));
  const expired = (uid: string, age = 10): Revocation => {
    const at = plane.clock.now() - SESSION_SECONDS - age;
    return { kind: "session", uid, sid: randomBytes(12).toString("base64url"), cutoff: at, recordedAt: at, until: at + SESSION_SECONDS, by: "sign-out", reason: "", expiresAt: at + 40 * 86_400 };
  };

  /** Sessions under two keys: some revoked by the queue, some by their user's cut-off, one that began after it, and others. */
  async function estate(): Promise<Signed[]> {
    const sessions = await Promise.all(Array.from({ length: 15 }, () => plane.signIn()));
    await plane.rotate();
    sessions.push(...(await Promise.all(Array.from({ length: 15 }, () => plane.signIn()))));
    const late = await plane.signIn({ uid: sessions[1]!.session.uid, issuedAt: plane.clock.now() + 5 });
    expect(await plane.deliver(sessions.filter((_, place) => place % 3 === 0).map(one))).toEqual([]);
    expect(await plane.deliver(sessions.filter((_, place) => place % 3 === 1).map(user))).toEqual([]);
    return [...sessions, late];
  }

  test.each<[string, (records: Record<string, string>) => Record<string, string>]>([
    ["wiped", () => ({})],
    ["half wiped", (records) => Object.fromEntries(Object.entries(records).filter((_, place) => place % 2))],
    ["cleared of revocations", (records) => Object.fromEntries(Object.entries(records).map(([name, value]) => [name, `${value.slice(0, 43)}.`]))],
    ["damaged", (records) => Object.fromEntries(Object.entries(records).map(([name, value]) => [name, value.slice(0, -1)]))],
    ["signed with others' keys", (records) => Object.fromEntries(Object.entries(records).map(([name], place, all) => [name, all[(place + 1) % all.length]![1]]))],
    ["filled with what is not its own", (records) => ({ ...records, "0ther.1": `${"k".repeat(43)}.`, "0ther.9999": "?" })],
  ])("%s, and rebuilt from the ledger: the gate decides as before", async (_, damage) => {
    const sessions = await estate();
    const before = await decisions(sessions);
    expect(before.filter((decision) => decision === "login revoked")).toHaveLength(20);
    expect(before.filter((decision) => decision.startsWith("allow"))).toHaveLength(11);
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true, expected: 128, revocations: 20 });
    plane.store.write(damage(plane.store.records));
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: false });
    await plane.carryOut({ operation: "rebuild" });
    expect(await decisions(sessions)).toEqual(before);
    expect(Object.keys(plane.store.records)).toHaveLength(128);
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true });
    expect(await plane.carryOut({ operation: "rebuild" })).toMatchObject({ written: 0, deleted: 0, revocations: 20 });
  });

  test("is told apart from what it must be by kind of difference, with names", async () => {
    const [first, second] = [await plane.signIn(), await plane.signIn()];
    await plane.carryOut({ operation: "revoke", command: user(second) });
    const [missing, wrong] = [await recordOf(first), await recordOf(second)];
    const rest = { ...plane.store.records };
    delete rest[missing];
    plane.store.write({ ...rest, [wrong]: `${rest[wrong]!.slice(0, 43)}.`, "0ther.1": "?", "note to self": "not a record" });
    const before = JSON.stringify(plane.store.records);
    expect(await plane.carryOut({ operation: "check" })).toEqual({
      isRight: false, expected: 64, missing: [missing], wrong: [wrong], unexpected: ["0ther.1"], counts: { missing: 1, wrong: 1, unexpected: 1 }, revocations: 1,
    });
    expect(JSON.stringify(plane.store.records)).toBe(before);
    expect(await plane.carryOut({ operation: "rebuild" })).toEqual({ written: 2, deleted: 1, revocations: 1 });
    expect(plane.store.records["note to self"]).toBe("not a record");
  });

  test("that gets a revocation just now is not called wrong", async () => {
    const signed = await plane.signIn();
    let isOnItsWay = false;
    plane.watch((operation) => {
      // In the ledger, after the records were read; in the store a moment later.
      if (operation !== "Scan" || isOnItsWay) return undefined;
      isOnItsWay = true;
      return plane.deliver([user(signed)]).then(() => undefined);
    });
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true, revocations: 1 });
    expect(plane.store.calls.filter((call) => call === "UpdateKeys").length).toBeGreaterThan(0);
  });

  test("that holds the same in another order is right, and is not written", async () => {
    const users = await Promise.all(Array.from({ length: 3 }, () => plane.signIn({ uid: `${randomBytes(12).toString("base64url").slice(0, 14)}AB` })));
    for (const signed of users) await plane.deliver([one(signed)]);
    const name = await recordOf(users[0]!);
    const record = decodeRecord(plane.store.records[name]!);
    plane.store.write({ ...plane.store.records, [name]: encodeRecord({ ...record, revokedSessions: [...record.revokedSessions].reverse() }) });
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true });
    expect(await plane.carryOut({ operation: "sweep" })).toMatchObject({ written: 0, deleted: 0 });
  });

  test("is swept of what has expired, by the schedule", async () => {
    const signed = await plane.signIn();
    const old = expired(signed.session.uid);
    await plane.putRevocations([old]);
    await plane.carryOut({ operation: "revoke", command: one(signed) });
    const name = await recordOf(signed);
    const record = decodeRecord(plane.store.records[name]!);
    plane.store.write({ ...plane.store.records, [name]: encodeRecord({ ...record, revokedSessions: [old.sid!, ...record.revokedSessions] }) });
    expect(await plane.invoke({ operation: "sweep" })).toEqual({ written: 1, deleted: 0, revocations: 1 });
    expect(decodeRecord(plane.store.records[name]!).revokedSessions).toEqual([signed.session.sid.slice(0, 6)]);
    expect(await plane.decide(signed)).toBe("login revoked");
  });

  test("without room for a revocation gives up what it need not hold", async () => {
    const signed = await plane.signIn();
    const waste = Object.fromEntries(Array.from({ length: 5 * 1024 }, (_, place) => [`0ld${place % 10}.${Math.floor(place / 10)}`, "!".repeat(1020)]));
    plane.store.records = { ...plane.store.records, ...waste };
    plane.store.calls.length = 0;
    const size = Object.entries(plane.store.records).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
    expect(size).toBeGreaterThan(5 * 1024 * 1024);
    expect(await plane.deliver([user(signed)])).toEqual([]);
    expect(plane.store.calls).toContain("ListKeys");
    expect(await plane.decide(signed)).toBe("login revoked");
    expect(Object.keys(plane.store.records).filter((name) => name.startsWith("0ld"))).toEqual([]);
  });

  test("has every revocation that two revokers report done while keys rotate", async () => {
    const second = await plane.another();
    const sessions = await Promise.all(Array.from({ length: 40 }, () => plane.signIn()));
    const [forQueue, forOperator, others] = [sessions.slice(0, 20), sessions.slice(20, 30), sessions.slice(30)];
    const queue = async () => {
      for (let from = 0; from < forQueue.length; from += 5) {
        const batch = forQueue.slice(from, from + 5).map(one);
        while ((await plane.deliver(batch)).length > 0);
      }
    };
    const operator = async () => {
      for (const signed of forOperator) {
        while (!(await second.invoke({ operation: "revoke", command: user(signed) }).then(() => true, () => false)));
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
    for (const { session } of forQueue) {
      const names = Object.keys(plane.store.records).filter((name) => name.endsWith(`.${shardOf(session.uid, 64)}`));
      expect(names).toHaveLength(3);
      for (const name of names) expect(decodeRecord(plane.store.records[name]!).revokedSessions).toContain(session.sid.slice(0, 6));
    }
  });
});

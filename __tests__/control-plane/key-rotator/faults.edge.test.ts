/** A rotation that is disturbed at each of its calls ends as one that was not, and the key before stays good throughout. */
import { randomUUID } from "node:crypto";
import { hmacText } from "../../../local/seed";
import { shardKey } from "../../../session/keys";
import { encodeRecord, recordKey } from "../../../session/shard";
import { SHARD_COUNT, startKeyRotator, type KeyRotator } from "../../support/key-rotator";
import { startMoto, type Moto } from "../../support/moto";
import { describeWith } from "../../support/tools";

const REVOCATIONS = { revokedSessions: ["sidAAA"], cutoffs: [{ uid: "uidAAA", time: 1_800_000_000 }] };

describeWith("moto", "a rotation", (path) => {
  let moto: Moto;
  let rotator: KeyRotator;
  let before: { kid: string; records: [string, string][] };
  beforeAll(async () => {
    moto = await startMoto(path);
    rotator = await startKeyRotator(moto.endpoint);
    await rotator.rotate();
  }, 60_000);
  afterAll(async () => {
    await rotator?.close();
    await moto?.close();
  });

  beforeEach(async () => {
    const { current, keys } = await rotator.keys();
    rotator.store.write(Object.fromEntries(expectedRecords(current, keys[current]!)));
    before = { kid: current, records: expectedRecords(current, keys[current]!) };
  });
  afterEach(() => rotator.unwatch());

  function expectedRecords(kid: string, masterKey: string): [string, string][] {
    return Array.from({ length: SHARD_COUNT }, (_, shard) => [
      recordKey(kid, shard),
      encodeRecord({ shardKey: shardKey(hmacText, masterKey, shard), ...REVOCATIONS }),
    ]);
  }

  /** Sessions of the key before pass, and whoever was revoked stays so. */
  function expectKeyBeforeIsGood(): void {
    for (const [key, value] of before.records) expect(rotator.store.records[key]).toBe(value);
  }

  /** As if nothing had happened: one new key, current, with all of its records and every revocation. */
  async function expectFinished(version: string): Promise<void> {
    const { current, keys } = await rotator.keys();
    expect((await rotator.labels())[version]).toContain("AWSCURRENT");
    expect(current).not.toBe(before.kid);
    expect(Object.keys(keys)).toContain(before.kid);
    expectKeyBeforeIsGood();
    expect(rotator.store.records).toMatchObject(Object.fromEntries(expectedRecords(current, keys[current]!)));
    expect(Object.keys(rotator.store.records)).toHaveLength(2 * SHARD_COUNT);
  }

  async function countCalls(): Promise<number> {
    const calls = rotator.watch(() => undefined);
    await rotator.rotate();
    rotator.unwatch();
    return calls();
  }

  test("that crashes before any one of its calls is finished by starting it again", async () => {
    const total = await countCalls();
    expect(total).toBeGreaterThan(15);
    for (let crashAt = 1; crashAt <= total; crashAt++) {
      await renewStart();
      const version = randomUUID();
      rotator.watch((_, call) => (call === crashAt ? rotator.crash().then(() => undefined) : undefined));
      await expect(rotator.rotate(version)).rejects.toThrow("the process ended");
      expectKeyBeforeIsGood();
      rotator.unwatch();
      await rotator.rotate(version);
      await expectFinished(version);
    }
  }, 240_000);

  test("that crashed and is given up for another one leaves nothing of its own", async () => {
    const given = randomUUID();
    await rotator.step("createSecret", given);
    await rotator.step("setSecret", given);
    const { current: abandoned } = await rotator.keys("AWSPENDING");
    const version = await rotator.rotate();
    await expectFinished(version);
    expect(Object.keys(rotator.store.records).filter((key) => key.startsWith(`${abandoned}.`))).toEqual([]);
  });

  test.each(["conflict", "throttle", "error", "lost"] as const)("in which every call fails once (%s) loses nothing", async (fault) => {
    const version = randomUUID();
    let faults = 0;
    let updates = 0;
    rotator.watch((operation, call) => {
      // Only a write can conflict. A call that failed is made again, and is then an even one.
      const nth = fault === "conflict" ? (operation === "UpdateKeys" ? ++updates : 0) : call;
      if (nth % 2 === 0) return undefined;
      faults += 1;
      return fault;
    });
    await finish(version);
    rotator.unwatch();
    expect(faults).toBeGreaterThan(1);
    await expectFinished(version);
  }, 60_000);

  test("of which one answer is lost, whichever it is, loses nothing", async () => {
    const total = await countCalls();
    for (let lost = 1; lost <= total; lost++) {
      await renewStart();
      const version = randomUUID();
      rotator.watch((_, call) => (call === lost ? "lost" : undefined));
      await finish(version);
      rotator.unwatch();
      await expectFinished(version);
    }
  }, 120_000);

  test("that another writer overtakes again and again keeps what that one writes", async () => {
    const { current, keys } = await rotator.keys();
    const revoked = (shard: number, sid: string) => encodeRecord({ shardKey: shardKey(hmacText, keys[current]!, shard), revokedSessions: ["sidAAA", sid], cutoffs: REVOCATIONS.cutoffs });
    const late = [[recordKey(current, 9), revoked(9, "late_1")], [recordKey(current, 60), revoked(60, "late_2")]] as const;
    let writes = 0;
    rotator.watch((operation) => {
      const next = operation === "UpdateKeys" ? late[writes++] : undefined;
      if (next) rotator.store.write({ ...rotator.store.records, [next[0]]: next[1] });
      return undefined;
    });
    await rotator.rotate();
    const after = await rotator.keys();
    expect(rotator.store.records[recordKey(after.current, 9)]).toContain("late_1");
    expect(rotator.store.records[recordKey(after.current, 60)]).toContain("late_2");
    expect(rotator.store.records).toMatchObject(Object.fromEntries(late));
  });

  test("that the store refuses for good fails by name, and changes neither the current key nor its records", async () => {
    const current = await rotator.secretText();
    rotator.watch((operation) => (operation === "UpdateKeys" ? "conflict" : undefined));
    const version = randomUUID();
    await rotator.step("createSecret", version);
    await expect(rotator.step("setSecret", version)).rejects.toThrow("setSecret: the store was changed by others 8 times in a row");
    await expect(rotator.step("testSecret", version)).rejects.toThrow("testSecret: 64 of 64 shards have no record of the new key");
    expect(await rotator.secretText()).toBe(current);
    expectKeyBeforeIsGood();
  }, 120_000);

  /** Where a call that was made looks as if it had not been, a step fails; Secrets Manager starts the rotation again. */
  async function finish(version: string): Promise<void> {
    await rotator.rotate(version).catch(() => rotator.rotate(version));
  }

  /** The last rotation's key is the key before the next. */
  async function renewStart(): Promise<void> {
    const { current, keys } = await rotator.keys();
    before = { kid: current, records: expectedRecords(current, keys[current]!) };
    rotator.store.write(Object.fromEntries(before.records));
  }
});

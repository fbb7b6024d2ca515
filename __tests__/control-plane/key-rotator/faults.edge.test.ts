/**
 * A rotation that is disturbed at any of its calls: whatever key handlers sign with afterwards has all of its records, whoever is
 * revoked stays so, and trying again ends as if nothing had happened.
 */
import { randomBytes, randomUUID } from "node:crypto";
import { hmacText } from "../../../local/hmac";
import { shardKey, type SessionKeys } from "../../../session/keys";
import type { Revocation } from "../../../session/ledger";
import { encodeRecord, recordKey, shardOf } from "../../../session/shard";
import { ALL_STEPS, SHARD_COUNT, startKeyRotator, type KeyRotator } from "../../support/key-rotator";
import { startMoto, type Moto } from "../../support/moto";
import { describeWith } from "../../support/tools";

describeWith("moto", "a rotation", (path) => {
  let moto: Moto;
  let rotator: KeyRotator;
  /** In each shard a user and a session, who are revoked throughout. */
  let revoked: { uid: string; sid: string; time: number }[];
  let before: { kid: string; records: [string, string][] };
  beforeAll(async () => {
    moto = await startMoto(path);
    rotator = await startKeyRotator(moto.endpoint);
    const until = rotator.clock.now() + 30 * 86_400;
    revoked = usersOfAllShards().map((uid) => ({ uid, sid: randomBytes(12).toString("base64url"), time: rotator.clock.now() }));
    for (const { uid, sid, time } of revoked) {
      await rotator.ledger.revoke({ kind: "user", uid, cutoff: time, until });
      await rotator.ledger.revoke({ kind: "session", uid, sid, until });
    }
    await rotator.rotate();
  }, 90_000);
  afterAll(async () => {
    await rotator?.close();
    await moto?.close();
  });
  beforeEach(renewStart);
  afterEach(() => rotator.unwatch());

  /** The last rotation's key, which signs by now, is the key before the next. */
  async function renewStart(): Promise<void> {
    rotator.clock.advance(900);
    const keys = await rotator.keys();
    before = { kid: keys.current, records: expectedRecords(keys.current, keys) };
    rotator.store.write(Object.fromEntries(before.records));
  }

  function expectedRecords(kid: string, { keys }: SessionKeys): [string, string][] {
    return revoked.map(({ uid, sid, time }, shard) => [
      recordKey(kid, shard),
      encodeRecord({ shardKey: shardKey(hmacText, keys[kid]!, shard), revokedSessions: [sid], cutoffs: [{ uid, time }] }),
    ]);
  }

  /** Sessions of the key before pass, and so do those of whatever key is signed with now or later. Nobody passes who is revoked. */
  async function expectLivingKeysAreGood(): Promise<void> {
    const keys = await rotator.keys();
    for (const kid of [before.kid, keys.current]) expect(rotator.store.records).toMatchObject(Object.fromEntries(expectedRecords(kid, keys)));
    if (keys.current !== before.kid) expect(keys.before).toBe(before.kid);
  }

  /** As if nothing had happened: one new key, current, with all of its records and every revocation. */
  async function expectFinished(version: string): Promise<void> {
    const keys = await rotator.keys();
    expect((await rotator.labels())[version]).toEqual(["AWSCURRENT"]);
    expect(keys.current).not.toBe(before.kid);
    await expectLivingKeysAreGood();
    expect(rotator.store.records).toEqual(Object.fromEntries([...before.records, ...expectedRecords(keys.current, keys)]));
  }

  async function operationsOfARotation(): Promise<string[]> {
    const operations: string[] = [];
    rotator.watch((operation) => void operations.push(operation));
    await rotator.rotate();
    rotator.unwatch();
    return operations;
  }

  test("asks the ledger whenever it writes", async () => {
    const operations = await operationsOfARotation();
    const asked = operations.filter((operation) => ["DescribeKeyValueStore", "Scan", "UpdateKeys"].includes(operation)).join(" ");
    expect(asked).toBe("DescribeKeyValueStore Scan UpdateKeys UpdateKeys DescribeKeyValueStore DescribeKeyValueStore Scan DescribeKeyValueStore");
  });

  test("that crashes before any one of its calls is finished by starting it again", async () => {
    const { length: total } = await operationsOfARotation();
    expect(total).toBeGreaterThan(20);
    for (let crashAt = 1; crashAt <= total; crashAt++) {
      await renewStart();
      const version = randomUUID();
      rotator.watch((_, call) => (call === crashAt ? rotator.crash().then(() => undefined) : undefined));
      await expect(rotator.rotate(version)).rejects.toThrow("the process ended");
      rotator.unwatch();
      await expectLivingKeysAreGood();
      await rotator.rotate(version);
      await expectFinished(version);
    }
  }, 240_000);

  test.each(["error", "throttle"] as const)("in which every call fails once (%s) loses nothing", async (fault) => {
    const version = randomUUID();
    let faults = 0;
    // A call that failed is made again, and is then an even one.
    rotator.watch((_, call) => {
      if (call % 2 === 0) return undefined;
      faults += 1;
      return fault;
    });
    await finish(version);
    rotator.unwatch();
    expect(faults).toBeGreaterThan(20);
    await expectFinished(version);
  }, 60_000);

  test("of which any one answer is lost loses nothing", async () => {
    const { length: total } = await operationsOfARotation();
    for (let lost = 1; lost <= total; lost++) {
      await renewStart();
      const version = randomUUID();
      rotator.watch((_, call) => (call === lost ? "lost" : undefined));
      await finish(version);
      rotator.unwatch();
      await expectFinished(version);
    }
  }, 240_000);

  test.each([
    ["Secrets Manager", ["DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"]],
    ["the ledger", ["Scan"]],
    ["the store, for reading,", ["DescribeKeyValueStore", "ListKeys"]],
    ["the store, for writing,", ["UpdateKeys"]],
  ])("in which a step finds %s out of reach fails at that step, and changes nothing that sessions need", async (_, operations) => {
    for (const down of ALL_STEPS) {
      await renewStart();
      const version = randomUUID();
      const failed: string[] = [];
      for (const step of ALL_STEPS) {
        rotator.watch((operation) => (step === down && operations.includes(operation) ? "error" : undefined));
        await rotator.step(step, version).catch((error: Error) => failed.push(error.message));
        rotator.unwatch();
        await expectLivingKeysAreGood();
        if (failed.length > 0) break;
      }
      for (const message of failed) expect(message).toMatch(new RegExp(`${down}: Internal`));
      await rotator.rotate(version);
      await expectFinished(version);
    }
  }, 240_000);

  test("that finds the store changed at every second write loses nothing", async () => {
    const version = randomUUID();
    let updates = 0;
    rotator.watch((operation) => (operation === "UpdateKeys" && ++updates % 2 === 1 ? "conflict" : undefined));
    await finish(version);
    rotator.unwatch();
    expect(updates).toBeGreaterThan(2);
    await expectFinished(version);
  }, 60_000);

  test("that crashed and is given up for another one leaves nothing of its own", async () => {
    const given = randomUUID();
    await rotator.step("createSecret", given);
    await rotator.step("setSecret", given);
    const { current: abandoned } = await rotator.keys("AWSPENDING");
    const version = await rotator.rotate();
    await expectFinished(version);
    expect(Object.keys(rotator.store.records).filter((key) => key.startsWith(`${abandoned}.`))).toEqual([]);
  });

  test("that revocations overtake again and again has them in the new records too", async () => {
    const late = [9, 60].map((shard) => ({ shard, uid: revoked[shard]!.uid, sid: `late_${shard}`.padEnd(16, "x") }));
    const revocations: Revocation["sid"][] = [];
    rotator.watch(async (operation) => {
      const next = operation === "UpdateKeys" ? late[revocations.length] : undefined;
      if (!next) return undefined;
      // As the revoker does: the ledger, then the records of the keys that it knows.
      revocations.push(next.sid);
      await rotator.ledger.revoke({ kind: "session", uid: next.uid, sid: next.sid });
      const name = recordKey(before.kid, next.shard);
      const record = rotator.store.records[name]!;
      rotator.store.write({ ...rotator.store.records, [name]: `${record.slice(0, 43)}${next.sid.slice(0, 6)}${record.slice(43)}` });
      return undefined;
    });
    await rotator.rotate();
    const { current } = await rotator.keys();
    expect(revocations).toHaveLength(2);
    for (const { shard, sid } of late) {
      for (const kid of [before.kid, current]) expect(rotator.store.records[recordKey(kid, shard)]).toContain(sid.slice(0, 6));
    }
  });

  test("that the store refuses for good fails by name, and changes neither the current key nor its records", async () => {
    const current = await rotator.secretText();
    rotator.watch((operation) => (operation === "UpdateKeys" ? "conflict" : undefined));
    const version = randomUUID();
    await rotator.step("createSecret", version);
    await expect(rotator.step("setSecret", version)).rejects.toThrow("setSecret: the store was changed by others 8 times in a row");
    await expect(rotator.step("testSecret", version)).rejects.toThrow("testSecret: 64 of 64 shards have no record of the new key");
    expect(await rotator.secretText()).toBe(current);
    await expectLivingKeysAreGood();
  }, 120_000);

  /** Where a call that was made looks as if it had not been, a step fails; Secrets Manager starts the rotation again. */
  async function finish(version: string): Promise<void> {
    await rotator.rotate(version).catch(() => rotator.rotate(version));
  }
});

/** A user of each shard, in their order. */
function usersOfAllShards(): string[] {
  const users = new Map<number, string>();
  while (users.size < SHARD_COUNT) {
    const uid = randomBytes(12).toString("base64url");
    users.set(shardOf(uid, SHARD_COUNT), uid);
  }
  return [...users].sort(([a], [b]) => a - b).map(([, uid]) => uid);
}

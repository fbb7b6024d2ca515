/** What each step leaves behind, however often it is called, and whom it refuses. */
import { randomUUID } from "node:crypto";
import { hmacText } from "../../../local/hmac";
import { KEY_ID, shardKey } from "../../../session/keys";
import { encodeRecord, recordKey } from "../../../session/shard";
import { ALL_STEPS, SHARD_COUNT, startKeyRotator, type KeyRotator } from "../../support/key-rotator";
import { startMoto, type Moto } from "../../support/moto";
import { describeWith } from "../../support/tools";

describeWith("moto", "the key rotator", (path) => {
  let moto: Moto;
  let rotator: KeyRotator;
  beforeAll(async () => void (moto = await startMoto(path)), 60_000);
  afterAll(() => moto?.close());
  beforeEach(async () => void (rotator = await startKeyRotator(moto.endpoint)));
  afterEach(() => rotator.close());

  const shards = Array.from({ length: SHARD_COUNT }, (_, shard) => shard);
  const kidsInStore = () => [...new Set(Object.keys(rotator.store.records).map((key) => key.split(".")[0]!))].sort();

  test("gives a secret that has no version its first key, and the store its records", async () => {
    expect(await rotator.labels()).toEqual({});
    const version = await rotator.rotate();
    const { current, keys } = await rotator.keys();
    expect(current).toMatch(KEY_ID);
    expect(Object.keys(keys)).toEqual([current]);
    expect((await rotator.labels())[version]).toContain("AWSCURRENT");
    expect(rotator.store.records).toEqual(
      Object.fromEntries(shards.map((shard) => [recordKey(current, shard), `${shardKey(hmacText, keys[current]!, shard)}.`])),
    );
  });

  test("makes no key current before every shard of it can be read back", async () => {
    await rotator.rotate();
    const before = await rotator.secretText();
    const version = randomUUID();
    for (const step of ["createSecret", "setSecret", "testSecret"]) {
      await rotator.step(step, version);
      expect(await rotator.secretText()).toBe(before);
    }
    expect(Object.keys(rotator.store.records)).toHaveLength(2 * SHARD_COUNT);
    const pending = await rotator.secretText("AWSPENDING");
    await rotator.step("finishSecret", version);
    expect(await rotator.secretText()).toBe(pending);
  });

  test("keeps the key before, and its records, while sessions that it signed may live", async () => {
    await rotator.rotate();
    const first = await rotator.keys();
    await rotator.rotate();
    const second = await rotator.keys();
    expect(second.current).not.toBe(first.current);
    expect(second.keys).toMatchObject(first.keys);
    expect(kidsInStore()).toEqual([first.current, second.current].sort());
  });

  test("sweeps the records of keys that no living session is signed with, and nothing that is not a record", async () => {
    await rotator.close();
    rotator = await startKeyRotator(moto.endpoint, { keyRetention: 0 });
    const kids: string[] = [];
    for (let rotation = 0; rotation < 3; rotation++) {
      await rotator.rotate();
      kids.push((await rotator.keys()).current);
      rotator.store.write({ ...rotator.store.records, "left.0": "of a rotation that nobody finished", "note to self": "not a record" });
      rotator.clock.advance(3600);
    }
    await rotator.rotate();
    kids.push((await rotator.keys()).current);
    expect(rotator.store.records["note to self"]).toBe("not a record");
    delete rotator.store.records["note to self"];
    expect(kidsInStore()).toEqual(Object.keys((await rotator.keys()).keys).sort());
    expect(kidsInStore()).not.toContain(kids[0]);
    expect(kidsInStore()).toContain(kids[2]);
  });

  test.each(ALL_STEPS)("%s changes nothing when it is repeated", async (repeated) => {
    await rotator.rotate();
    const version = randomUUID();
    for (const step of ALL_STEPS) {
      await rotator.step(step, version);
      if (step === repeated) {
        const state = JSON.stringify([rotator.store.records, await rotator.labels(), await rotator.secretText("AWSPENDING")]);
        const writes = () => rotator.store.calls.filter((call) => call === "UpdateKeys").length;
        const before = writes();
        await rotator.step(step, version);
        expect(JSON.stringify([rotator.store.records, await rotator.labels(), await rotator.secretText("AWSPENDING")])).toBe(state);
        expect(writes()).toBe(before);
      }
    }
  });

  test("lets the key before sign until every handler has fetched the new one", async () => {
    await rotator.rotate();
    const first = await rotator.keys();
    expect(first).toEqual({ current: first.current, keys: first.keys });
    await rotator.rotate();
    const { before, since } = await rotator.keys();
    expect(before).toBe(first.current);
    expect(since).toBeGreaterThanOrEqual(rotator.clock.now() + 90);
  });

  test("announces the new key first, where the rotation is tried again after that time", async () => {
    await rotator.close();
    rotator = await startKeyRotator(moto.endpoint, { handlerCache: 1 });
    await rotator.rotate();
    const first = await rotator.keys();
    const version = randomUUID();
    for (const step of ["createSecret", "setSecret", "testSecret"]) await rotator.step(step, version);
    rotator.clock.advance(6 * 3600);
    const pending = await rotator.keys("AWSPENDING");
    await rotator.rotate(version);
    expect(await rotator.keys()).toEqual(pending);
    expect(await rotator.keys("AWSPREVIOUS")).toEqual({ current: first.current, keys: pending.keys });
    await rotator.rotate();
    expect(Object.keys((await rotator.keys()).keys)).toHaveLength(3);
  });

  test("writes the revocations of the ledger into the new records, whatever the old ones say", async () => {
    await rotator.rotate();
    const uid = "u".repeat(15) + "H";
    const [until, time] = [rotator.clock.now() + 3600, rotator.clock.now()];
    await rotator.ledger.revoke({ kind: "session", uid, sid: "sidAAAxxxxxxxxxx" });
    const version = randomUUID();
    for (const step of ["createSecret", "setSecret"]) await rotator.step(step, version);
    const { current: kid, keys } = await rotator.keys("AWSPENDING");
    const record = (revocations: object) => ({ [recordKey(kid, 7)]: encodeRecord({ shardKey: shardKey(hmacText, keys[kid]!, 7), revokedSessions: [], cutoffs: [], ...revocations }) });
    expect(rotator.store.records).toMatchObject(record({ revokedSessions: ["sidAAA"] }));

    // While the edges are waited for.
    await rotator.step("testSecret", version);
    await rotator.ledger.revoke({ kind: "user", uid, cutoff: time, until });
    await rotator.ledger.revoke({ kind: "session", uid, sid: "sidBBBxxxxxxxxxx", until: time });
    await rotator.step("finishSecret", version);
    expect(rotator.store.records).toMatchObject(record({ revokedSessions: ["sidAAA"], cutoffs: [{ uid, time }] }));
  });

  test("brings no key back that a lockdown removed while it rotated, and is not in the way of the next rotation", async () => {
    await rotator.rotate();
    const first = await rotator.keys();
    const version = randomUUID();
    for (const step of ["createSecret", "setSecret", "testSecret"]) await rotator.step(step, version);
    const locked = { current: "locked", keys: { locked: "l".repeat(43) } };
    await rotator.replaceKeys(locked);
    for (const step of ALL_STEPS) await expect(rotator.step(step, version)).rejects.toThrow("is not pending; start a new rotation");
    expect(await rotator.keys()).toEqual(locked);
    await rotator.rotate();
    const next = await rotator.keys();
    expect(Object.keys(next.keys).sort()).toEqual(["locked", next.current].sort());
    expect(kidsInStore()).toEqual([next.current]);
    expect(kidsInStore()).not.toContain(first.current);
  });

  test("goes on from a roll-back, with the key that was rolled back", async () => {
    await rotator.rotate();
    const first = await rotator.keys();
    await rotator.rotate();
    const second = await rotator.keys();
    await rotator.rollBack();
    expect(await rotator.keys()).toEqual(first);
    await rotator.rotate();
    const third = await rotator.keys();
    expect(third).toMatchObject({ before: first.current, keys: second.keys });
    expect(kidsInStore()).toEqual([first.current, second.current, third.current].sort());
  });

  describe("fails and changes nothing", () => {
    test.each([
      ["a step of nobody's", "dropSecret", "unknown: only Secrets Manager's rotation steps are answered"],
      ["a step that every object has", "constructor", "unknown: only Secrets Manager's rotation steps are answered"],
      ["setSecret of a version that was never created", "setSecret", "is not pending; start a new rotation"],
      ["finishSecret of a version that was never created", "finishSecret", "is not pending; start a new rotation"],
    ])("at %s", async (_, step, message) => {
      await rotator.rotate();
      const before = JSON.stringify([rotator.store.records, await rotator.labels()]);
      await expect(rotator.step(step, randomUUID())).rejects.toThrow(message);
      expect(JSON.stringify([rotator.store.records, await rotator.labels()])).toBe(before);
    });

    test("at a repeated finishSecret of an earlier rotation: no old key comes back", async () => {
      const first = await rotator.rotate();
      const second = await rotator.rotate();
      await expect(rotator.step("finishSecret", first)).rejects.toThrow("is not pending");
      expect((await rotator.labels())[second]).toContain("AWSCURRENT");
    });

    test("at testSecret while a shard has no record, or one of another key", async () => {
      const version = randomUUID();
      await rotator.step("createSecret", version);
      await rotator.step("setSecret", version);
      const { current } = await rotator.keys();
      const { [recordKey(current, 3)]: other, ...rest } = rotator.store.records;
      rotator.store.write({ ...rest, [recordKey(current, 4)]: other! });
      await expect(rotator.step("testSecret", version)).rejects.toThrow("2 of 64 shards have no record of the new key");
      await rotator.step("setSecret", version);
      await rotator.step("testSecret", version);
    });

    test("while the ledger is out of reach", async () => {
      await rotator.rotate();
      const before = JSON.stringify([rotator.store.records, await rotator.secretText()]);
      const version = randomUUID();
      await rotator.step("createSecret", version);
      rotator.watch((operation) => (operation === "Scan" ? "error" : undefined));
      await expect(rotator.step("setSecret", version)).rejects.toThrow(/^Error: setSecret: (InternalServerError|InternalServiceError)/);
      expect(JSON.stringify([rotator.store.records, await rotator.secretText()])).toBe(before);
    });
  });
});

/** What is left of a revocation when something fails in the middle of it: nothing is lost, and nothing is called done that is not. */
import { setTimeout } from "node:timers/promises";
import type { StoreFault } from "../../../local/key-value-store-stand-in";
import type { RevocationCommand } from "../../../session/revocation";
import { recordKey, shardOf } from "../../../session/shard";
import { gateSources } from "../../support/gate-sites";
import { startControlPlane, uidInShard, type ControlPlane, type Signed } from "../../support/control-plane";
import { startMoto, type Moto } from "../../support/moto";
import { describeWith } from "../../support/tools";

const OPERATIONS = ["DescribeSecret", "GetSecretValue", "PutItem", "DescribeKeyValueStore", "GetKey", "UpdateKeys"];
const FAULTS: [operation: string, fault: StoreFault][] = [
  ...OPERATIONS.flatMap((operation) => (["throttle", "error", "lost"] as const).map((fault): [string, StoreFault] => [operation, fault])),
  ["UpdateKeys", "conflict"],
];

/** Milliseconds: a busy machine is slow, not wrong. */
jest.setTimeout(120_000);

describeWith("moto", "a revocation in which something fails", (path) => {
  const gate = gateSources().door;
  let moto: Moto;
  let plane: ControlPlane;
  beforeAll(async () => {
    moto = await startMoto(path);
    plane = await startControlPlane(moto.endpoint, { gate });
  });
  afterAll(async () => {
    await plane?.close();
    await moto?.close();
  });
  afterEach(() => plane.unwatch());

  const user = ({ session }: Signed): RevocationCommand => ({ version: 1, target: { type: "user", uid: session.uid }, by: "operator:test", reason: "" });
  const allowed = ({ session }: Signed) => `allow session ${session.uid}`;

  /** It is in the ledger, in the record of every living key once, and nobody else is revoked. */
  async function expectRevoked(signed: Signed, bystander: Signed): Promise<void> {
    expect(await plane.decide(signed)).toBe("login revoked");
    expect(await plane.decide(bystander)).toBe(allowed(bystander));
    expect((await plane.revocations()).filter(({ uid }) => uid === signed.session.uid)).toHaveLength(1);
    const record = plane.store.records[recordKey((await plane.keys()).current, shardOf(signed.session.uid, 64))]!;
    expect(record.split(signed.session.uid.slice(0, 6))).toHaveLength(2);
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true });
  }

  async function callsOf(run: () => Promise<unknown>): Promise<string[]> {
    const seen: string[] = [];
    plane.watch((operation) => void seen.push(operation));
    await run();
    plane.unwatch();
    return seen;
  }

  test("makes the calls that the tests below break", async () => {
    const signed = await plane.signIn();
    expect([...new Set(await callsOf(() => plane.deliver([user(signed)])))].sort()).toEqual([...OPERATIONS].sort());
  });

  test.each(FAULTS)("%s fails once (%s): it is done all the same", async (operation, fault) => {
    const [signed, bystander] = [await plane.signIn(), await plane.signIn()];
    let isBroken = false;
    plane.watch((called) => {
      if (isBroken || called !== operation) return undefined;
      isBroken = true;
      return fault;
    });
    expect(await plane.deliver([user(signed)])).toEqual([]);
    plane.unwatch();
    await expectRevoked(signed, bystander);
  });

  test.each(OPERATIONS)("%s fails for good: it is reported, and done when it comes again", async (operation) => {
    const [signed, bystander] = [await plane.signIn(), await plane.signIn()];
    plane.watch((called) => (called === operation ? "error" : undefined));
    expect(await plane.deliver([user(signed)])).toEqual([0]);
    await expect(plane.ask({ operation: "revoke", command: user(signed) })).rejects.toThrow(/^Error: [A-Za-z]+\n/);
    expect(await plane.decide(bystander)).toBe(allowed(bystander));
    plane.unwatch();
    expect(await plane.deliver([user(signed)])).toEqual([]);
    await expectRevoked(signed, bystander);
  });

  test("with the ledger out of reach nothing is written anywhere", async () => {
    const signed = await plane.signIn();
    const before = JSON.stringify(plane.store.records);
    for (const operation of ["revoke", "rebuild", "sweep", "check", "lockdown"] as const) {
      plane.watch((called) => (["PutItem", "Scan", "GetItem"].includes(called) ? "error" : undefined));
      const labels = JSON.stringify(await plane.labels());
      const more = { revoke: { command: user(signed) }, lockdown: { by: "b", reason: "" }, rebuild: {}, sweep: {}, check: {} }[operation];
      await expect(plane.ask({ operation, ...more } as never)).rejects.toThrow("InternalServiceError");
      expect(JSON.stringify(plane.store.records)).toBe(before);
      expect(JSON.stringify(await plane.labels())).toBe(labels);
    }
  });

  test("a crash between any two calls loses nothing once the message comes again", async () => {
    const total = (await callsOf(async () => plane.deliver([user(await plane.signIn())]))).length;
    expect(total).toBeGreaterThanOrEqual(6);
    // The last call reaches its service, or it does not.
    for (const [crashAt, fault] of Array.from({ length: total }, (_, call) => [[call + 1, undefined], [call + 1, "error"]] as const).flat()) {
      const [signed, bystander] = [await plane.signIn(), await plane.signIn()];
      plane.watch((_, call) => (call === crashAt ? plane.crash().then(() => fault) : undefined));
      expect(await plane.deliver([user(signed)])).toBe("all");
      plane.unwatch();
      expect(await plane.deliver([user(signed)])).toEqual([]);
      await expectRevoked(signed, bystander);
    }
  });

  test("another writer that always wins: it is reported, and no write of the other's is lost", async () => {
    const signed = await plane.signIn();
    plane.watch((operation) => {
      if (operation === "UpdateKeys") plane.store.write({ ...plane.store.records, note: "of another writer" });
      return undefined;
    });
    await expect(plane.ask({ operation: "revoke", command: user(signed) })).rejects.toThrow("the store was changed by others 8 times in a row");
    plane.unwatch();
    expect(plane.store.records["note"]).toBe("of another writer");
    expect(await plane.deliver([user(signed)])).toEqual([]);
    expect(await plane.decide(signed)).toBe("login revoked");
  });

  test("another writer between its reads and its write: both are there afterwards", async () => {
    const both = [await plane.signIn({ uid: uidInShard(1) }), await plane.signIn({ uid: uidInShard(2) })];
    const { current } = await plane.keys();
    const names = [recordKey(current, 1), recordKey(current, 2)];
    let reads = 0;
    plane.watch(async (operation) => {
      if (operation !== "GetKey" || ++reads !== 2) return undefined;
      // By now the other one is answered.
      await setTimeout(500);
      const others = names.map((name) => [name, plane.store.records[name]!.replace(/^.{43}/, "$&others")] as const);
      plane.store.write({ ...plane.store.records, ...Object.fromEntries(others) });
      return undefined;
    });
    expect(await plane.deliver(both.map(user))).toEqual([]);
    plane.unwatch();
    expect(await Promise.all(both.map(plane.decide))).toEqual(["login revoked", "login revoked"]);
    for (const name of names) expect(plane.store.records[name]!.slice(43)).toMatch(/^others/);
  });

  test("a record that is missing or damaged comes back with every revocation of its shard", async () => {
    const current = (await plane.keys()).current;
    for (const damage of [undefined, "?", (record: string) => `x${record.slice(1)}`, (record: string) => `${record}?`]) {
      const [first, bystander] = [await plane.signIn(), await plane.signIn()];
      const second = await plane.signIn({ uid: uidInShard(shardOf(first.session.uid, 64)) });
      expect(await plane.deliver([user(first)])).toEqual([]);
      const name = recordKey(current, shardOf(first.session.uid, 64));
      const { [name]: record, ...others } = plane.store.records;
      const broken = typeof damage === "function" ? damage(record!) : damage;
      plane.store.write({ ...others, ...(broken !== undefined && { [name]: broken }) });
      expect(await plane.deliver([user(second)])).toEqual([]);
      expect(await plane.decide(first)).toBe("login revoked");
      expect(await plane.decide(second)).toBe("login revoked");
      expect(await plane.decide(bystander)).toBe(allowed(bystander));
    }
  });
});

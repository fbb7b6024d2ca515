/** A shard with more revocations than its record takes. */
import { randomBytes, randomUUID } from "node:crypto";
import type { RevocationCommand } from "../../../session/revocation";
import type { Revocation } from "../../../session/ledger";
import { signingKeyId } from "../../../session/keys";
import { decodeRecord, MAX_RECORD_BYTES, recordKey } from "../../../session/shard";
import { mint } from "../../support/session-tokens";
import { gateSources } from "../../support/gate-sites";
import { SESSION_SECONDS, startControlPlane, TOKEN_SECONDS, uidInShard, type ControlPlane, type Signed } from "../../support/control-plane";
import { startMoto, type Moto } from "../../support/moto";
import { describeWith } from "../../support/tools";

const SHARD = 7;
/** Revoked sessions that fit beside the shard key. */
const FULL = 163;

/** Milliseconds: a busy machine is slow, not wrong. */
jest.setTimeout(120_000);

describeWith("moto", "a full shard", (path) => {
  const gate = gateSources().door;
  let moto: Moto;
  let plane: ControlPlane;
  beforeAll(async () => void (moto = await startMoto(path)), 60_000);
  afterAll(() => moto?.close());
  beforeEach(async () => void (plane = await startControlPlane(moto.endpoint, { gate })), 60_000);
  afterEach(() => plane.close());

  const session = ({ session: { uid, sid } }: Signed): RevocationCommand => ({ version: 1, target: { type: "session", uid, sid }, by: "sign-out", reason: "" });
  const revoked = (age: number): Revocation => {
    const at = plane.clock.now() - age;
    return { kind: "session", uid: uidInShard(SHARD), sid: randomBytes(12).toString("base64url"), cutoff: at, recordedAt: at, until: at + SESSION_SECONDS, by: "sign-out", reason: "", expiresAt: at + 40 * 86_400 };
  };
  const signIn = () => plane.signIn({ uid: uidInShard(SHARD) });
  const allowed = ({ session }: Signed) => `allow session ${session.uid}`;
  const entriesOf = (kid: string) => decodeRecord(plane.store.records[recordKey(kid, SHARD)]!).revokedSessions;
  /** As a handler signs now. */
  const signedAnew = async ({ session }: Signed): Promise<Signed> => {
    const keys = await plane.keys();
    return { session, token: mint(session, { ...keys, current: signingKeyId(keys, plane.clock.now(), SHARD) }, 64) };
  };

  /** Fills the shard's record. @param age seconds for which its revocations are in the ledger */
  async function fill(age: number): Promise<Revocation[]> {
    const revocations = Array.from({ length: FULL }, (_, place) => revoked(age + place));
    await plane.putRevocations(revocations);
    await plane.carryOut({ operation: "rebuild" });
    expect(entriesOf((await plane.keys()).current)).toHaveLength(FULL);
    return revocations;
  }

  test("drops the oldest revocation that no token needs any more", async () => {
    const revocations = await fill(TOKEN_SECONDS + 200);
    const { current } = await plane.keys();
    const signed = await signIn();
    expect(await plane.deliver([session(signed)])).toEqual([]);
    expect(await plane.decide(signed)).toBe("login revoked");
    expect((await plane.keys()).current).toBe(current);
    expect((await plane.keys()).shardKeys ?? {}).toEqual({});
    expect([...entriesOf(current)].sort()).toEqual([signed.session.sid, ...revocations.slice(0, -1).map(({ sid }) => sid!)].map((sid) => sid.slice(0, 6)).sort());
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true });
  });

  test("of revocations that are all needed gets a key of its own; its users sign in again, nobody else's do", async () => {
    await fill(60);
    const { current } = await plane.keys();
    const [signed, neighbour, elsewhere] = [await signIn(), await signIn(), await plane.signIn({ uid: uidInShard(SHARD + 1) })];
    plane.store.calls.length = 0;
    expect(await plane.deliver([session(signed)])).toEqual([]);
    // One write puts the new record and deletes the old one.
    expect(plane.store.calls.filter((call) => call === "UpdateKeys")).toHaveLength(1);
    const keys = await plane.keys();
    const own = Object.keys(keys.shardKeys!)[0]!;
    expect(keys).toMatchObject({ current, shardKeys: { [own]: SHARD }, voided: [recordKey(current, SHARD)] });
    expect(plane.store.records[recordKey(current, SHARD)]).toBeUndefined();
    expect(await Promise.all([signed, neighbour, elsewhere].map(plane.decide))).toEqual(["login key", "login key", allowed(elsewhere)]);
    expect(await plane.decide(await signedAnew(neighbour))).toBe(allowed(neighbour));
    expect(await plane.decide(await signedAnew(signed))).toBe("login revoked");
    // The others of the shard that were revoked a moment ago are there as long as they have room, and are not what it is about.
    const next = await signIn();
    expect(await plane.deliver([session(next)])).toEqual([]);
    expect(await plane.decide(await signedAnew(next))).toBe("login revoked");
    expect(Object.keys((await plane.keys()).shardKeys!)).toEqual([own]);
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true });
    expect(await plane.carryOut({ operation: "rebuild" })).toMatchObject({ written: 0, deleted: 0 });
  });

  test("that one user fills alone, by signing in and out, costs nobody else anything", async () => {
    const { current } = await plane.keys();
    const user = uidInShard(SHARD);
    const neighbour = await signIn();
    await plane.putRevocations(Array.from({ length: FULL }, () => ({ ...revoked(60), uid: user })));
    await plane.carryOut({ operation: "rebuild" });
    const last = await plane.signIn({ uid: user });
    expect(await plane.deliver([session(last)])).toEqual([]);
    expect(await Promise.all([last, neighbour].map(plane.decide))).toEqual(["login revoked", allowed(neighbour)]);
    expect((await plane.keys()).shardKeys ?? {}).toEqual({});
    expect(Object.keys(plane.store.records)).toContain(recordKey(current, SHARD));
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true });
  });

  test("whose own key is full too gets the next one", async () => {
    await fill(60);
    await plane.deliver([session(await signIn())]);
    const first = Object.keys((await plane.keys()).shardKeys!)[0]!;
    plane.clock.advance(30);
    await plane.putRevocations(Array.from({ length: FULL }, () => revoked(5)));
    expect(await plane.deliver([session(await signIn())])).toEqual([]);
    const keys = await plane.keys();
    const second = signingKeyId(keys, plane.clock.now(), SHARD);
    expect(second).not.toBe(first);
    expect(Object.keys(keys.retired!)).toEqual([first]);
    expect(Object.keys(keys.shardKeys!).sort()).toEqual([first, second].sort());
    expect(Object.keys(plane.store.records).filter((name) => name.endsWith(`.${SHARD}`))).toEqual([recordKey(second, SHARD)]);
  });

  test("that the secret gives a key, and then the revoker crashes, is finished when the message comes again", async () => {
    await fill(60);
    const signed = await signIn();
    plane.watch((operation) => (operation === "UpdateKeys" ? plane.crash().then(() => "error") : undefined));
    expect(await plane.deliver([session(signed)])).toBe("all");
    plane.unwatch();
    expect(await plane.decide(signed)).toBe(allowed(signed));
    expect(await plane.deliver([session(signed)])).toEqual([]);
    expect(await plane.decide(signed)).toBe("login key");
    expect(Object.keys((await plane.keys()).shardKeys!)).toHaveLength(1);
  });

  test("while a rotation is under way loses its records, and has them again when the rotation is over", async () => {
    await fill(60);
    const version = randomUUID();
    await plane.step("createSecret", version);
    const before = JSON.stringify(await plane.keys());
    const [signed, neighbour] = [await signIn(), await signIn()];
    expect(await plane.deliver([session(signed)])).toEqual([]);
    expect(JSON.stringify(await plane.keys())).toBe(before);
    expect(await Promise.all([signed, neighbour].map(plane.decide))).toEqual(["login key", "login key"]);
    expect(plane.logs()).toContain('{"operation":"shard-key","outcome":"no_room","shard":7}');
    for (const step of ["setSecret", "testSecret", "finishSecret"]) await plane.step(step, version);
    await plane.carryOut({ operation: "sweep" });
    expect(await plane.decide(await signedAnew(neighbour))).toBe(allowed(neighbour));
    expect(await plane.decide(await signedAnew(signed))).toBe("login revoked");
  });

  test("at the same time as another one: neither's key is lost", async () => {
    const others = (shard: number) => Array.from({ length: FULL }, () => ({ ...revoked(60), uid: uidInShard(shard) }));
    await plane.putRevocations([...others(3), ...others(4)]);
    await plane.carryOut({ operation: "rebuild" });
    const second = await plane.another();
    const [three, four] = [await plane.signIn({ uid: uidInShard(3) }), await plane.signIn({ uid: uidInShard(4) })];
    await Promise.all([
      plane.carryOut({ operation: "revoke", command: session(three) }),
      second.invoke({ operation: "revoke", command: session(four) }),
    ]);
    expect(Object.values((await plane.keys()).shardKeys!).sort()).toEqual([3, 4]);
    expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true });
  });

  test("never has a record of more than 1 KB, however many are revoked at once", async () => {
    const users = await Promise.all(Array.from({ length: 60 }, signIn));
    await plane.putRevocations(Array.from({ length: 2 * FULL }, (_, place) => revoked(TOKEN_SECONDS + 200 + place)));
    for (let from = 0; from < users.length; from += 10) {
      expect(await plane.deliver(users.slice(from, from + 10).map(({ session }) => ({ version: 1, target: { type: "user", uid: session.uid }, by: "test", reason: "" })))).toEqual([]);
    }
    expect(Math.max(...Object.values(plane.store.records).map((record) => record.length))).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    expect(new Set(await Promise.all(users.map(plane.decide)))).toEqual(new Set(["login revoked"]));
  });
});

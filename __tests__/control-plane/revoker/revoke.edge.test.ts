/** A revocation, from the asker to the gate's decision. */
import { createHash } from "node:crypto";
import { gateSources } from "../../support/gate-sites";
import { SESSION_SECONDS, startControlPlane, type ControlPlane, type Signed } from "../../support/control-plane";
import { startMoto, type Moto } from "../../support/moto";
import { describeWith } from "../../support/tools";
import { recordKey, shardOf } from "../../../session/shard";
import type { RevocationCommand, RevocationTarget } from "../../../session/revocation";

describeWith("moto", "a revocation", (path) => {
  const gate = gateSources().door;
  let moto: Moto;
  let plane: ControlPlane;
  beforeAll(async () => {
    moto = await startMoto(path);
    plane = await startControlPlane(moto.endpoint, { gate });
  }, 90_000);
  afterAll(async () => {
    await plane?.close();
    await moto?.close();
  });

  const command = (target: RevocationTarget, more: Partial<RevocationCommand> = {}): RevocationCommand => ({ version: 1, target, by: "operator:test", reason: "laptop stolen", ...more });
  const user = ({ session }: Signed) => command({ type: "user", uid: session.uid });
  const allowed = ({ session }: Signed) => `allow session ${session.uid}`;
  const recordOf = async ({ session }: Signed) => recordKey((await plane.keys()).current, shardOf(session.uid, 64));

  test("of a user, asked for directly, ends all sessions of that user and no other's", async () => {
    const first = await plane.signIn();
    const second = await plane.signIn({ uid: first.session.uid });
    const other = await plane.signIn();
    expect(await plane.decide(first)).toBe(allowed(first));
    const answer = await plane.carryOut({ operation: "revoke", command: user(first) });
    const now = answer.revocation.recordedAt;
    expect(answer).toEqual({
      revocation: { kind: "user", uid: first.session.uid, cutoff: now, recordedAt: now, until: now + SESSION_SECONDS, by: "operator:test", reason: "laptop stolen", expiresAt: now + SESSION_SECONDS + 30 * 86_400 },
      isNew: true,
      records: [await recordOf(first)],
      sessions: 2,
    });
    expect(await Promise.all([first, second, other].map(plane.decide))).toEqual(["login revoked", "login revoked", allowed(other)]);
    expect(await plane.revocations()).toContainEqual(answer.revocation);
  });

  test("of a user spares the session that began after it", async () => {
    const before = await plane.signIn();
    const after = await plane.signIn({ uid: before.session.uid, issuedAt: before.session.issuedAt + 2 });
    await plane.carryOut({ operation: "revoke", command: { ...user(before), cutoff: before.session.issuedAt + 1 } });
    expect(await plane.decide(before)).toBe("login revoked");
    expect(await plane.decide(after)).toBe(allowed(after));
  });

  test("of one session leaves the user's others alone, whether its user is named or not", async () => {
    for (const isNamed of [true, false]) {
      const first = await plane.signIn();
      const second = await plane.signIn({ uid: first.session.uid });
      const { sid, uid } = first.session;
      const answer = await plane.carryOut({ operation: "revoke", command: command({ type: "session", sid, ...(isNamed && { uid }) }) });
      expect(answer).toMatchObject({ revocation: { kind: "session", sid, uid }, sessions: 1 });
      expect(await plane.decide(first)).toBe("login revoked");
      expect(await plane.decide(second)).toBe(allowed(second));
    }
  });

  test("of a user as the identity provider names them", async () => {
    const uid = createHash("sha256").update("https://idp.example\nalice").digest("base64url").slice(0, 16);
    const alice = await plane.signIn({ uid });
    await plane.carryOut({ operation: "revoke", command: command({ type: "user", issuer: "https://idp.example", subject: "alice" }) });
    expect(await plane.decide(alice)).toBe("login revoked");
  });

  test("said twice keeps who asked first, and reads no more than the shard's record", async () => {
    const signed = await plane.signIn();
    const first = await plane.carryOut({ operation: "revoke", command: { ...user(signed), cutoff: signed.session.issuedAt } });
    plane.store.calls.length = 0;
    const second = await plane.carryOut({ operation: "revoke", command: { ...user(signed), cutoff: signed.session.issuedAt, by: "somebody else" } });
    expect(second).toEqual({ ...first, isNew: false, records: [] });
    expect(plane.store.calls).toEqual(["DescribeKeyValueStore", "GetKey"]);
  });

  test("of a session that the index does not have yet waits for it", async () => {
    const late = { uid: "AAAAAAAAAAAAAAAA", sid: "late-in-the-inde" };
    let looks = 0;
    plane.watch(async (operation) => {
      if (operation === "Query" && ++looks === 2) await plane.putSession(late);
      return undefined;
    });
    expect(await plane.deliver([command({ type: "session", sid: late.sid })])).toEqual([]);
    plane.unwatch();
    expect(await plane.buried()).toEqual([]);
    expect(await plane.revocations()).toContainEqual(expect.objectContaining({ kind: "session", sid: late.sid, uid: late.uid }));
  });

  test("of a session that has long been over, and was revoked then, writes nothing", async () => {
    const signed = await plane.signIn();
    const { uid, sid } = signed.session;
    const at = plane.clock.now() - SESSION_SECONDS - 10;
    const held = { kind: "session", uid, sid, cutoff: at, recordedAt: at, until: at + SESSION_SECONDS, by: "sign-out", reason: "", expiresAt: at + 40 * 86_400 } as const;
    await plane.putRevocations([held]);
    plane.store.calls.length = 0;
    expect(await plane.carryOut({ operation: "revoke", command: command({ type: "session", uid, sid }) })).toEqual({ revocation: held, isNew: false, records: [], sessions: 1 });
    expect(plane.store.calls).toEqual([]);
  });

  test("by the queue is written with its whole batch in one call", async () => {
    const users = await Promise.all(Array.from({ length: 10 }, () => plane.signIn()));
    plane.store.calls.length = 0;
    expect(await plane.deliver(users.map(user))).toEqual([]);
    expect(plane.store.calls.filter((call) => call !== "GetKey")).toEqual(["DescribeKeyValueStore", "UpdateKeys"]);
    expect(new Set(await Promise.all(users.map(plane.decide)))).toEqual(new Set(["login revoked"]));
  });

  test("by the queue counts from when it was sent", async () => {
    const sentAt = plane.clock.now() - 100;
    const before = await plane.signIn({ issuedAt: sentAt });
    const after = await plane.signIn({ uid: before.session.uid, issuedAt: sentAt + 1 });
    expect(await plane.deliver([user(before)], sentAt)).toEqual([]);
    expect(await plane.decide(before)).toBe("login revoked");
    expect(await plane.decide(after)).toBe(allowed(after));
  });
});

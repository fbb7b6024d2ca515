/** What an operator is told about sessions. */
import { randomBytes } from "node:crypto";
import { startControlPlane, type ControlPlane } from "../../support/control-plane";
import { startMoto, type Moto } from "../../support/moto";
import { describeWith } from "../../support/tools";

describeWith("moto", "the list of sessions", (path) => {
  let moto: Moto;
  let plane: ControlPlane;
  beforeAll(async () => {
    moto = await startMoto(path);
    plane = await startControlPlane(moto.endpoint);
  }, 90_000);
  afterAll(async () => {
    await plane?.close();
    await moto?.close();
  });

  const id = () => randomBytes(12).toString("base64url");
  const by = { version: 1, by: "operator:test", reason: "" } as const;
  const states = ({ sessions }: { sessions: { sid: string; state: string }[] }) => Object.fromEntries(sessions.map(({ sid, state }) => [sid, state]));

  test("says of each what became of it; those that are over only when asked", async () => {
    const now = plane.clock.now();
    const uid = id();
    const sids = { living: id(), revoked: id(), cut: id(), out: id(), over: id() };
    await plane.putSession({ uid, sid: sids.living, startedAt: now });
    await plane.putSession({ uid, sid: sids.revoked, startedAt: now - 1 });
    await plane.putSession({ uid, sid: sids.cut, startedAt: now - 100 });
    await plane.putSession({ uid, sid: sids.out, startedAt: now - 3, endedAt: now - 2 });
    await plane.putSession({ uid, sid: sids.over, startedAt: now - 50, endsAt: now - 1 });
    await plane.carryOut({ operation: "revoke", command: { ...by, target: { type: "session", sid: sids.revoked, uid } } });
    await plane.carryOut({ operation: "revoke", command: { ...by, target: { type: "user", uid }, cutoff: now - 100 } });
    const listed = await plane.carryOut({ operation: "sessions", uid });
    expect(listed.sessions.map(({ sid }) => sid)).toEqual([sids.living, sids.revoked, sids.cut]);
    expect(states(listed)).toEqual({ [sids.living]: "living", [sids.revoked]: "revoked", [sids.cut]: "revoked" });
    const all = await plane.carryOut({ operation: "sessions", uid, all: true });
    expect(states(all)).toEqual({ ...states(listed), [sids.out]: "signed-out", [sids.over]: "over" });
  });

  test("finds a user by e-mail address, whatever its case", async () => {
    const [uid, sid] = [id(), id()];
    await plane.putSession({ uid, sid, email: "Dana@Example.com" });
    expect(await plane.carryOut({ operation: "sessions", email: "dana@example.COM" })).toMatchObject({ sessions: [{ uid, sid, state: "living" }], isCut: false });
  });

  test("is everybody's where no user is named, as many as asked for", async () => {
    for (let made = 0; made < 3; made++) await plane.putSession({ uid: id(), sid: id(), startedAt: plane.clock.now() + 1000 + made });
    const { sessions, isCut } = await plane.carryOut({ operation: "sessions", limit: 2 });
    expect(isCut).toBe(true);
    expect(sessions.map(({ startedAt }) => startedAt - plane.clock.now())).toEqual([1002, 1001].map((age) => expect.closeTo(age, -1)));
  });

  test("has nobody's sessions after a lockdown that began before it", async () => {
    const [uid, before, after] = [id(), id(), id()];
    const now = plane.clock.now();
    await plane.putSession({ uid, sid: before, startedAt: now - 5 });
    await plane.carryOut({ operation: "lockdown", by: "operator:test", reason: "" });
    await plane.putSession({ uid, sid: after, startedAt: now + 100 });
    expect(states(await plane.carryOut({ operation: "sessions", uid }))).toEqual({ [before]: "revoked", [after]: "living" });
  });
});

/** What an operator is told about sessions. */
import { randomBytes } from "node:crypto";
import { describeWithControlPlane } from "../../support/control-plane/describe";

describeWithControlPlane("the list of sessions", "shared", (plane) => {
  const id = () => randomBytes(12).toString("base64url");
  const by = { version: 1, by: "operator:test", reason: "" } as const;
  const states = ({ sessions }: { sessions: { sid: string; state: string }[] }) =>
    Object.fromEntries(sessions.map(({ sid, state }) => [sid, state]));

  test("lists the state of each; expired ones only on request", async () => {
    const now = plane.clock.now();
    const uid = id();
    const sids = { active: id(), revoked: id(), cut: id(), out: id(), over: id() };
    await plane.putSession({ uid, sid: sids.active, startedAt: now });
    await plane.putSession({ uid, sid: sids.revoked, startedAt: now - 1 });
    await plane.putSession({ uid, sid: sids.cut, startedAt: now - 1000 });
    await plane.putSession({ uid, sid: sids.out, startedAt: now - 3, endedAt: now - 2 });
    await plane.putSession({ uid, sid: sids.over, startedAt: now - 50, endsAt: now - 1 });
    await plane.carryOut({
      operation: "revoke",
      command: { ...by, target: { type: "session", sid: sids.revoked, uid } },
    });
    await plane.carryOut({
      operation: "revoke",
      command: { ...by, target: { type: "user", uid }, cutoff: now - 1000 },
    });
    const listed = await plane.carryOut({ operation: "sessions", uid });
    expect(listed.sessions.map(({ sid }) => sid)).toEqual([sids.active, sids.revoked, sids.cut]);
    expect(states(listed)).toEqual({ [sids.active]: "active", [sids.revoked]: "revoked", [sids.cut]: "revoked" });
    const all = await plane.carryOut({ operation: "sessions", uid, all: true });
    expect(states(all)).toEqual({ ...states(listed), [sids.out]: "signed-out", [sids.over]: "expired" });
  });

  test("finds every user of an e-mail address, whatever its case, and scans nothing", async () => {
    const [first, second] = [
      { uid: id(), sid: id(), email: "Dana@Example.com" },
      { uid: id(), sid: id(), email: "dana@example.com" },
    ];
    for (const session of [first, second, { uid: id(), sid: id(), email: "dan@example.com" }])
      await plane.putSession(session);
    const seen: string[] = [];
    plane.watch((operation) => void seen.push(operation));
    const { sessions } = await plane.carryOut({ operation: "sessions", email: "dana@example.COM" });
    plane.unwatch();
    expect(new Set(seen)).toEqual(new Set(["Query", "BatchGetItem"]));
    expect(sessions.map(({ uid }) => uid).sort()).toEqual([first.uid, second.uid].sort());
  });

  test("is everybody's where no user is named, newest first, as many as asked for, and scans nothing", async () => {
    const made = [3, 2, 1].map((hours) => ({ uid: id(), sid: id(), startedAt: plane.clock.now() - hours * 3600 }));
    for (const session of made) await plane.putSession(session);
    const newest = { uid: id(), sid: id(), startedAt: plane.clock.now() + 60 };
    await plane.putSession(newest);
    const seen: string[] = [];
    plane.watch((operation) => void seen.push(operation));
    const { sessions, hasMore } = await plane.carryOut({ operation: "sessions", limit: 2 });
    plane.unwatch();
    expect(hasMore).toBe(true);
    expect(sessions).toHaveLength(2);
    expect(sessions[0]!.sid).toBe(newest.sid);
    expect(new Set(seen)).toEqual(new Set(["Query", "BatchGetItem"]));
    const all = await plane.carryOut({ operation: "sessions" });
    expect(all.sessions.map(({ sid }) => sid).slice(-3)).toEqual(made.reverse().map(({ sid }) => sid));
  });

  test("shows nothing that only the auth handler has a use for", async () => {
    const [uid, sid] = [id(), id()];
    await plane.putSession({ uid, sid, next: "sealed cookies", lease: "l", leasedAt: 1, watched: "w" });
    const { sessions } = await plane.carryOut({ operation: "sessions", uid });
    expect(Object.keys(sessions[0]!)).toEqual(expect.not.arrayContaining(["next", "lease", "leasedAt", "watched"]));
    expect(JSON.stringify(sessions)).not.toContain("sealed");
  });

  test("has nobody's sessions after a lockdown that began before it", async () => {
    const before = await plane.signIn();
    await plane.carryOut({ operation: "lockdown", by: "operator:test", reason: "" });
    const after = await plane.signIn({ uid: before.session.uid });
    expect(states(await plane.carryOut({ operation: "sessions", uid: before.session.uid }))).toEqual({
      [before.session.sid]: "revoked",
      [after.session.sid]: "active",
    });
  });
});

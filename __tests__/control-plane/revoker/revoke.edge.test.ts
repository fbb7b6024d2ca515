/** Who is out after a revocation, and who is not; as the shipped gate decides. */
import { shardOf } from "../../../session/shard";
import { createHash } from "node:crypto";
import type { RevocationCommand, RevocationTarget } from "../../../session/revocation";
import { CUTOFF_REACH } from "../../../session/timing";
import { uidInShard, type Signed } from "../../support/control-plane/bundles";
import { describeWithControlPlane } from "../../support/control-plane/describe";

describeWithControlPlane("a revocation", "shared", (plane) => {
  afterEach(() => plane.unwatch());

  const command = (target: RevocationTarget, more: Partial<RevocationCommand> = {}): RevocationCommand => ({
    version: 1,
    target,
    by: "operator:test",
    reason: "laptop stolen",
    ...more,
  });
  const user = ({ session }: Signed) => command({ type: "user", uid: session.uid });
  const allowed = ({ session }: Signed) => `allow session ${session.uid}`;

  test("of a user, by direct invocation, ends all sessions of that user and no other's, with one call of the store", async () => {
    const [first, other] = [await plane.signIn(), await plane.signIn()];
    const second = await plane.signIn({ uid: first.session.uid });
    expect(await plane.decide(first)).toBe(allowed(first));
    plane.store.calls.length = 0;
    const answer = await plane.carryOut({ operation: "revoke", command: user(first) });
    expect(plane.store.calls).toEqual(["UpdateKeys"]);
    expect(answer).toMatchObject({
      revocation: { kind: "user", uid: first.session.uid, by: "operator:test", reason: "laptop stolen" },
      isNew: true,
      records: [`shard.${shardOf(first.session.uid)}`],
      sessions: 2,
    });
    expect(await Promise.all([first, second, other].map(plane.decide))).toEqual([
      "login revoked",
      "login revoked",
      allowed(other),
    ]);
    expect(await plane.revocations()).toContainEqual(answer.revocation);
    const next = await plane.signIn({ uid: first.session.uid });
    expect(await plane.decide(next)).toBe(allowed(next));
  });

  test("of a user spares the session that began well after it was asked for", async () => {
    const asked = plane.clock.now() - CUTOFF_REACH - 10;
    const before = await plane.signIn({ issuedAt: asked + CUTOFF_REACH });
    const after = await plane.signIn({ uid: before.session.uid, issuedAt: asked + CUTOFF_REACH + 1 });
    await plane.carryOut({ operation: "revoke", command: { ...user(before), cutoff: asked } });
    expect(await Promise.all([before, after].map(plane.decide))).toEqual(["login revoked", allowed(after)]);
  });

  test("of one session leaves the user's others alone, whether its user is named right, wrong or not", async () => {
    for (const named of ["right", "wrong", "not"]) {
      const first = await plane.signIn();
      const second = await plane.signIn({ uid: first.session.uid });
      const { sid, uid } = first.session;
      const more = { right: { uid }, wrong: { uid: "AAAAAAAAAAAAAAAA" }, not: {} }[named];
      const answer = await plane.carryOut({ operation: "revoke", command: command({ type: "session", sid, ...more }) });
      expect(answer).toMatchObject({ revocation: { kind: "session", sid, uid }, sessions: 1 });
      expect(await Promise.all([first, second].map(plane.decide))).toEqual(["login revoked", allowed(second)]);
    }
  });

  test("of a user as the identity provider names them", async () => {
    const uid = createHash("sha256").update("https://idp.example\nalice").digest("base64url").slice(0, 16);
    const alice = await plane.signIn({ uid });
    await plane.carryOut({
      operation: "revoke",
      command: command({ type: "user", issuer: "https://idp.example", subject: "alice" }),
    });
    expect(await plane.decide(alice)).toBe("login revoked");
  });

  test("by the queue is written with its whole batch in one call, and scans no table", async () => {
    const users = await Promise.all(Array.from({ length: 10 }, () => plane.signIn()));
    plane.store.calls.length = 0;
    const seen: string[] = [];
    plane.watch((operation) => void seen.push(operation));
    expect(await plane.deliver(users.map(user))).toEqual([]);
    expect(plane.store.calls).toEqual(["UpdateKeys"]);
    expect(new Set(seen)).toEqual(new Set(["BatchGetItem", "PutItem", "GetItem", "DescribeSecret", "UpdateKeys"]));
    expect(new Set(await Promise.all(users.map(plane.decide)))).toEqual(new Set(["login revoked"]));
  });

  test("by the topic that comes again five minutes later ends no newer session", async () => {
    const before = await plane.signIn();
    const { uid } = before.session;
    const body = JSON.stringify({
      Type: "Notification",
      MessageId: "m",
      TopicArn: "arn:aws:sns:us-east-1:111122223333:t",
      Message: JSON.stringify(user(before)),
      Timestamp: new Date(plane.clock.now() * 1000).toISOString(),
    });
    expect(await plane.deliver([body])).toEqual([]);
    expect(await plane.decide(before)).toBe("login revoked");
    const held = (await plane.revocations()).filter((one) => one.uid === uid);
    plane.clock.advance(10);
    const after = await plane.signIn({ uid });
    plane.clock.advance(300);
    expect(await plane.deliver([body])).toEqual([]);
    expect((await plane.revocations()).filter((one) => one.uid === uid)).toEqual(held);
    expect(await plane.decide(after)).toBe(allowed(after));
  });

  test("of more users than fit into a record raises the floor: revoked users get no valid token, all others a new one", async () => {
    const [meant, bystander] = [
      await plane.signIn({ uid: uidInShard("AB") }),
      await plane.signIn({ uid: uidInShard("AB") }),
    ];
    const others = Array.from({ length: 60 }, () => command({ type: "user", uid: uidInShard("AB") }));
    expect(await plane.deliver([...others, user(meant)])).toEqual([]);
    expect((await plane.shardState("1"))!.floor).toBeGreaterThan(0);
    expect(await Promise.all([meant, bystander].map(plane.decide))).toEqual(["login outdated", "login outdated"]);
    const reissued = await plane.reissue(bystander);
    expect(await plane.decide(reissued)).toBe(allowed(reissued));
    const after = await plane.signIn();
    expect(await plane.decide(after)).toBe(allowed(after));
  });

  test("that cannot be carried out goes to the dead-letter queue with its reason, and the log holds nothing of it", async () => {
    const bodies = [
      "{not json SECRET",
      JSON.stringify({ ...command({ type: "session", sid: "nobodys-session0" }) }),
      JSON.stringify({ SECRET: 1 }),
    ];
    expect(await plane.deliver(bodies)).toEqual([]);
    expect((await plane.deadLetters()).map(({ body }) => body).sort()).toEqual([...bodies].sort());
    expect(plane.logs()).not.toContain("SECRET");
  });

  test.each(["error", "throttle", "lost"] as const)(
    "of which any one call has the fault %s is done all the same",
    async (fault) => {
      const seen: string[] = [];
      plane.watch((operation) => void seen.push(operation));
      await plane.deliver([user(await plane.signIn())]);
      for (let place = 1; place <= seen.length; place++) {
        const [signed, bystander] = [await plane.signIn(), await plane.signIn()];
        plane.watch((_, call) => (call === place ? fault : undefined));
        expect(await plane.deliver([user(signed)])).toEqual([]);
        plane.unwatch();
        expect(await Promise.all([signed, bystander].map(plane.decide))).toEqual(["login revoked", allowed(bystander)]);
      }
      expect(await plane.carryOut({ operation: "check" })).toMatchObject({ isRight: true });
    },
  );

  test("in which the process ends at any call is done when its message comes again", async () => {
    const seen: string[] = [];
    plane.watch((operation) => void seen.push(operation));
    await plane.deliver([user(await plane.signIn())]);
    expect(seen.length).toBeGreaterThanOrEqual(8);
    for (let place = 1; place <= seen.length; place++) {
      const [signed, bystander] = [await plane.signIn(), await plane.signIn()];
      plane.watch((_, call) => (call === place ? plane.crash().then(() => undefined) : undefined));
      expect(await plane.deliver([user(signed)])).toBe("all");
      plane.unwatch();
      expect(await plane.deliver([user(signed)])).toEqual([]);
      expect(await Promise.all([signed, bystander].map(plane.decide))).toEqual(["login revoked", allowed(bystander)]);
    }
  });
});

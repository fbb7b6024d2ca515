/**
 * What the ledger says of a user after commands that come twice, late, early and in any order; and whose session is
 * meant.
 */
import { shardOf } from "../../../session/shard";
import { carryOutBatch, type SqsRecord } from "../../../control-plane/revoker/batch";
import { listSessions } from "../../../control-plane/revoker/sessions";
import { revoke } from "../../../control-plane/revoker/revoke";
import { isVoid, sessionRevocationId, userRevocationId, type Revocation } from "../../../session/ledger";
import type { RevocationCommand } from "../../../session/revocation";
import { randomId, SETTINGS, twins, type ActorOptions, type World } from "../../support/control-plane-twins";

const seconds = (world: World) => Math.floor(world.time.now() / 1000);
const message = (body: string, sentAt: number): SqsRecord => ({
  messageId: randomId(),
  body,
  eventSource: "aws:sqs",
  attributes: { SentTimestamp: String(sentAt * 1000) },
});
/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const notification = (command: RevocationCommand, publishedAt: number) =>
  JSON.stringify({
    Type: "Notification",
    MessageId: randomId(),
    TopicArn: "arn:aws:sns:us-east-1:111122223333:example",
    Message: JSON.stringify(command),
    Timestamp: new Date(publishedAt * 1000).toISOString(),
    SignatureVersion: "1",
  });
const ofUser = (uid: string, more: Partial<RevocationCommand> = {}): RevocationCommand => ({
  version: 1,
  target: { type: "user", uid },
  by: "event:hr",
  reason: "left",
  ...more,
});

async function deliver(world: World, body: string, sentAt: number, options: ActorOptions = {}): Promise<void> {
  const { batchItemFailures } = await world.time.run(
    carryOutBatch(world.actor(options).ports, SETTINGS, [message(body, sentAt)]),
  );
  expect(batchItemFailures).toEqual([]);
}
const held = (world: World, uid: string) => world.items.get(userRevocationId(uid)) as Revocation | undefined;

describe("a message that comes again ends no session that began since", () => {
  const kinds: [
    string,
    (command: RevocationCommand, sentAt: number) => string,
    (sentAt: number) => Partial<RevocationCommand>,
  ][] = [
    ["a notification of the topic", notification, () => ({})],
    ["a message with a cutoff of its own", (command) => JSON.stringify(command), (sentAt) => ({ cutoff: sentAt })],
    [
      "a message whose cutoff was ahead of the revoker's clock",
      (command) => JSON.stringify(command),
      (sentAt) => ({ cutoff: sentAt + 120 }),
    ],
    [
      "a notification by a clock that is ahead of the revoker's",
      (command, sentAt) => notification(command, sentAt + 120),
      () => ({}),
    ],
  ];
  const times: [string, number, number][] = [
    ["a minute later", 60, 0],
    ["five minutes later", 300, 0],
    ["redriven from the dead-letter queue a day later, with a new time of sending", 86_400, 86_400],
  ];
  const cases = kinds.flatMap(([kind, body, more]) =>
    times.map(([when, later, resent]) => [`${kind}, ${when}`, { body, more, later, resent }] as const),
  );

  test.each(cases)("%s", async (_, { body, more, later, resent }) => {
    const world = twins();
    const before = world.signIn();
    const { uid } = before.session;
    const sentAt = seconds(world);
    const text = body(ofUser(uid, more(sentAt)), sentAt);
    await deliver(world, text, sentAt);
    expect(await world.decide(before)).toBe("login revoked");
    const first = held(world, uid);
    await world.time.pass(20_000);
    const after = world.signIn({ uid });
    await world.time.pass(later * 1000);
    await deliver(world, text, sentAt + resent);
    expect(held(world, uid)).toEqual(first);
    const again = world.reissue({ ...after, session: { ...after.session, expiresAt: seconds(world) + 900 } });
    expect(await world.decide(again)).toBe(`allow session ${uid}`);
    expect(isVoid(world.sessions.get(after.session.sid)!, [held(world, uid)!])).toBe(false);
  });

  test("though eight other commands were about the same user since, where it is older than what they ended", async () => {
    const world = twins();
    const uid = randomId();
    const first = ofUser(uid, { cutoff: seconds(world) });
    await deliver(world, JSON.stringify(first), seconds(world));
    await world.time.pass(600_000);
    for (let other = 0; other < 8; other++)
      await deliver(world, JSON.stringify(ofUser(uid, { cutoff: seconds(world), reason: `${other}` })), seconds(world));
    const { mark } = held(world, uid)!;
    await deliver(world, JSON.stringify(first), seconds(world));
    expect(held(world, uid)!.mark).toBe(mark);
  });
});

describe("a revocation of a user", () => {
  test("that comes late spares the session that began well after it was asked for", async () => {
    const world = twins();
    const uid = randomId();
    const asked = seconds(world);
    const before = world.signIn({ uid });
    await world.time.pass(600_000);
    const after = world.signIn({ uid });
    await deliver(world, JSON.stringify(ofUser(uid, { cutoff: asked })), asked);
    expect(await world.decide(before)).toBe("login revoked");
    expect(await world.decide(after)).toBe(`allow session ${uid}`);
  });

  test("that is another one ends the session that began after the first, in the same second too", async () => {
    const world = twins();
    const uid = randomId();
    await deliver(world, JSON.stringify(ofUser(uid)), seconds(world));
    const between = world.signIn({ uid });
    await deliver(world, JSON.stringify(ofUser(uid, { by: "operator:test" })), seconds(world));
    expect(await world.decide(between)).toBe("login revoked");
  });

  test("ends the session that a handler began by a clock two minutes ahead", async () => {
    const world = twins();
    const early = world.signIn({ issuedAt: seconds(world) + 120 });
    await deliver(world, JSON.stringify(ofUser(early.session.uid)), seconds(world));
    expect(await world.decide(early)).toBe("login revoked");
  });

  test.each([[-120], [120]])(
    "by a revoker whose clock is off by %i s ends what there is, and nothing that begins then",
    async (skew) => {
      const world = twins();
      const before = world.signIn();
      const { uid } = before.session;
      await deliver(world, JSON.stringify(ofUser(uid)), seconds(world), { skew });
      const after = world.signIn({ uid });
      expect(await world.decide(before)).toBe("login revoked");
      expect(await world.decide(after)).toBe(`allow session ${uid}`);
      // By another revoker, whose clock is right.
      await deliver(world, JSON.stringify(ofUser(uid, { reason: "once more" })), seconds(world));
      expect(await world.decide(after)).toBe("login revoked");
    },
  );

  test.each([[60], [120], [3600], [40 * 365 * 86_400]])(
    "with a cutoff %i s ahead of the revoker's clock is taken, not sent to the dead-letter queue, and ends what there is by now",
    async (ahead) => {
      const world = twins();
      const before = world.signIn();
      const { uid } = before.session;
      await deliver(world, JSON.stringify(ofUser(uid, { cutoff: seconds(world) + ahead })), seconds(world));
      expect(world.deadLetters).toEqual([]);
      expect(await world.decide(before)).toBe("login revoked");
      expect(held(world, uid)!.cutoff).toBe(seconds(world));
      await world.time.pass(10_000);
      const after = world.signIn({ uid });
      expect(await world.decide(after)).toBe(`allow session ${uid}`);
    },
  );

  test("has a greater mark each time, whichever of fifty revokers records it", async () => {
    const world = twins();
    const uid = randomId();
    const answers = await world.time.run(
      Promise.all(
        Array.from({ length: 50 }, (_, place) =>
          revoke(world.actor().ports, SETTINGS, ofUser(uid, { reason: `${place}` })),
        ),
      ),
    );
    const marks = answers.map(({ revocation }) => revocation.mark);
    expect(new Set(marks).size).toBe(50);
    expect(held(world, uid)!.mark).toBe(Math.max(...marks));
  });
});

describe("a revocation of a session", () => {
  const ofSession = (sid: string, uid?: string): RevocationCommand => ({
    version: 1,
    target: { type: "session", sid, ...(uid !== undefined && { uid }) },
    by: "sign-out",
    reason: "",
  });
  const recorded = (world: World, sid: string) => world.items.get(sessionRevocationId(sid)) as Revocation | undefined;

  test.each([
    ["the right user", true],
    ["another user", false],
    ["nobody", undefined],
  ] as const)("that names %s gets into the shard of its user", async (_, isRight) => {
    const world = twins();
    const signed = world.signIn();
    const { uid, sid } = signed.session;
    await deliver(
      world,
      JSON.stringify(ofSession(sid, isRight === undefined ? undefined : isRight ? uid : randomId())),
      seconds(world),
    );
    expect(await world.decide(signed)).toBe("login revoked");
    expect(recorded(world, sid)!.uid).toBe(uid);
    expect([...world.store.records.keys()].filter((name) => name.startsWith("shard."))).toEqual([
      `shard.${shardOf(uid)}`,
    ]);
  });

  test("that names another user before the ledger has the session is put right by the next one", async () => {
    const world = twins();
    const { sid } = world.signIn().session;
    const session = world.sessions.get(sid)!;
    world.sessions.delete(sid);
    await deliver(world, JSON.stringify(ofSession(sid, randomId())), seconds(world));
    world.sessions.set(sid, session);
    await deliver(world, JSON.stringify(ofSession(sid, session.uid)), seconds(world));
    expect(recorded(world, sid)!.uid).toBe(session.uid);
    expect(isVoid(session, [recorded(world, sid)!])).toBe(true);
  });

  test("whose user nobody knows goes to the dead-letter queue with its reason", async () => {
    const world = twins();
    await deliver(world, JSON.stringify(ofSession(randomId())), seconds(world));
    expect(world.deadLetters.map(({ reason }) => reason)).toEqual(["the ledger has no such session"]);
  });
});

test("an address finds the sessions of every user who has it", async () => {
  const world = twins();
  const [first, second, other] = [world.signIn(), world.signIn(), world.signIn()];
  for (const [signed, email] of [
    [first, "Dana@Example.com"],
    [second, "dana@example.COM"],
    [other, "dan@example.com"],
  ] as const)
    world.sessions.get(signed.session.sid)!.email = email;
  const { sessions } = await world.time.run(
    listSessions(world.actor().ports, SETTINGS, { operation: "sessions", email: "DANA@example.com" }),
  );
  expect(sessions.map(({ uid }) => uid).sort()).toEqual([first.session.uid, second.session.uid].sort());
});

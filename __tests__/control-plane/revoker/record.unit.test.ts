/**
 * What the ledger says of a user after commands that come twice, late, early and in any order; and whose session is
 * meant.
 */
import { shardOf } from "../../../session/shard";
import { listSessions } from "../../../control-plane/revoker/sessions";
import { revoke } from "../../../control-plane/revoker/revoke";
import { isRevoked, type Revocation } from "../../../ledger/records";
import { sessionRevocationId, userRevocationId } from "../../../ledger/tables";
import type { RevocationCommand } from "../../../session/revocation";
import {
  type Gateway,
  gatewayInMemory,
  type InstanceOptions,
  message,
  ofSession,
  ofUser,
  randomId,
} from "../../support/control-plane/gateway";

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
async function deliver(
  gateway: Gateway,
  body: string | RevocationCommand,
  sentAt: number,
  options: InstanceOptions = {},
): Promise<void> {
  expect(await gateway.deliver([message(body, sentAt)], options)).toEqual([]);
}
const held = (gateway: Gateway, uid: string) => gateway.items.get(userRevocationId(uid)) as Revocation | undefined;

test("a notification of the topic cannot be in the name of an operator or of the gateway itself", async () => {
  const gateway = gatewayInMemory();
  for (const by of ["operator:arn:aws:iam::111122223333:user/alice", "reuse"]) {
    const uid = randomId();
    await deliver(gateway, notification(ofUser(uid, { by }), gateway.now()), gateway.now());
    expect(held(gateway, uid)?.by).toBe(`topic:${by}`);
  }
});

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
    const gateway = gatewayInMemory();
    const before = gateway.signIn();
    const { uid } = before.session;
    const sentAt = gateway.now();
    const text = body(ofUser(uid, more(sentAt)), sentAt);
    await deliver(gateway, text, sentAt);
    expect(await gateway.decide(before)).toBe("login revoked");
    const first = held(gateway, uid);
    await gateway.time.pass(20_000);
    const after = gateway.signIn({ uid });
    await gateway.time.pass(later * 1000);
    await deliver(gateway, text, sentAt + resent);
    expect(held(gateway, uid)).toEqual(first);
    const again = gateway.reissue({ ...after, session: { ...after.session, expiresAt: gateway.now() + 900 } });
    expect(await gateway.decide(again)).toBe(`allow session ${uid}`);
    expect(isRevoked(gateway.sessions.get(after.session.sid)!, [held(gateway, uid)!])).toBe(false);
  });

  test("though seven other commands were about the same user a moment later", async () => {
    const gateway = gatewayInMemory();
    const uid = randomId();
    const commands = Array.from({ length: 8 }, (_, place) =>
      ofUser(uid, { cutoff: gateway.now(), reason: `${place}` }),
    );
    for (const command of commands) await deliver(gateway, command, gateway.now());
    const last = held(gateway, uid);
    const after = gateway.signIn({ uid });
    await deliver(gateway, commands[0]!, gateway.now());
    expect(held(gateway, uid)).toEqual(last);
    expect(await gateway.decide(after)).toBe(`allow session ${uid}`);
  });

  test("though eight other commands were about the same user since, where it is older than what they ended", async () => {
    const gateway = gatewayInMemory();
    const uid = randomId();
    const first = ofUser(uid, { cutoff: gateway.now() });
    await deliver(gateway, first, gateway.now());
    await gateway.time.pass(600_000);
    for (let other = 0; other < 8; other++)
      await deliver(gateway, ofUser(uid, { cutoff: gateway.now(), reason: `${other}` }), gateway.now());
    const { mark } = held(gateway, uid)!;
    await deliver(gateway, first, gateway.now());
    expect(held(gateway, uid)!.mark).toBe(mark);
  });
});

describe("a revocation of a user", () => {
  test("that comes late spares the session that began well after it was asked for", async () => {
    const gateway = gatewayInMemory();
    const uid = randomId();
    const asked = gateway.now();
    const before = gateway.signIn({ uid });
    await gateway.time.pass(600_000);
    const after = gateway.signIn({ uid });
    await deliver(gateway, ofUser(uid, { cutoff: asked }), asked);
    expect(await gateway.decide(before)).toBe("login revoked");
    expect(await gateway.decide(after)).toBe(`allow session ${uid}`);
  });

  test("that is another one ends the session that began after the first, in the same second too", async () => {
    const gateway = gatewayInMemory();
    const uid = randomId();
    await deliver(gateway, ofUser(uid), gateway.now());
    const between = gateway.signIn({ uid });
    await deliver(gateway, ofUser(uid, { by: "event:hr" }), gateway.now());
    expect(await gateway.decide(between)).toBe("login revoked");
  });

  test("ends the session that a handler began by a clock two minutes ahead", async () => {
    const gateway = gatewayInMemory();
    const early = gateway.signIn({ issuedAt: gateway.now() + 120 });
    await deliver(gateway, ofUser(early.session.uid), gateway.now());
    expect(await gateway.decide(early)).toBe("login revoked");
  });

  test.each([[-120], [120]])(
    "by a revoker whose clock is off by %i s ends what there is, and nothing that begins then",
    async (skew) => {
      const gateway = gatewayInMemory();
      const before = gateway.signIn();
      const { uid } = before.session;
      await deliver(gateway, ofUser(uid), gateway.now(), { skew });
      const after = gateway.signIn({ uid });
      expect(await gateway.decide(before)).toBe("login revoked");
      expect(await gateway.decide(after)).toBe(`allow session ${uid}`);
      // By another revoker, whose clock is right.
      await deliver(gateway, ofUser(uid, { reason: "once more" }), gateway.now());
      expect(await gateway.decide(after)).toBe("login revoked");
    },
  );

  test.each([[60], [120], [3600], [40 * 365 * 86_400]])(
    "with a cutoff %i s ahead of the revoker's clock is taken, not sent to the dead-letter queue, and ends what there is by now",
    async (ahead) => {
      const gateway = gatewayInMemory();
      const before = gateway.signIn();
      const { uid } = before.session;
      await deliver(gateway, ofUser(uid, { cutoff: gateway.now() + ahead }), gateway.now());
      expect(gateway.deadLetters).toEqual([]);
      expect(await gateway.decide(before)).toBe("login revoked");
      expect(held(gateway, uid)!.cutoff).toBe(gateway.now());
      await gateway.time.pass(10_000);
      const after = gateway.signIn({ uid });
      expect(await gateway.decide(after)).toBe(`allow session ${uid}`);
    },
  );

  test("has a greater mark each time, whichever of fifty revokers records it", async () => {
    const gateway = gatewayInMemory();
    const uid = randomId();
    const answers = await gateway.time.run(
      Promise.all(
        Array.from({ length: 50 }, (_, place) => revoke(gateway.instance().ports, ofUser(uid, { reason: `${place}` }))),
      ),
    );
    const marks = answers.map(({ revocation }) => revocation.mark);
    expect(new Set(marks).size).toBe(50);
    expect(held(gateway, uid)!.mark).toBe(Math.max(...marks));
  });
});

describe("a revocation of a session", () => {
  const recorded = (gateway: Gateway, sid: string) =>
    gateway.items.get(sessionRevocationId(sid)) as Revocation | undefined;

  test.each([
    ["the right user", true],
    ["another user", false],
    ["nobody", undefined],
  ] as const)("that names %s gets into the shard of its user", async (_, isRight) => {
    const gateway = gatewayInMemory();
    const signed = gateway.signIn();
    const { uid, sid } = signed.session;
    await deliver(
      gateway,
      JSON.stringify(ofSession(sid, isRight === undefined ? undefined : isRight ? uid : randomId())),
      gateway.now(),
    );
    expect(await gateway.decide(signed)).toBe("login revoked");
    expect(recorded(gateway, sid)!.uid).toBe(uid);
    expect([...gateway.store.records.keys()].filter((name) => name.startsWith("shard."))).toEqual([
      `shard.${shardOf(uid)}`,
    ]);
  });

  test("that names another user before the ledger has the session is put right by the next one", async () => {
    const gateway = gatewayInMemory();
    const { sid } = gateway.signIn().session;
    const session = gateway.sessions.get(sid)!;
    gateway.sessions.delete(sid);
    await deliver(gateway, ofSession(sid, randomId()), gateway.now());
    gateway.sessions.set(sid, session);
    await deliver(gateway, ofSession(sid, session.uid), gateway.now());
    expect(recorded(gateway, sid)!.uid).toBe(session.uid);
    expect(isRevoked(session, [recorded(gateway, sid)!])).toBe(true);
  });

  test("whose user nobody knows goes to the dead-letter queue with its reason", async () => {
    const gateway = gatewayInMemory();
    await deliver(gateway, ofSession(randomId()), gateway.now());
    expect(gateway.deadLetters.map(({ reason }) => reason)).toEqual(["the ledger has no such session"]);
  });
});

test("an address finds the sessions of every user who has it", async () => {
  const gateway = gatewayInMemory();
  const [first, second, other] = [gateway.signIn(), gateway.signIn(), gateway.signIn()];
  for (const [signed, email] of [
    [first, "Dana@Example.com"],
    [second, "dana@example.COM"],
    [other, "dan@example.com"],
  ] as const)
    gateway.sessions.get(signed.session.sid)!.email = email;
  const { sessions } = await gateway.time.run(
    listSessions(gateway.instance().ports, { operation: "sessions", email: "DANA@example.com" }),
  );
  expect(sessions.map(({ uid }) => uid).sort()).toEqual([first.session.uid, second.session.uid].sort());
});

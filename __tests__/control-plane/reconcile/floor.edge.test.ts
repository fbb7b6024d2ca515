/** A shard that has no room left: its floor is raised, in time and in order, and nobody else pays for it. */
import { AT_ONCE } from "../../../stacks/revocation-queues";
import { shardOf } from "../../../session/shard";
import { carryOutBatch, type SqsRecord } from "../../../control-plane/revoker/batch";
import { revoke } from "../../../control-plane/revoker/revoke";
import { tidy } from "../../../control-plane/reconcile/reconcile";
import {
  isVoid,
  sessionRevocationId,
  shardStateId,
  userRevocationId,
  type Revocation,
  type ShardState,
} from "../../../session/ledger";
import type { RevocationCommand } from "../../../session/revocation";
import { BEFORE_FLOOR, ENTRY_MARGIN } from "../../../session/timing";
import {
  SETTINGS,
  TOKEN_SECONDS,
  twins,
  uidIn,
  type Actor,
  type Signed,
  type World,
} from "../../support/control-plane-twins";

/** "AB" at the end of a uid. */
const [END, SHARD] = ["AB", "1"];
const command = (target: RevocationCommand["target"]): RevocationCommand => ({
  version: 1,
  target,
  by: "sign-out",
  reason: "",
});
const ofUser = (uid: string) => command({ type: "user", uid });
const ofSession = ({ session: { uid, sid } }: Signed) => command({ type: "session", uid, sid });
const state = (world: World) => world.items.get(shardStateId(SHARD)) as ShardState;

function deliver(world: World, actor: Actor, commands: readonly RevocationCommand[]) {
  const sent = String(world.time.now());
  return carryOutBatch(
    actor.ports,
    SETTINGS,
    commands.map((one, place): SqsRecord => ({
      messageId: `m${place}`,
      body: JSON.stringify(one),
      eventSource: "aws:sqs",
      attributes: { SentTimestamp: sent },
    })),
  );
}
const users = (count: number) => Array.from({ length: count }, () => uidIn(END));

test.each([
  ["169 sessions", 169, (world: World) => ofSession(world.signIn({ uid: uidIn(END) })), false],
  ["one session more", 170, (world: World) => ofSession(world.signIn({ uid: uidIn(END) })), true],
  ["50 users", 50, () => ofUser(uidIn(END)), false],
  ["one user more", 51, () => ofUser(uidIn(END)), true],
])("of a shard with %s", async (_, count, make, isRaised) => {
  const world = twins();
  await world.time.run(
    deliver(
      world,
      world.actor(),
      Array.from({ length: count }, () => make(world)),
    ),
  );
  expect(state(world).floor > 0).toBe(isRaised);
  expect(world.store.records.get(`shard.${SHARD}`)!.length).toBeLessThanOrEqual(1024);
});

describe("when the floor is raised", () => {
  async function overfull() {
    const world = twins();
    const [revoked, bystander] = [world.signIn({ uid: uidIn(END) }), world.signIn({ uid: uidIn(END) })];
    await world.time.run(deliver(world, world.actor(), [ofUser(revoked.session.uid)]));
    const actor = world.actor();
    return { world, revoked, bystander, actor };
  }

  test("whoever is not revoked gets a new token and nothing else changes; whoever is, gets none", async () => {
    const { world, revoked, bystander, actor } = await overfull();
    await world.time.run(deliver(world, actor, users(60).map(ofUser)));
    expect(await world.decide(bystander)).toBe("login outdated");
    expect(await world.decide(world.reissue(bystander))).toBe(`allow session ${bystander.session.uid}`);
    expect(isVoid(world.sessions.get(bystander.session.sid)!, [])).toBe(false);
    // The gate has no entry of it any more, but it passes no token from before; the handler signs no other one.
    expect(await world.decide(revoked)).toBe("login outdated");
    expect(
      isVoid(world.sessions.get(revoked.session.sid)!, [
        world.items.get(userRevocationId(revoked.session.uid)) as Revocation,
      ]),
    ).toBe(true);
    expect(await world.decide(world.signIn({ uid: revoked.session.uid }))).toBe(`allow session ${revoked.session.uid}`);
  });

  test("what it stands for has been in the ledger for BEFORE_FLOOR seconds, and the entries stay until then", async () => {
    const { world, revoked, actor } = await overfull();
    const flood = users(60);
    const work = deliver(world, actor, flood.map(ofUser));
    let raisedAt: number | undefined;
    const watch = (async () => {
      while (raisedAt === undefined) {
        if (state(world).floor > 0) raisedAt = world.time.now();
        else {
          expect(state(world).entries).toContain(revoked.session.uid.slice(0, 6));
          await world.time.sleep(1);
        }
      }
    })();
    await world.time.run(Promise.all([work, watch]));
    const recordedAt = Math.max(
      ...flood.map((uid) => (world.items.get(userRevocationId(uid)) as Revocation).recordedAt),
    );
    expect(raisedAt! / 1000 - recordedAt).toBeGreaterThanOrEqual(BEFORE_FLOOR);
  });

  test("entries that came in the meantime stay", async () => {
    const { world, actor } = await overfull();
    const work = deliver(world, actor, users(60).map(ofUser));
    const late = world.signIn({ uid: uidIn(END) });
    await world.time.run(
      Promise.all([
        work,
        (async () => {
          await world.time.sleep(2000);
          expect(state(world).floor).toBe(0);
          await revoke(world.actor().ports, SETTINGS, ofSession(late));
        })(),
      ]),
    );
    expect(state(world).floor).toBeGreaterThan(0);
    expect(state(world).entries).toContain(late.session.sid.slice(0, 6));
    expect(await world.decide(late)).toBe("login revoked");
    expect(await world.decide(world.reissue(late))).toBe("login revoked");
  });

  test.each([[-120], [120]])("it is above every floor before, by whatever clock (%i s)", async (skew) => {
    const { world, actor } = await overfull();
    await world.time.run(deliver(world, actor, users(60).map(ofUser)));
    const first = state(world).floor;
    const bystander = world.signIn({ uid: uidIn(END) });
    expect(await world.decide(bystander)).toBe(`allow session ${bystander.session.uid}`);
    await world.time.run(deliver(world, world.actor({ skew }), users(60).map(ofUser)));
    expect(state(world).floor).toBeGreaterThan(first);
    expect(await world.decide(bystander)).toBe("login outdated");
    expect(await world.decide(world.reissue(bystander))).toBe(`allow session ${bystander.session.uid}`);
  });

  test("it matters no more once every token from before is over, and the shard is named no more", async () => {
    const { world, actor } = await overfull();
    await world.time.run(deliver(world, actor, users(60).map(ofUser)));
    expect(world.store.records.get("key.first")!.length).toBeGreaterThan(43);
    await world.time.pass((TOKEN_SECONDS + ENTRY_MARGIN + 1) * 1000);
    await world.time.run(tidy(world.actor().ports, SETTINGS));
    expect(world.store.records.get("key.first")!.length).toBe(43);
  });
});

describe("a flood in one shard", () => {
  test("of 9,000 users writes no version of the secret and no other shard's record, and forgets nobody", async () => {
    const world = twins();
    const flood = users(9000);
    const consumer = world.actor();
    const puts = world.secret.puts;
    for (let from = 0; from < flood.length; from += 500) {
      expect(await world.time.run(deliver(world, consumer, flood.slice(from, from + 500).map(ofUser)))).toEqual({
        batchItemFailures: [],
      });
    }
    expect(world.secret.puts).toBe(puts);
    expect(
      consumer.calls.filter((call) => call.startsWith("secret.") && call !== "secret.stages" && call !== "secret.read"),
    ).toEqual([]);
    expect([...world.store.records.keys()].sort()).toEqual(["key.first", `shard.${SHARD}`]);
    for (const uid of flood) expect(world.items.has(userRevocationId(uid))).toBe(true);
  });

  test.each([
    ["2,000 revocations of users", () => users(2000).map(ofUser)],
    [
      "1,000 revocations of sessions",
      (world: World) => Array.from({ length: 1000 }, () => ofSession(world.signIn({ uid: uidIn(END) }))),
    ],
  ])("of %s holds up nobody else's: they are in the store within 5 s of having been sent", async (_, make) => {
    const world = twins();
    const flood = make(world);
    const others = Array.from({ length: 60 }, () => world.signIn({ uid: uidIn("xy").slice(0, 13) + "QQx" }));
    const queue: { command: RevocationCommand; sentAt: number }[] = flood.map((one) => ({
      command: one,
      sentAt: world.time.now(),
    }));
    const late: number[] = [];
    let isSending = true;
    const send = (async () => {
      for (const other of others) {
        queue.push({ command: ofSession(other), sentAt: world.time.now() });
        await world.time.sleep(200);
      }
      isSending = false;
    })();
    // As the event source mapping has it; in no order.
    const consume = async () => {
      const consumer = world.actor();
      while (isSending || queue.length > 0) {
        await world.time.sleep(AT_ONCE.window * 1000);
        const batch = takeAnyOf(queue, AT_ONCE.batchSize);
        const seen = batch.map(async ({ command: { target }, sentAt }) => {
          const { uid, sid } = target as { uid: string; sid?: string };
          if (uid.endsWith(END)) return;
          while (!world.store.records.get(`shard.${shardOf(uid)}`)?.includes(sid!.slice(0, 6)))
            await world.time.sleep(50);
          late.push(world.time.now() - sentAt);
        });
        if (batch.length > 0)
          await Promise.all([
            deliver(
              world,
              consumer,
              batch.map(({ command: one }) => one),
            ),
            ...seen,
          ]);
      }
    };
    await world.time.run(Promise.all([send, ...Array.from({ length: AT_ONCE.concurrency }, consume)]));
    expect(late).toHaveLength(others.length);
    expect(Math.max(...late)).toBeLessThan(5000);
    for (const other of others) expect(world.items.has(sessionRevocationId(other.session.sid))).toBe(true);
  });
});

/** A standard queue hands over any of its messages. */
function takeAnyOf<T>(queue: T[], count: number): T[] {
  const taken: T[] = [];
  while (taken.length < count && queue.length > 0)
    taken.push(...queue.splice(Math.floor(Math.random() * queue.length), 1));
  return taken;
}

test("forty revokers that raise one floor at once end, and leave one state", async () => {
  const world = twins();
  await world.time.run(
    Promise.all(Array.from({ length: 40 }, () => deliver(world, world.actor(), users(60).map(ofUser)))),
  );
  const bystander = world.signIn({ uid: uidIn(END) });
  expect(await world.decide(bystander)).toBe(`allow session ${bystander.session.uid}`);
});

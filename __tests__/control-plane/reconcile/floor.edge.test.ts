/** A shard that has no room left: its floor is raised, in time and in order, and nobody else pays for it. */
import { IMMEDIATE } from "../../../stacks/revocation-queues";
import { shardOf } from "../../../session/shard";
import { carryOutBatch } from "../../../control-plane/revoker/batch";
import { revoke } from "../../../control-plane/revoker/revoke";
import { isRevoked, type Revocation, type ShardState } from "../../../ledger/records";
import { sessionRevocationId, shardStateId, userRevocationId } from "../../../ledger/tables";
import type { RevocationCommand } from "../../../session/revocation";
import { BEFORE_FLOOR, ENTRY_MARGIN } from "../../../session/timing";
import {
  type Gateway,
  gatewayInMemory,
  type Instance,
  message,
  ofSession,
  ofUser,
  type Signed,
  uidIn,
} from "../../support/control-plane/gateway";
import { TOKEN_SECONDS } from "../../support/control-plane/lifetimes";

/** "AB" at the end of a uid. */
const [END, SHARD] = ["AB", "1"];
const endSession = ({ session: { uid, sid } }: Signed) => ofSession(sid, uid);
const state = (gateway: Gateway) => gateway.items.get(shardStateId(SHARD)) as ShardState;

const deliver = (gateway: Gateway, { ports }: Instance, commands: readonly RevocationCommand[]) =>
  carryOutBatch(
    ports,
    commands.map((command) => message(command, gateway.now())),
  );
const users = (count: number) => Array.from({ length: count }, () => uidIn(END));

test.each([
  ["169 sessions", 169, (gateway: Gateway) => endSession(gateway.signIn({ uid: uidIn(END) })), false],
  ["one session more", 170, (gateway: Gateway) => endSession(gateway.signIn({ uid: uidIn(END) })), true],
  ["50 users", 50, () => ofUser(uidIn(END)), false],
  ["one user more", 51, () => ofUser(uidIn(END)), true],
])("of a shard with %s", async (_, count, make, isRaised) => {
  const gateway = gatewayInMemory();
  await gateway.time.run(
    deliver(
      gateway,
      gateway.instance(),
      Array.from({ length: count }, () => make(gateway)),
    ),
  );
  expect(state(gateway).floor > 0).toBe(isRaised);
  expect(gateway.store.records.get(`shard.${SHARD}`)!.length).toBeLessThanOrEqual(1024);
});

describe("when the floor is raised", () => {
  async function overfull() {
    const gateway = gatewayInMemory();
    const [revoked, bystander] = [gateway.signIn({ uid: uidIn(END) }), gateway.signIn({ uid: uidIn(END) })];
    await gateway.time.run(deliver(gateway, gateway.instance(), [ofUser(revoked.session.uid)]));
    const instance = gateway.instance();
    return { gateway, revoked, bystander, instance };
  }

  test("a user who is not revoked gets a new token and nothing else changes; a revoked one gets none", async () => {
    const { gateway, revoked, bystander, instance } = await overfull();
    await gateway.time.run(
      deliver(
        gateway,
        instance,
        users(60).map((uid) => ofUser(uid)),
      ),
    );
    expect(await gateway.decide(bystander)).toBe("login outdated");
    expect(await gateway.decide(gateway.reissue(bystander))).toBe(`allow session ${bystander.session.uid}`);
    expect(isRevoked(gateway.sessions.get(bystander.session.sid)!, [])).toBe(false);
    // The gate has no entry of it any more, but it passes no token from before; the handler signs no other one.
    expect(await gateway.decide(revoked)).toBe("login outdated");
    expect(
      isRevoked(gateway.sessions.get(revoked.session.sid)!, [
        gateway.items.get(userRevocationId(revoked.session.uid)) as Revocation,
      ]),
    ).toBe(true);
    expect(await gateway.decide(gateway.signIn({ uid: revoked.session.uid }))).toBe(
      `allow session ${revoked.session.uid}`,
    );
  });

  test("what it stands for has been in the ledger for BEFORE_FLOOR seconds, and the entries stay until then", async () => {
    const { gateway, revoked, instance } = await overfull();
    const flood = users(60);
    const work = deliver(
      gateway,
      instance,
      flood.map((uid) => ofUser(uid)),
    );
    let raisedAt: number | undefined;
    const watch = (async () => {
      while (raisedAt === undefined) {
        if (state(gateway).floor > 0) raisedAt = gateway.time.now();
        else {
          expect(state(gateway).entries).toContain(revoked.session.uid.slice(0, 6));
          await gateway.time.sleep(1);
        }
      }
    })();
    await gateway.time.run(Promise.all([work, watch]));
    const recordedAt = Math.max(
      ...flood.map((uid) => (gateway.items.get(userRevocationId(uid)) as Revocation).recordedAt),
    );
    expect(raisedAt! / 1000 - recordedAt).toBeGreaterThanOrEqual(BEFORE_FLOOR);
  });

  test("entries that came in the meantime stay", async () => {
    const { gateway, instance } = await overfull();
    const work = deliver(
      gateway,
      instance,
      users(60).map((uid) => ofUser(uid)),
    );
    const late = gateway.signIn({ uid: uidIn(END) });
    await gateway.time.run(
      Promise.all([
        work,
        (async () => {
          await gateway.time.sleep(2000);
          expect(state(gateway).floor).toBe(0);
          await revoke(gateway.instance().ports, endSession(late));
        })(),
      ]),
    );
    expect(state(gateway).floor).toBeGreaterThan(0);
    expect(state(gateway).entries).toContain(late.session.sid.slice(0, 6));
    expect(await gateway.decide(late)).toBe("login revoked");
    expect(await gateway.decide(gateway.reissue(late))).toBe("login revoked");
  });

  test.each([[-120], [120]])("it is above every floor before, by whatever clock (%i s)", async (skew) => {
    const { gateway, instance } = await overfull();
    await gateway.time.run(
      deliver(
        gateway,
        instance,
        users(60).map((uid) => ofUser(uid)),
      ),
    );
    const first = state(gateway).floor;
    const bystander = gateway.signIn({ uid: uidIn(END) });
    expect(await gateway.decide(bystander)).toBe(`allow session ${bystander.session.uid}`);
    await gateway.time.run(
      deliver(
        gateway,
        gateway.instance({ skew }),
        users(60).map((uid) => ofUser(uid)),
      ),
    );
    expect(state(gateway).floor).toBeGreaterThan(first);
    expect(await gateway.decide(bystander)).toBe("login outdated");
    expect(await gateway.decide(gateway.reissue(bystander))).toBe(`allow session ${bystander.session.uid}`);
  });

  test("it has no effect after every earlier token has expired, and the shard is no longer listed", async () => {
    const { gateway, instance } = await overfull();
    await gateway.time.run(
      deliver(
        gateway,
        instance,
        users(60).map((uid) => ofUser(uid)),
      ),
    );
    expect(gateway.store.records.get("key.first")!.length).toBeGreaterThan(43);
    await gateway.time.pass((TOKEN_SECONDS + ENTRY_MARGIN + 1) * 1000);
    await gateway.tidy();
    expect(gateway.store.records.get("key.first")!.length).toBe(43);
  });
});

describe("a flood in one shard", () => {
  test("of 9,000 users writes no version of the secret and no other shard's record, and forgets nobody", async () => {
    const gateway = gatewayInMemory();
    const flood = users(9000);
    const consumer = gateway.instance();
    const puts = gateway.secret.puts;
    for (let from = 0; from < flood.length; from += 500) {
      expect(
        await gateway.time.run(
          deliver(
            gateway,
            consumer,
            flood.slice(from, from + 500).map((uid) => ofUser(uid)),
          ),
        ),
      ).toEqual({
        batchItemFailures: [],
      });
    }
    expect(gateway.secret.puts).toBe(puts);
    expect(
      consumer.calls.filter((call) => call.startsWith("secret.") && call !== "secret.stages" && call !== "secret.read"),
    ).toEqual([]);
    expect([...gateway.store.records.keys()].sort()).toEqual(["key.first", `shard.${SHARD}`]);
    for (const uid of flood) expect(gateway.items.has(userRevocationId(uid))).toBe(true);
  });

  test.each([
    ["2,000 revocations of users", () => users(2000).map((uid) => ofUser(uid))],
    [
      "1,000 revocations of sessions",
      (gateway: Gateway) => Array.from({ length: 1000 }, () => endSession(gateway.signIn({ uid: uidIn(END) }))),
    ],
  ])("of %s holds up nobody else's: they are in the store within 5 s of having been sent", async (_, make) => {
    const gateway = gatewayInMemory();
    const flood = make(gateway);
    const others = Array.from({ length: 60 }, () => gateway.signIn({ uid: uidIn("xy").slice(0, 13) + "QQx" }));
    const queue: { command: RevocationCommand; sentAt: number }[] = flood.map((one) => ({
      command: one,
      sentAt: gateway.time.now(),
    }));
    const late: number[] = [];
    let isSending = true;
    const send = (async () => {
      for (const other of others) {
        queue.push({ command: endSession(other), sentAt: gateway.time.now() });
        await gateway.time.sleep(200);
      }
      isSending = false;
    })();
    // As the event source mapping has it; in no order.
    const consume = async () => {
      const consumer = gateway.instance();
      while (isSending || queue.length > 0) {
        await gateway.time.sleep(IMMEDIATE.window * 1000);
        const batch = takeAnyOf(queue, IMMEDIATE.batchSize);
        const seen = batch.map(async ({ command: { target }, sentAt }) => {
          const { uid, sid } = target as { uid: string; sid?: string };
          if (uid.endsWith(END)) return;
          while (!gateway.store.records.get(`shard.${shardOf(uid)}`)?.includes(sid!.slice(0, 6)))
            await gateway.time.sleep(50);
          late.push(gateway.time.now() - sentAt);
        });
        if (batch.length > 0)
          await Promise.all([
            deliver(
              gateway,
              consumer,
              batch.map(({ command: one }) => one),
            ),
            ...seen,
          ]);
      }
    };
    await gateway.time.run(Promise.all([send, ...Array.from({ length: IMMEDIATE.concurrency }, consume)]));
    expect(late).toHaveLength(others.length);
    expect(Math.max(...late)).toBeLessThan(5000);
    for (const other of others) expect(gateway.items.has(sessionRevocationId(other.session.sid))).toBe(true);
  });
});

/** A standard queue hands over any of its messages. */
function takeAnyOf<T>(queue: T[], count: number): T[] {
  const taken: T[] = [];
  while (taken.length < count && queue.length > 0)
    taken.push(...queue.splice(Math.floor(Math.random() * queue.length), 1));
  return taken;
}

test("forty revokers that raise one floor concurrently all end, and leave one state", async () => {
  const gateway = gatewayInMemory();
  await gateway.time.run(
    Promise.all(
      Array.from({ length: 40 }, () =>
        deliver(
          gateway,
          gateway.instance(),
          users(60).map((uid) => ofUser(uid)),
        ),
      ),
    ),
  );
  const bystander = gateway.signIn({ uid: uidIn(END) });
  expect(await gateway.decide(bystander)).toBe(`allow session ${bystander.session.uid}`);
});

/** One message of ten that cannot be carried out, in every way there is: the other nine are. */
import { carryOutBatch, type SqsRecord } from "../../../control-plane/revoker/batch";
import { reconcile } from "../../../control-plane/reconcile/reconcile";
import { sessionRevocationId, shardStateId, userRevocationId } from "../../../session/ledger";
import {
  randomId,
  SETTINGS,
  twins,
  uidIn,
  type Intercept,
  type Signed,
  type World,
} from "../../support/control-plane-twins";

const NOT_THERE = { version: 1, target: { type: "session", sid: randomId() }, by: "sign-out", reason: "" };
const message = (world: World, body: string): SqsRecord => ({
  messageId: randomId(),
  body,
  eventSource: "aws:sqs",
  attributes: { SentTimestamp: String(world.time.now()) },
});
const bodyOf = ({ session: { uid } }: Signed) =>
  JSON.stringify({ version: 1, target: { type: "user", uid }, by: "operator:test", reason: "" });

const BAD_UID = uidIn("BD");
const ofBadUser = JSON.stringify({
  version: 1,
  target: { type: "user", uid: BAD_UID },
  by: "operator:test",
  reason: "",
});
/** Fails the calls of a port that are about the bad message. */
const failing =
  (call: string, isBad: (world: World) => boolean = () => true) =>
  (world: World): Intercept =>
  (name) =>
    name === call && isBad(world) ? "error" : undefined;

interface Bad {
  body: string;
  intercept?: (world: World) => Intercept;
  prepare?: (world: World) => void;
  more?: Partial<SqsRecord>;
  /** Whether it comes again, or is where an operator finds it. */
  comesAgain: boolean;
}

const BAD: Record<string, Bad> = {
  "is not JSON": { body: "{", comesAgain: false },
  "is nothing": { body: "", comesAgain: false },
  "is a list": { body: "[]", comesAgain: false },
  "is null": { body: "null", comesAgain: false },
  "is nested a hundred thousand deep": { body: "[".repeat(100_000) + "]".repeat(100_000), comesAgain: false },
  "is as large as a queue takes": {
    body: JSON.stringify({ version: 1, target: { type: "user", uid: BAD_UID }, by: "x".repeat(1_000_000), reason: "" }),
    comesAgain: false,
  },
  "is of another version": { body: JSON.stringify({ ...NOT_THERE, version: 2 }), comesAgain: false },
  "names a member of every object": {
    body: JSON.stringify({ ...NOT_THERE, __proto__: { polluted: 1 }, constructor: 1 }).replace(
      "{",
      '{"__proto__":{"polluted":1},',
    ),
    comesAgain: false,
  },
  "has control characters in who asks": { body: JSON.stringify({ ...NOT_THERE, by: "a\nb" }), comesAgain: false },
  "is a notification without a message": {
    body: JSON.stringify({ Type: "Notification", TopicArn: "a" }),
    comesAgain: false,
  },
  "is a notification of another kind": {
    body: JSON.stringify({
      Type: "SubscriptionConfirmation",
      TopicArn: "a",
      Message: ofBadUser,
      Timestamp: "2026-01-01T00:00:00.000Z",
    }),
    comesAgain: false,
  },
  "is a notification whose time cannot be read": {
    body: JSON.stringify({ Type: "Notification", TopicArn: "a", Message: ofBadUser, Timestamp: "yesterday" }),
    comesAgain: false,
  },
  "is about a session that nobody knows": { body: JSON.stringify(NOT_THERE), comesAgain: false },
  "cannot be sent to the dead-letter queue": { body: "{", intercept: failing("queue.send"), comesAgain: true },
  "has no attributes": { body: ofBadUser, more: { attributes: undefined as never }, comesAgain: true },
  "has no body": { body: undefined as never, comesAgain: false },
  "is of a shard whose state cannot be read": {
    body: ofBadUser,
    prepare: (world) =>
      void world.items.set(shardStateId("67"), { version: 3, floor: 0, floorSetAt: 0, entries: "{not JSON" }),
    comesAgain: true,
  },
};

/** Calls of the ledger that are about this one message only, by their arguments. */
const REFUSED: [string, (id: string) => boolean][] = [
  ["revocations", (id) => id === userRevocationId(BAD_UID)],
  ["replaceRevocation", (id) => id === userRevocationId(BAD_UID)],
  ["putShardState", (id) => id === "67"],
];

async function nineAndOne(bad: Bad, refuse?: (typeof REFUSED)[number]) {
  const world = twins();
  await world.time.run(reconcile(world.actor().ports, SETTINGS));
  bad.prepare?.(world);
  const nine = Array.from({ length: 9 }, () => world.signIn());
  const { ports, logs } = world.actor({ ...(bad.intercept && { intercept: bad.intercept(world) }) });
  if (refuse) {
    const [name, isBad] = refuse;
    const ledger = ports.ledger as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const original = ledger[name]!;
    ledger[name] = (...args) =>
      isBad(([] as unknown[]).concat(args[0])[0] as string) ? Promise.reject(new Error("refused")) : original(...args);
  }
  const one = { ...message(world, bad.body), ...bad.more };
  const batch = nine.map((signed) => message(world, bodyOf(signed)));
  batch.splice(4, 0, one);
  const { batchItemFailures } = await world.time.run(carryOutBatch(ports, SETTINGS, batch));
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(bad.comesAgain ? [one.messageId] : []);
  expect(world.deadLetters).toEqual(
    bad.comesAgain ? [] : [{ body: bad.body, reason: expect.stringMatching(/^[\x20-\x7e]{1,400}$/) as string }],
  );
  for (const signed of nine) expect(await world.decide(signed)).toBe("login revoked");
  expect(logs.filter(({ outcome }) => outcome === "done")).toHaveLength(9);
  expect(logs.filter(({ message: id }) => id === one.messageId)).toHaveLength(1);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
}

describe("of ten messages nine are carried out, where one", () => {
  test.each(Object.entries(BAD))("%s", (_, bad) => nineAndOne(bad));
  test.each(REFUSED)("is refused by the ledger: %s", (...refuse) =>
    nineAndOne({ body: ofBadUser, comesAgain: true }, refuse),
  );

  test("is a promise that nobody waits for any more: no rejection is left unheard", async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => void unheard.push(reason);
    process.on("unhandledRejection", hear);
    for (const [, bad] of Object.entries(BAD)) await nineAndOne(bad);
    await new Promise((resolve) => void setTimeout(resolve, 10));
    process.off("unhandledRejection", hear);
    expect(unheard).toEqual([]);
  });
});

test("of a shard that is full and one that is not, the one waits for no floor of the other's, and fails by itself", async () => {
  const world = twins();
  const other = world.signIn();
  const flood = Array.from({ length: 60 }, () =>
    message(
      world,
      JSON.stringify({ version: 1, target: { type: "user", uid: uidIn("BD") }, by: "sign-out", reason: "" }),
    ),
  );
  const last = message(world, bodyOf(other));
  let isPushed = false;
  const actor = world.actor({
    intercept: (name) => (isPushed && name === "ledger.putShardState" ? "error" : undefined),
    answered: (name) => void (isPushed ||= name === "store.update"),
  });
  const { batchItemFailures } = await world.time.run(carryOutBatch(actor.ports, SETTINGS, [...flood, last]));
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual(
    flood.map(({ messageId }) => messageId).sort(),
  );
  expect(await world.decide(other)).toBe("login revoked");
});

test("two hundred messages about one user at once are all recorded, and none fails", async () => {
  const world = twins();
  const signed = world.signIn();
  const { uid } = signed.session;
  const batch = Array.from({ length: 200 }, (_, place) =>
    message(world, JSON.stringify({ version: 1, target: { type: "user", uid }, by: "event:hr", reason: `${place}` })),
  );
  expect(await world.time.run(carryOutBatch(world.actor().ports, SETTINGS, batch))).toEqual({ batchItemFailures: [] });
  expect(await world.decide(signed)).toBe("login revoked");
  expect(world.items.has(sessionRevocationId(signed.session.sid))).toBe(false);
});

/** One message of ten that cannot be carried out, in every way there is: the other nine are. */
import { carryOutBatch, type SqsRecord } from "../../../control-plane/revoker/batch";
import { sessionRevocationId, shardStateId, userRevocationId } from "../../../ledger/tables";
import {
  type Gateway,
  gatewayInMemory,
  type Intercept,
  message,
  ofSession,
  ofUser,
  randomId,
  uidIn,
} from "../../support/control-plane/gateway";

const NOT_THERE = ofSession(randomId());
const BAD_UID = uidIn("BD");
const ofBadUser = JSON.stringify(ofUser(BAD_UID));
/** Fails the calls of a port that are about the bad message. */
const failing =
  (call: string, isBad: (gateway: Gateway) => boolean = () => true) =>
  (gateway: Gateway): Intercept =>
  (name) =>
    name === call && isBad(gateway) ? "error" : undefined;

interface Bad {
  body: string;
  intercept?: (gateway: Gateway) => Intercept;
  prepare?: (gateway: Gateway) => void;
  more?: Partial<SqsRecord>;
  /** Whether it is delivered again, or is in the dead-letter queue. */
  comesAgain: boolean;
}

const BAD: Record<string, Bad> = {
  "is not JSON": { body: "{", comesAgain: false },
  "is nothing": { body: "", comesAgain: false },
  "is a list": { body: "[]", comesAgain: false },
  "is null": { body: "null", comesAgain: false },
  "is nested a hundred thousand deep": { body: "[".repeat(100_000) + "]".repeat(100_000), comesAgain: false },
  "is as large as a queue takes": {
    body: JSON.stringify(ofUser(BAD_UID, { by: "x".repeat(1_000_000) })),
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
    prepare: (gateway) =>
      void gateway.items.set(shardStateId("67"), { version: 3, floor: 0, floorSetAt: 0, entries: "{not JSON" }),
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
  const gateway = gatewayInMemory();
  await gateway.reconcile();
  bad.prepare?.(gateway);
  const nine = Array.from({ length: 9 }, () => gateway.signIn());
  const { ports, logs } = gateway.instance({ ...(bad.intercept && { intercept: bad.intercept(gateway) }) });
  if (refuse) {
    const [name, isBad] = refuse;
    const ledger = ports.ledger as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const original = ledger[name]!;
    ledger[name] = (...args) =>
      isBad(([] as unknown[]).concat(args[0])[0] as string) ? Promise.reject(new Error("refused")) : original(...args);
  }
  const one = { ...message(bad.body, gateway.now()), ...bad.more };
  const batch = nine.map(({ session }) => message(ofUser(session.uid), gateway.now()));
  batch.splice(4, 0, one);
  const { batchItemFailures } = await gateway.time.run(carryOutBatch(ports, batch));
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(bad.comesAgain ? [one.messageId] : []);
  expect(gateway.deadLetters).toEqual(
    bad.comesAgain ? [] : [{ body: bad.body, reason: expect.stringMatching(/^[\x20-\x7e]{1,400}$/) as string }],
  );
  for (const signed of nine) expect(await gateway.decide(signed)).toBe("login revoked");
  expect(logs.filter(({ outcome }) => outcome === "done")).toHaveLength(9);
  expect(logs.filter(({ message: id }) => id === one.messageId)).toHaveLength(1);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
}

describe("nine of ten messages are carried out if one", () => {
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
  const gateway = gatewayInMemory();
  const other = gateway.signIn();
  const flood = Array.from({ length: 60 }, () => message(ofUser(uidIn("BD")), gateway.now()));
  const last = message(ofUser(other.session.uid), gateway.now());
  let isPushed = false;
  const instance = gateway.instance({
    intercept: (name) => (isPushed && name === "ledger.putShardState" ? "error" : undefined),
    answered: (name) => void (isPushed ||= name === "store.update"),
  });
  const { batchItemFailures } = await gateway.time.run(carryOutBatch(instance.ports, [...flood, last]));
  expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual(
    flood.map(({ messageId }) => messageId).sort(),
  );
  expect(await gateway.decide(other)).toBe("login revoked");
});

test("two hundred concurrent messages about one user are all recorded, and none fails", async () => {
  const gateway = gatewayInMemory();
  const signed = gateway.signIn();
  const { uid } = signed.session;
  const batch = Array.from({ length: 200 }, (_, place) => message(ofUser(uid, { reason: `${place}` }), gateway.now()));
  expect(await gateway.deliver(batch)).toEqual([]);
  expect(await gateway.decide(signed)).toBe("login revoked");
  expect(gateway.items.has(sessionRevocationId(signed.session.sid))).toBe(false);
});

import { setTimeout } from "node:timers/promises";
import type { QueueMapping } from "../../local/control-plane";
import { queueConsumer } from "../../local/queue-consumer";

const QUEUE: QueueMapping = {
  queueName: "q",
  queueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/q",
  functionName: "f",
  batchSize: 2,
  window: 50,
  concurrency: 1,
  maxReceives: 3,
};

interface Event {
  Records: { messageId: string; body: string; eventSource: string; attributes: Record<string, string> }[];
}

interface Consumption {
  mapping?: Partial<QueueMapping>;
  repeatEvery?: number;
  /** What the function does with a batch. */
  run?: (bodies: string[], event: Event) => unknown;
  isOver: (batches: string[][]) => boolean;
}

/**
 * Sends messages `1` to `5` to a function. @returns the batches that it was given, how many of them at once, and what
 * the log says
 */
async function consume({ mapping, repeatEvery, run = () => undefined, isOver }: Consumption) {
  const batches: string[][] = [];
  const lines: string[] = [];
  let running = 0;
  let atOnce = 0;
  const send = queueConsumer(
    { ...QUEUE, ...mapping },
    async (event) => {
      atOnce = Math.max(atOnce, ++running);
      const bodies = (event as Event).Records.map(({ body }) => body);
      batches.push(bodies);
      try {
        return await run(bodies, event as Event);
      } finally {
        running--;
      }
    },
    (line) => lines.push(line),
    repeatEvery,
  );
  for (const body of ["1", "2", "3", "4", "5"]) send({ id: `m${body}`, queueUrl: QUEUE.queueUrl, body });
  for (let tries = 0; tries < 500 && !isOver(batches); tries++) await setTimeout(10);
  // What should not come would come now.
  await setTimeout(2 * QUEUE.window);
  return { batches, lines, atOnce };
}

const failure = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
const hasCome =
  (message: string, times = 1) =>
  (batches: string[][]) =>
    batches.flat().filter((body) => body === message).length >= times;

test("messages come in batches of the mapping's size, and the newest first: no order is promised", async () => {
  const { batches, atOnce } = await consume({ isOver: hasCome("1") });
  expect(batches).toEqual([["5", "4"], ["3", "2"], ["1"]]);
  expect(atOnce).toBe(1);
});

test("a batch waits for its window, and not for a message more than it takes", async () => {
  const started = Date.now();
  const { batches } = await consume({ mapping: { batchSize: 100 }, isOver: hasCome("1") });
  expect(batches).toEqual([["5", "4", "3", "2", "1"]]);
  const full = consume({ mapping: { batchSize: 5, window: 60_000 }, isOver: hasCome("1") });
  expect((await full).batches).toEqual([["5", "4", "3", "2", "1"]]);
  expect(Date.now() - started).toBeGreaterThanOrEqual(QUEUE.window);
  expect(Date.now() - started).toBeLessThan(60_000);
});

test("as many batches are processed at a time as the mapping says", async () => {
  const { atOnce } = await consume({ mapping: { concurrency: 2 }, run: () => setTimeout(100), isOver: hasCome("1") });
  expect(atOnce).toBe(2);
});

test("a message that the function reports as failed comes again, and holds nothing up", async () => {
  let isBroken = true;
  const { batches, lines } = await consume({
    run(bodies) {
      const isFailed = isBroken && bodies.includes("4");
      isBroken &&= !isFailed;
      return isFailed ? failure("m4") : undefined;
    },
    isOver: hasCome("4", 2),
  });
  expect(batches).toEqual([["5", "4"], ["3", "2"], ["1"], ["4"]]);
  expect(lines).toEqual(["q: 1 of 2 messages failed and are tried again"]);
});

test("a function that throws gets the whole batch again", async () => {
  let isBroken = true;
  const { batches } = await consume({
    run(bodies) {
      if (isBroken && bodies.includes("2")) {
        isBroken = false;
        throw new Error("broken");
      }
    },
    isOver: hasCome("2", 2),
  });
  expect(batches).toEqual([["5", "4"], ["3", "2"], ["1"], expect.arrayContaining(["2", "3"])]);
});

test("a message that keeps failing is given up after the mapping's number of receives", async () => {
  const counts: string[] = [];
  const { batches, lines } = await consume({
    run(_, { Records }) {
      counts.push(
        ...Records.filter(({ body }) => body === "1").map(({ attributes }) => attributes["ApproximateReceiveCount"]!),
      );
      return failure(...Records.filter(({ body }) => body === "1").map(({ messageId }) => messageId));
    },
    isOver: hasCome("1", 3),
  });
  expect(counts).toEqual(["1", "2", "3"]);
  expect(batches.flat().sort()).toEqual(["1", "1", "1", "2", "3", "4", "5"]);
  expect(lines.at(-1)).toBe("q: gave up message m1");
});

test("asked to, it delivers messages again that were carried out, with the same id", async () => {
  const ids: string[] = [];
  const { batches } = await consume({
    repeatEvery: 2,
    run: (_, { Records }) => void ids.push(...Records.map(({ messageId }) => messageId)),
    isOver: (batches) => batches.flat().length === 7,
  });
  expect(batches.flat().sort()).toEqual(["1", "2", "2", "3", "4", "4", "5"]);
  expect(new Set(ids)).toEqual(new Set(["m1", "m2", "m3", "m4", "m5"]));
});

test("a record is one of a standard queue: nothing in it speaks of order", async () => {
  let attributes: string[] = [];
  await consume({
    run: (_, { Records }) => void (attributes = Object.keys(Records[0]!.attributes)),
    isOver: hasCome("1"),
  });
  expect(attributes.sort()).toEqual([
    "ApproximateFirstReceiveTimestamp",
    "ApproximateReceiveCount",
    "SenderId",
    "SentTimestamp",
  ]);
});

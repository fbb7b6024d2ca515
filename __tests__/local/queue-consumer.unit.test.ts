import { setTimeout } from "node:timers/promises";
import { queueConsumer } from "../../local/queue-consumer";

const QUEUE = { queueName: "q.fifo", queueUrl: "https://sqs.us-east-1.amazonaws.com/111122223333/q.fifo", functionName: "f", batchSize: 2, maxReceives: 3 };

interface Event {
  Records: { messageId: string; body: string; eventSource: string; attributes: { ApproximateReceiveCount: string } }[];
}

/** Sends messages `1` to `5` to a function. @returns the batches that it was given, and what the log says */
async function consume(run: (bodies: string[], event: Event) => unknown, isOver: (batches: string[][]) => boolean) {
  const batches: string[][] = [];
  const lines: string[] = [];
  let running = 0;
  const send = queueConsumer(
    QUEUE,
    async (event) => {
      expect(++running).toBe(1);
      const bodies = (event as Event).Records.map(({ body }) => body);
      batches.push(bodies);
      try {
        return await run(bodies, event as Event);
      } finally {
        running--;
      }
    },
    (line) => lines.push(line),
  );
  for (const body of ["1", "2", "3", "4", "5"]) send({ id: `m${body}`, queueUrl: QUEUE.queueUrl, groupId: "g", body });
  for (let tries = 0; tries < 500 && !isOver(batches); tries++) await setTimeout(10);
  return { batches, lines };
}

const isAllDone = (batches: string[][]) => batches.at(-1)?.includes("5") ?? false;

test("messages come in order, a batch at a time, and no batch waits to be full", async () => {
  const { batches } = await consume(() => ({ batchItemFailures: [] }), isAllDone);
  expect(batches).toEqual([["1"], ["2", "3"], ["4", "5"]]);
});

test("a message that the function reports as failed comes again, before what was sent later", async () => {
  let isBroken = true;
  const { batches } = await consume((bodies) => {
    const failed = isBroken && bodies.includes("2") ? [{ itemIdentifier: "m2" }] : [];
    isBroken &&= failed.length === 0;
    return { batchItemFailures: failed };
  }, isAllDone);
  expect(batches).toEqual([["1"], ["2", "3"], ["2", "4"], ["5"]]);
});

test("a function that throws gets the whole batch again", async () => {
  let isBroken = true;
  const { batches } = await consume((bodies) => {
    if (isBroken && bodies.includes("2")) {
      isBroken = false;
      throw new Error("broken");
    }
  }, isAllDone);
  expect(batches).toEqual([["1"], ["2", "3"], ["2", "3"], ["4", "5"]]);
});

test("a message that keeps failing is given up, and does not hold up the others for ever", async () => {
  const counts: string[] = [];
  const { batches, lines } = await consume((_, { Records }) => {
    counts.push(...Records.filter(({ body }) => body === "1").map(({ attributes }) => attributes.ApproximateReceiveCount));
    return { batchItemFailures: Records.filter(({ body }) => body === "1").map(({ messageId }) => ({ itemIdentifier: messageId })) };
  }, isAllDone);
  expect(batches.filter((bodies) => bodies.includes("1"))).toHaveLength(3);
  expect(counts).toEqual(["1", "2", "3"]);
  expect(lines).toContain("q.fifo: gave up message m1");
});

/** The calls that the cost model assumes are those that the shipped bundles make. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { startBenchPlane, TOKEN_SECONDS, type BenchPlane } from "../../bench/control-plane";
import { commandsOf, deliver } from "../../bench/revoker";
import * as operations from "../../costs/operations";
import { sum, type Usage } from "../../costs/prices";
import { startPlainServer } from "../../local/plain-server";
import { ENTRY_MARGIN } from "../../session/timing";
import { startAuth, type AuthEnvironment } from "../support/auth-fixture";

const nonZero = (usage: Usage) => Object.fromEntries(Object.entries(usage).filter(([, amount]) => amount !== 0));

describe("the control plane", () => {
  let plane: BenchPlane;
  beforeAll(async () => {
    plane = await startBenchPlane();
    await plane.revoke({ operation: "rebuild" });
  });
  afterAll(() => plane.close());

  const usageOf = async (work: () => Promise<unknown>) => nonZero((await plane.measure(work)).usage);
  const tidy = () => usageOf(() => plane.revoke({ operation: "tidy" }));
  const expireAll = () => plane.advance(TOKEN_SECONDS + ENTRY_MARGIN + 1);

  test("tidies and sweeps with these calls", async () => {
    expect(await tidy()).toEqual(operations.TIDY);
    expect(await usageOf(() => plane.revoke({ operation: "sweep" }))).toEqual(operations.SWEEP);
  });

  test("carries out a batch of sign-outs with these calls", async () => {
    expect(await usageOf(() => deliver(plane, commandsOf(1)))).toEqual(operations.BATCH);
    expireAll();
    expect(await tidy()).toEqual(operations.TIDY_AFTER);
    const more = await usageOf(() => deliver(plane, commandsOf(11)));
    const { readUnits = 0, ...rest } = sum([1, operations.BATCH], [10, operations.FURTHER_SIGN_OUT]);
    expect(more).toEqual({ ...rest, readUnits: expect.any(Number) as number });
    // Several in one batch share a read.
    expect(Math.abs(more["readUnits"]! - readUnits)).toBeLessThanOrEqual(2);
    const { storeCalls } = await usageOf(() => deliver(plane, commandsOf(100)));
    // The estimate's number at most. 50 records fit into a call, and users whose shard is the same share a record: by chance,
    // 100 sign-outs change 100 records or a few less.
    const estimated = Math.ceil(100 / operations.SIGN_OUTS_PER_STORE_CALL);
    expect([estimated - 1, estimated]).toContain(storeCalls);
  });

  test("rotates the session keys with these calls", async () => {
    expect(await usageOf(plane.rotate)).toEqual(operations.ROTATION);
  });
});

describe("the auth handler", () => {
  let environment: AuthEnvironment;
  let meter: Awaited<ReturnType<typeof startMeter>>;
  beforeAll(async () => {
    meter = await startMeter();
    environment = await startAuth({
      prepare: ({ aws, idp }) => {
        idp.refreshTokenBytes = operations.REFRESH_TOKEN;
        meter.behind(aws.endpoint);
        aws.endpoint = meter.endpoint;
      },
    });
  });
  afterAll(async () => {
    await environment.close();
    await meter.close();
  });

  /** Units of the ledger, and messages. Browsers make the invocations: one a request. */
  async function usageOf(work: () => Promise<unknown>): Promise<Usage> {
    meter.units = { readUnits: 0, writeUnits: 0 };
    const messages = environment.aws.messages.length;
    await work();
    return nonZero({ ...meter.units, queueRequests: environment.aws.messages.length - messages });
  }
  const onlyCalls = ({ edgeInvocations, ...calls }: { edgeInvocations: number } & Usage) => calls;

  test("signs in, renews and signs out with these calls", async () => {
    const browser = environment.browser();
    expect(await usageOf(() => browser.signIn())).toEqual(onlyCalls(operations.SIGN_IN));
    environment.clock.advance(TOKEN_SECONDS);
    const renew = async () =>
      expect(await browser.fetch("/_gate/refresh", { method: "POST" })).toMatchObject({ status: 200 });
    // The first renewal writes less: the session in the ledger does not have cookies yet.
    await renew();
    environment.clock.advance(TOKEN_SECONDS);
    expect(await usageOf(renew)).toEqual(onlyCalls(operations.RENEWAL));
    const signOut = () => browser.navigate("/_gate/logout", { headers: { "Sec-Fetch-Site": "same-origin" } });
    expect(await usageOf(signOut)).toEqual(onlyCalls(operations.SIGN_OUT));
  });
});

/** A proxy in front of the emulator that asks DynamoDB for the capacity that each request consumes. */
async function startMeter() {
  let target = "";
  const meter = {
    units: { readUnits: 0, writeUnits: 0 },
    endpoint: "",
    behind: (endpoint: string) => void (target = endpoint),
    close: () => Promise.resolve(),
  };
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const operation = /^DynamoDB_\d+\.(.+)$/.exec(String(request.headers["x-amz-target"]))?.[1];
    const text = Buffer.concat(chunks).toString();
    const body = operation ? JSON.stringify({ ...JSON.parse(text), ReturnConsumedCapacity: "TOTAL" }) : text;
    const headers = Object.entries(request.headers).filter(
      ([name]) => !/^(host|content-length|connection)$/.test(name),
    );
    const answer = await fetch(new URL(request.url!, target), {
      method: request.method!,
      headers: headers as [string, string][],
      body,
    });
    const answered = await answer.text();
    if (operation && answer.ok) {
      const { ConsumedCapacity } = JSON.parse(answered) as { ConsumedCapacity: unknown };
      for (const { CapacityUnits } of [ConsumedCapacity].flat() as { CapacityUnits: number }[])
        meter.units[/Get|Query|Scan/.test(operation) ? "readUnits" : "writeUnits"] += CapacityUnits;
    }
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" }).end(answered);
  }
  const { port, close } = await startPlainServer(pass);
  return Object.assign(meter, { endpoint: `http://127.0.0.1:${port}`, close });
}

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Behavior } from "../../local/distribution";
import type { Forwarding } from "../../local/forwarding-policy";
import { FunctionFault, type GateRun } from "../../local/gate-result";
import { serve, type EdgeParts } from "../../local/server";
import type { AuthParameter } from "../../session/settings";

const LAMBDA = { functionName: "auth", zip: "" };
const ALL = { all: true, headers: ["host"], query: true };
const NOTHING = { all: false, headers: [], query: false };
const BASE = {
  origin: "api.example.com",
  originPath: "",
  originTimeout: 30,
  forwards: ALL,
  originHeaders: [] as [string, string][],
};

/** One request through one behavior; the origin shows what it got. */
async function visit(
  behavior: Partial<Behavior>,
  run: { gate?: () => GateRun; lambda?: () => unknown },
): Promise<{ status: number; headers: Headers; body: string; log: string }> {
  const lines: string[] = [];
  const parts: EdgeParts = {
    distribution: {
      behaviors: [{ ...BASE, allowedMethods: ["GET"], responseHeaders: [], path: "*", ...behavior }],
      rootObject: "index.html",
      parameters: {},
      authSettings: {} as AuthParameter,
    },
    runGate: () => new Promise((resolve) => resolve(run.gate!())),
    store: { records: {} },
    lambdas: {
      auth: {
        invoke: () => new Promise((resolve) => resolve(run.lambda!())),
        logs: () => "",
        close: () => Promise.resolve(),
      },
    },
    origin: ({ path, query, headers }) => ({
      status: 200,
      headers: [
        ["x-frame-options", "DENY"],
        ["x-origin", "1"],
      ],
      body: Buffer.from(JSON.stringify({ path, query, headers })),
    }),
    judge: { ofGate: (_request, log) => ({ decision: log }), ofHandler: (verdict) => verdict },
    refusalOf: () => Promise.resolve(undefined),
    log: ({ method, path, status, decision, note }) => lines.push(`${method} ${path} ${status} ${decision}: ${note}`),
  };
  const server: Server = createServer((request, response) => void serve(parts, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/?a=1`);
    return { status: response.status, headers: response.headers, body: await response.text(), log: lines.join() };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const pass =
  (headers: Record<string, { value: string }> = {}) =>
  (): GateRun => ({
    result: {
      method: "GET",
      uri: "/",
      querystring: { a: { value: "1" } },
      cookies: {},
      headers: { host: { value: "h" }, "user-agent": { value: "u" }, ...headers },
    },
    log: [],
    reads: 0,
  });

describe("what the origin gets", () => {
  const own = ["host", "api.example.com"];
  const added = [
    ["via", "1.1 local.cloudfront.net (CloudFront)"],
    ["x-forwarded-for", "127.0.0.1"],
    ["x-amz-cf-id", expect.any(String)],
  ];
  const common = [["user-agent", "u"], ...added];
  test.each<[string, Forwarding, [query: string | undefined, ...headers: unknown[]]]>([
    [
      "all headers but the host, and the query",
      ALL,
      ["a=1", own, ["user-agent", "u"], ["x-gate-user", "me"], ...added],
    ],
    [
      "the viewer's host",
      { ...ALL, headers: [] },
      ["a=1", ["host", "h"], ["user-agent", "u"], ["x-gate-user", "me"], ...added],
    ],
    ["neither headers nor query", NOTHING, [undefined, own, ...common]],
    ["one header", { ...NOTHING, headers: ["host"] }, [undefined, ["host", "h"], ...common]],
    ["all but one header", { ...ALL, headers: ["host", "x-gate-user"] }, ["a=1", own, ...common]],
  ])("%s", async (_, forwards, [query, ...headers]) => {
    const { body } = await visit({ gate: "code", forwards }, { gate: pass({ "x-gate-user": { value: "me" } }) });
    const received = JSON.parse(body) as { path: string; query?: string; headers: unknown[] };
    expect(received).toMatchObject({ path: "/index.html", headers });
    expect(received.headers).toHaveLength(headers.length);
    expect(received.query).toBe(query);
  });

  test("a bucket no host of anybody", async () => {
    const { body } = await visit({ gate: "code", forwards: NOTHING, origin: "s3" }, { gate: pass() });
    expect(body).not.toContain('"host"');
  });

  test("the response headers policy wins only where it overrides", async () => {
    const responseHeaders = [
      { name: "x-frame-options", value: "SAMEORIGIN", override: false },
      { name: "x-origin", value: "2", override: true },
      { name: "x-new", value: "3", override: false },
    ];
    const { headers } = await visit({ gate: "code", responseHeaders }, { gate: pass() });
    expect([headers.get("x-frame-options"), headers.get("x-origin"), headers.get("x-new")]).toEqual(["DENY", "2", "3"]);
  });
});

describe("a function that fails", () => {
  test.each([
    [503, "threw"],
    [502, "no response"],
  ] as const)("the gate: %i", async (status, message) => {
    const answer = await visit(
      { gate: "code" },
      {
        gate: () => {
          throw new FunctionFault(status, message);
        },
      },
    );
    expect([answer.status, answer.log]).toEqual([status, `GET / ${status} gate failed: ${message}`]);
    expect(answer.body).toContain(answer.headers.get("x-amz-cf-id"));
    expect(answer.body).not.toContain(message);
  });

  test.each<[string, number, () => unknown]>([
    [
      "answers well",
      204,
      () => ({ status: "204", headers: { "cache-control": [{ key: "Cache-Control", value: "no-store" }] } }),
    ],
    [
      "throws",
      503,
      () => {
        throw new Error("broken");
      },
    ],
    ["returns nothing", 502, () => undefined],
    ["returns the request", 502, () => ({ uri: "/", method: "GET" })],
    ["gives the status as a number", 502, () => ({ status: 200 })],
    ["gives headers as texts", 502, () => ({ status: "200", headers: { a: "1" } })],
    ["files a header under upper case", 502, () => ({ status: "200", headers: { A: [{ key: "A", value: "1" }] } })],
    ["files a header under another name", 502, () => ({ status: "200", headers: { a: [{ key: "B", value: "1" }] } })],
    [
      "sets a header that it must not set",
      502,
      () => ({ status: "200", headers: { connection: [{ value: "close" }] } }),
    ],
    ["sets a read-only header", 502, () => ({ status: "200", headers: { via: [{ value: "1" }] } })],
    ["answers with more than 40 KB", 502, () => ({ status: "200", body: "a".repeat(40_961) })],
  ])("a handler that %s: %i", async (_, status, lambda) => {
    expect((await visit({ lambda: LAMBDA }, { lambda })).status).toBe(status);
  });
});

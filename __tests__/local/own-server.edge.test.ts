/** A real server behind the local edge, asked over real connections. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { request as httpsRequest, type RequestOptions } from "node:https";
import type { ClientRequest, IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import WebSocket from "ws";
import { configSchema } from "../../config/schema";
import { signIn } from "../../local/check";
import { HttpClient } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";
import { askOwnServer } from "../../local/own-server";
import { SESSION_COOKIE } from "../../session/cookies";
import { decodePayload, splitToken } from "../../session/token";
import { freePort } from "../support/free-port";
import { startTestEdge, TEST_CONFIG } from "../support/local-edge";
import { startOwnApp, type OwnApp, type Seen } from "../support/own-app";
import { soon } from "../support/soon";

let app: OwnApp;
let edge: LocalEdge;
let ca: string;
let session: string;
const lines: string[] = [];

beforeAll(async () => {
  app = await startOwnApp();
  const port = await freePort();
  edge = await startTestEdge({
    config: configSchema.parse({
      ...TEST_CONFIG,
      behaviors: [
        ...TEST_CONFIG.behaviors,
        { path: "/prefixed/*", origin: { type: "custom", domainName: "old.example.com", path: "/base", open: true } },
      ],
    }),
    origins: {
      "/api/*": app.url,
      "/prefixed/*": app.url,
      "*": app.url,
      "/staff*": new URL(`http://127.0.0.1:${port}`),
    },
    onRequest: (line) => lines.push(line),
  });
  ca = readFileSync(edge.caFile, "utf8");
  const browser = new HttpClient(ca);
  await signIn(browser, `${edge.url}/api/x`, edge.users[1]!);
  session = `${SESSION_COOKIE}=${browser.cookie(SESSION_COOKIE)}`;
});
afterAll(async () => {
  await edge?.close();
  await app?.close();
});

function start(
  path: string,
  options: RequestOptions = {},
): { request: ClientRequest; answer: Promise<IncomingMessage> } {
  const url = new URL(path, edge.url);
  const request = httpsRequest({
    host: "127.0.0.1",
    port: url.port,
    servername: "app.localhost",
    ca,
    agent: false,
    path: url.pathname + url.search,
    ...options,
    headers: { host: url.host, cookie: session, ...options.headers },
  });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
  });
  return { request, answer };
}

async function visit(path: string, options: RequestOptions = {}, body?: string | Buffer) {
  const { request, answer } = start(path, options);
  request.end(body);
  const incoming = await answer;
  return {
    status: incoming.statusCode,
    headers: incoming.headers,
    raw: incoming.rawHeaders,
    body: await text(incoming),
  };
}

describe("what the server gets", () => {
  test("is what CloudFront sends: the identity, but neither the gateway's cookies nor headers of the connection", async () => {
    const { body, status } = await visit("/api/show?a=1&b=%2F", {
      headers: {
        cookie: `${session}; own=1`,
        "x-gate-roles": "admin",
        "x-forwarded-for": "6.6.6.6",
        "x-forwarded-proto": "http",
        "x-real-ip": "6.6.6.6",
        "proxy-authorization": "Basic eDp5",
        "proxy-connection": "keep-alive",
        connection: "keep-alive, x-hop, x-gate-user, x-gate-roles, x-forwarded-host",
        "keep-alive": "timeout=9",
        "x-hop": "1",
        "x-edge-location": "1",
        te: "trailers",
        via: "1.1 before",
      },
    });
    const { url, headers } = JSON.parse(body) as Seen;
    expect([status, url]).toEqual([200, "/api/show?a=1&b=%2F"]);
    expect(headers).toEqual({
      host: app.url.host,
      cookie: "own=1",
      connection: "Keep-Alive",
      via: "1.1 before, 1.1 local.cloudfront.net (CloudFront)",
      "x-amz-cf-id": expect.any(String),
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": new URL(edge.url).host,
      "x-gate-email": "staff@example.com",
      "x-gate-roles": "staff",
      "x-gate-session": expect.any(String),
      "x-gate-user": expect.any(String),
    });
  });

  test("has the path of the origin before its own", async () => {
    expect(JSON.parse((await visit("/prefixed/show")).body)).toMatchObject({ url: "/base/prefixed/show" });
  });

  test("in the place of a bucket is what a custom origin gets", async () => {
    const { body } = await visit("/form?x=1", { method: "POST", headers: { "content-type": "text/plain" } }, "hi");
    expect(JSON.parse(body)).toMatchObject({ method: "POST", url: "/form?x=1", body: { bytes: 2 } });
    expect(JSON.parse((await visit("/")).body)).toMatchObject({ url: "/" });
  });

  test("a body with its length, or in chunks, however large, and after 100 Continue", async () => {
    const large = Buffer.alloc(20 * 1024 * 1024, "0123456789");
    const sha256 = createHash("sha256").update(large).digest("hex");
    const sized = await visit("/api/up", { method: "POST", headers: { "content-length": large.length } }, large);
    const sizedSeen = JSON.parse(sized.body) as Seen;
    expect(sizedSeen.body).toEqual({ bytes: large.length, sha256 });
    expect([sizedSeen.headers["content-length"], sizedSeen.headers["transfer-encoding"]]).toEqual([
      String(large.length),
      undefined,
    ]);

    const { request, answer } = start("/api/up", { method: "PUT", headers: { expect: "100-continue" } });
    let isContinued = false;
    request.once("continue", () => {
      isContinued = true;
      request.write("one ");
      setTimeout(() => request.end("two"), 20);
    });
    request.flushHeaders();
    const chunked = JSON.parse(await text(await answer)) as Seen;
    expect(isContinued).toBe(true);
    expect([chunked.body.bytes, chunked.headers["transfer-encoding"], chunked.headers["content-length"]]).toEqual([
      7,
      "chunked",
      undefined,
    ]);
    expect(chunked.headers["expect"]).toBeUndefined();
  });

  test("a request without a session, or a GET with a body, is not there at all", async () => {
    const before = app.seen.length;
    expect((await visit("/api/show", { headers: { cookie: "" } })).status).toBe(401);
    expect((await visit("/api/show", { headers: { "content-length": 2 } }, "hi")).status).toBe(403);
    expect(app.seen.length).toBe(before);
  });
});

describe("what the viewer gets", () => {
  test("the status, every cookie, and the response headers policy; nothing of the other connection", async () => {
    const { status, headers, body } = await visit("/api/cookies");
    expect([status, body]).toEqual([201, "done"]);
    expect(headers["set-cookie"]).toEqual(["a=1; Path=/", "b=2; Path=/"]);
    expect([headers["x-hop"], headers["keep-alive"], headers["via"]]).toEqual([
      undefined,
      undefined,
      "1.1 local.cloudfront.net (CloudFront)",
    ]);
    expect(headers["strict-transport-security"]).toBeDefined();
    expect(headers["x-amz-cf-id"]).toMatch(/^[\w-]{54}==$/);
  });

  test("events as they happen", async () => {
    const { request, answer } = start("/api/events");
    request.end();
    const incoming = await answer;
    const received: string[] = [];
    incoming.on("data", (chunk: Buffer) => received.push(chunk.toString()));
    for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
      app.streams.at(-1)!.write(event);
      await soon(() => expect(received.at(-1)).toBe(event));
    }
    request.destroy();
    await soon(() => expect(app.left).toContain("/api/events"));
  });

  test("a large response as it is", async () => {
    const { body } = await visit("/api/large");
    expect(body.length).toBeGreaterThan(1024 * 1024);
  });

  test("HEAD without a body", async () => {
    const { status, headers, body } = await visit("/api/show", { method: "HEAD" });
    expect([status, headers["content-type"], body]).toEqual([200, "application/json", ""]);
  });

  test("a broken connection where the server broke it", async () => {
    await expect(visit("/api/broken")).rejects.toThrow("aborted");
  });

  test("a page that says which server cannot be reached", async () => {
    const { status, body } = await visit("/staff/x");
    const { origin } = edge.origins["/staff*"]!;
    expect(status).toBe(502);
    expect(body).toContain(`${origin} cannot be reached: nothing listens there (ECONNREFUSED)`);
    expect(lines.at(-1)).toContain(`${origin} cannot be reached`);
  });

  test("leaving before the answer also ends the request at the server", async () => {
    const { request, answer } = start("/api/never");
    answer.catch(() => {});
    request.end();
    await soon(() => expect(app.seen.at(-1)!.url).toBe("/api/never"));
    request.destroy();
    await soon(() => expect(app.left).toContain("/api/never"));
    await soon(() => expect(lines.at(-1)).toMatch(/ 499 .*the viewer left/));
  });
});

test("a server that sends nothing for as long as CloudFront would wait gets a 504", async () => {
  const behavior = { ...edge.distribution.behaviors.find(({ path }) => path === "/api/*")!, originTimeout: 0.2 };
  const request = {
    ...{ id: "1", method: "GET", path: "/api/never", query: undefined, headers: [], body: Buffer.alloc(0) },
    ...{ clientIp: "127.0.0.1", stream: Readable.from([]), isHandshake: false, gone: new AbortController().signal },
  };
  const { status, note } = await askOwnServer(app.url, request, behavior);
  expect([status, note]).toEqual([504, `${app.url.origin} sent nothing for 0.2 seconds`]);
});

describe("a WebSocket", () => {
  const open = (path: string, headers: Record<string, string> = { cookie: session }) =>
    new WebSocket(new URL(path, edge.url.replace("https", "wss")), ["chat"], {
      ca,
      headers,
      lookup: (
        _host: string,
        _options: object,
        done: (error: null, list: { address: string; family: number }[]) => void,
      ) => done(null, [{ address: "127.0.0.1", family: 4 }]),
    } as WebSocket.ClientOptions);
  const messagesOf = (websocket: WebSocket) => {
    const messages: string[] = [];
    websocket.on("message", (data: Buffer) => messages.push(data.toString()));
    return messages;
  };
  const refused = (websocket: WebSocket) =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      websocket.once("unexpected-response", (_request, response: IncomingMessage) => {
        text(response).then((body) => resolve({ status: response.statusCode, body }), reject);
      });
      websocket.once("open", () => reject(new Error("it opened")));
    });

  test("reaches the server with the identity, and messages go in both directions", async () => {
    const websocket = open("/api/ws?room=1");
    const messages = messagesOf(websocket);
    await soon(() => expect(messages).toEqual(["hello staff@example.com"]));
    const large = "x".repeat(1024 * 1024);
    websocket.send(large);
    await soon(() => expect(messages[1]).toBe(large));
    const { url, headers } = app.seen.at(-1)!;
    expect(url).toBe("/api/ws?room=1");
    expect(headers).toMatchObject({ upgrade: "websocket", connection: "Upgrade", host: app.url.host });
    expect(JSON.stringify(headers)).not.toContain(SESSION_COOKIE);
    expect(lines.at(-1)).toMatch(/GET +101 .*app\.localhost\/api\/ws +allow \/\*\* signed-in +staff@example\.com$/);
    websocket.close();
    await soon(() => expect(app.sockets()).toBe(0));
  });

  test("without a session gets the gate's answer, and the server hears nothing of it", async () => {
    const before = app.seen.length;
    expect(await refused(open("/api/ws", {}))).toMatchObject({
      status: 401,
      body: expect.stringContaining("Sign-in required"),
    });
    expect(app.seen.length).toBe(before);
  });

  test("that the server refuses gets the server's answer", async () => {
    expect(await refused(open("/api/closed"))).toEqual({ status: 409, body: "no\r\n" });
  });

  test("to a server that is down gets the page that says so", async () => {
    expect(await refused(open("/staff/ws"))).toMatchObject({
      status: 502,
      body: expect.stringContaining("cannot be reached"),
    });
  });

  test("at the gateway's own endpoints gets an ordinary answer", async () => {
    expect(await refused(open("/_gate/me", {}))).toMatchObject({ status: 401 });
  });

  test("outlives the revocation of its session, whose next handshake is refused", async () => {
    const websocket = open("/api/ws");
    const messages = messagesOf(websocket);
    await soon(() => expect(messages).toHaveLength(1));
    const { uid } = decodePayload(splitToken(session.split("=")[1]!)!.payload);
    await edge.askRevoker({
      operation: "revoke",
      command: { version: 1, target: { type: "user", uid }, by: "operator:test", reason: "test" },
    });
    expect(await refused(open("/api/ws"))).toMatchObject({ status: 401 });
    app.say("still here");
    await soon(() => expect(messages.at(-1)).toBe("still here"));
    websocket.terminate();
    await soon(() => expect(app.sockets()).toBe(0));
  });
});

/** Which requests share a connection, and which are sent twice when it turns out to be closed. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Server } from "node:net";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { openConnections, send, type Message } from "../../../edge-handlers/shared/connections";
import { localhostCertificate } from "../../support/certificates";

const servers: Server[] = [];
afterEach(() => {
  jest.restoreAllMocks();
  for (const server of servers.splice(0)) {
    server.close();
    (server as ReturnType<typeof createServer>).closeAllConnections();
  }
});

interface Seen {
  url: URL;
  /** The connection of each request, in order. */
  connections: Socket[];
  bodies: string[];
}

type Respond = (response: ServerResponse, count: number, request: IncomingMessage) => void;

const OK: Respond = (response) => void response.end("ok");
/** Closes the connection of the second request without an answer, as if it had been closed before that arrived. */
const CLOSED_BEFORE_THE_SECOND: Respond = (response, count) =>
  void (count === 2 ? response.destroy() : response.end("ok"));

async function listening(respond: Respond = OK, tls?: { key: string; cert: string }): Promise<Seen> {
  const seen: Seen = { url: new URL("http://localhost"), connections: [], bodies: [] };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    seen.connections.push(request.socket);
    let body = "";
    for await (const chunk of request) body += String(chunk);
    seen.bodies.push(body);
    respond(response, seen.connections.length, request);
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => void answer(request, response);
  const server = tls
    ? createTlsServer({ ...tls, keepAliveTimeout: 0 }, listener)
    : createServer({ keepAliveTimeout: 0 }, listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  seen.url = new URL(`${tls ? "https" : "http"}://localhost:${(server.address() as AddressInfo).port}/`);
  return seen;
}

function message(more: Partial<Message> = {}): Message {
  const signal = AbortSignal.timeout(10_000);
  return { method: "POST", headers: {}, body: "x", signal, sizeLimit: 100, isRepeatable: false, keptFor: 4, ...more };
}
const REPEATABLE = { isRepeatable: true };

function later(seconds: number): void {
  const now = Date.now();
  jest.spyOn(Date, "now").mockImplementation(() => now + 1000 * seconds);
}

/** Whether two requests, one after the other, used the same connection. */
async function areShared(seen: Seen, seconds: number, more: Partial<Message>): Promise<boolean> {
  await send(seen.url, message(more));
  // Until the client has taken the connection back.
  await setTimeout(20);
  later(seconds);
  await send(seen.url, message(more));
  return seen.connections[0] === seen.connections[1];
}

const AGES: [string, number, Partial<Message>, string | undefined, boolean][] = [
  ["at once", 0, {}, undefined, true],
  ["before the server may have closed it", 3.9, {}, undefined, true],
  ["after the server may have closed it", 4, {}, undefined, false],
  ["later, if the request may be repeated", 29, REPEATABLE, undefined, true],
  ["after half a minute", 30, REPEATABLE, undefined, false],
  ["after half a minute, although the server keeps it", 30, REPEATABLE, "timeout=120", false],
  ["later, if the server says that it keeps it", 20, {}, "timeout=60, max=5", true],
  ["a moment before the server says that it closes it", 2, {}, "timeout=3", false],
  ["a moment before, even if the request may be repeated", 2, REPEATABLE, "timeout=3", false],
];
test.each(AGES)("a connection is used again: %s", async (_name, seconds, more, keepAlive, isExpected) => {
  const seen = await listening((response) => {
    if (keepAlive !== undefined) response.setHeader("keep-alive", keepAlive);
    response.end("ok");
  });
  expect(await areShared(seen, seconds, more)).toBe(isExpected);
});

describe("when a kept connection turns out to be closed", () => {
  test("a request that may be repeated is sent again, over a new one", async () => {
    const seen = await listening(CLOSED_BEFORE_THE_SECOND);
    await send(seen.url, message(REPEATABLE));
    expect((await send(seen.url, message(REPEATABLE))).body.toString()).toBe("ok");
    const [first, second, third] = seen.connections;
    expect([second === first, third === first, seen.connections.length]).toEqual([true, false, 3]);
  });

  test("any other request fails, and is sent once", async () => {
    const seen = await listening(CLOSED_BEFORE_THE_SECOND);
    await send(seen.url, message());
    await expect(send(seen.url, message({ body: "code" }))).rejects.toMatchObject({ code: "ECONNRESET" });
    await setTimeout(100);
    expect(seen.bodies).toEqual(["x", "code"]);
  });

  test("the second attempt is the last", async () => {
    const seen = await listening((response, count) => void (count > 1 ? response.destroy() : response.end("ok")));
    await send(seen.url, message(REPEATABLE));
    await expect(send(seen.url, message(REPEATABLE))).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(seen.connections).toHaveLength(3);
  });

  test("an answer that has begun is not asked for again", async () => {
    const seen = await listening((response, count) => {
      if (count === 1) return void response.end("ok");
      response.writeHead(200, { "content-length": "10" }).write("half", () => response.destroy());
    });
    await send(seen.url, message(REPEATABLE));
    await expect(send(seen.url, message(REPEATABLE))).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(seen.connections).toHaveLength(2);
  });
});

/** Ends an idle connection a moment later, while the client stands still, which a server in its own thread could not. */
const IMPATIENT = `
  const { parentPort, workerData } = require("node:worker_threads");
  const server = require("node:http").createServer({ keepAliveTimeout: 0 }, (request, response) => {
    response.end("ok");
    setTimeout(() => request.socket.end(workerData), 50);
  });
  server.listen(0, "localhost", () => parentPort.postMessage(server.address().port));
`;
test.each([
  ["without a word", ""],
  ["with an answer to nothing", "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"],
])("a connection that was closed %s while the runtime stood still is not used", async (_, lastWords) => {
  const worker = new Worker(IMPATIENT, { eval: true, workerData: lastWords });
  try {
    const [port] = (await once(worker, "message")) as [number];
    const url = new URL(`http://localhost:${port}/`);
    await send(url, message());
    await setTimeout(20);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    expect(await send(url, message({ body: "code" }))).toMatchObject({ status: 200, body: Buffer.from("ok") });
  } finally {
    await worker.terminate();
  }
});

test("a new connection that fails is not tried again", async () => {
  const seen = await listening((response) => void response.destroy());
  await expect(send(seen.url, message(REPEATABLE))).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(seen.connections).toHaveLength(1);
});

test("an answer that is too large is given up, with its connection", async () => {
  const seen = await listening((response, count) => void response.end("x".repeat(count === 1 ? 101 : 100)));
  await expect(send(seen.url, message(REPEATABLE))).rejects.toThrow(
    expect.objectContaining({ name: "AnswerTooLarge" }),
  );
  expect((await send(seen.url, message(REPEATABLE))).body).toHaveLength(100);
  expect(seen.connections[0]).not.toBe(seen.connections[1]);
});

test("a request whose time is up is given up, and not sent again", async () => {
  const seen = await listening((response, count) => void (count === 1 && response.end("ok")));
  await send(seen.url, message(REPEATABLE));
  const signal = AbortSignal.timeout(100);
  await expect(send(seen.url, message({ ...REPEATABLE, signal }))).rejects.toMatchObject({ name: "TimeoutError" });
  await expect(send(seen.url, message({ signal }))).rejects.toMatchObject({ name: "TimeoutError" });
  expect(seen.connections).toHaveLength(2);
});

describe("a connection that was opened in advance", () => {
  test("gets no request if its server cannot prove who it is", async () => {
    const seen = await listening(OK, await localhostCertificate());
    openConnections(seen.url);
    await setTimeout(100);
    await expect(send(seen.url, message(REPEATABLE))).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    openConnections(seen.url);
    // Not verified yet.
    await expect(send(seen.url, message())).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(seen.connections).toEqual([]);
  });
});

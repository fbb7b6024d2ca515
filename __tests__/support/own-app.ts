/** A developer's own app: an HTTP server that shows what it got, streams on demand, and echoes over WebSockets. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

export interface Seen {
  method: string;
  url: string;
  headers: Record<string, string | string[] | undefined>;
  rawHeaders: string[];
  body: { bytes: number; sha256: string };
}

export interface OwnApp {
  url: URL;
  /** Requests that arrived, the latest last; also handshakes. */
  seen: Seen[];
  /** Responses of `/…/events` that are open. */
  streams: ServerResponse[];
  /** Requests whose sender left before they were answered. */
  left: string[];
  /** WebSockets that are open. */
  sockets: () => number;
  /** Sends a text over all of them. */
  say: (text: string) => void;
  close(): Promise<void>;
}

export async function startOwnApp(): Promise<OwnApp> {
  const app: Pick<OwnApp, "seen" | "streams" | "left"> = { seen: [], streams: [], left: [] };
  const server = createServer((request, response) => void answer(app, request, response));
  const websockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    app.seen.push(seen(request, 0, ""));
    if (request.url!.includes("closed")) {
      socket.end("HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\nX-Own: 1\r\n\r\nno\r\n");
      return;
    }
    websockets.handleUpgrade(request, socket, head, (websocket) => {
      websocket.send(`hello ${String(request.headers["x-gate-email"] ?? "anybody")}`);
      websocket.on("message", (data, isBinary) => websocket.send(data, { binary: isBinary }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ...app,
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    sockets: () => websockets.clients.size,
    say: (text) => websockets.clients.forEach((websocket) => websocket.send(text)),
    close: () =>
      new Promise((resolve) => {
        websockets.clients.forEach((websocket) => websocket.terminate());
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  app: Pick<OwnApp, "seen" | "streams" | "left">,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const hash = createHash("sha256");
  let bytes = 0;
  response.once("close", () => response.writableFinished || app.left.push(request.url!));
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch {
    return;
  }
  const got = seen(request, bytes, hash.digest("hex"));
  app.seen.push(got);
  switch (/\w+(?=$|\?)/.exec(request.url!)?.[0] ?? "") {
    case "events":
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      app.streams.push(response);
      return;
    case "broken":
      response.writeHead(200, { "content-length": 1000 });
      response.write("only this");
      setTimeout(() => response.destroy(), 50);
      return;
    case "large":
      response.writeHead(200, { "content-type": "application/octet-stream" });
      for (let i = 0; i < 64; i++) response.write(Buffer.alloc(256 * 1024, i));
      response.end();
      return;
    case "never":
      return;
    case "cookies":
      response.writeHead(201, [
        ["set-cookie", "a=1; Path=/"],
        ["set-cookie", "b=2; Path=/"],
        ["keep-alive", "timeout=77"],
        ["connection", "x-hop, keep-alive"],
        ["x-hop", "1"],
        ["x-frame-options", "DENY"],
        ["via", "1.1 own"],
      ] as unknown as string[]);
      response.end("done");
      return;
    default:
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(got));
  }
}

function seen({ method, url, headers, rawHeaders }: IncomingMessage, bytes: number, sha256: string): Seen {
  return { method: method!, url: url!, headers, rawHeaders, body: { bytes, sha256 } };
}

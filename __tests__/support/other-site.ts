/** A page of another origin, and a server behind an API: what scripts of other sites need (CORS). */
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { localhostCertificate } from "./certificates";

export interface OtherSite {
  port: number;
  close(): void;
}

/** Answers every name below `localhost`, with an empty page. */
export async function startOtherSite(): Promise<OtherSite> {
  const server = createSecureServer(await localhostCertificate(), (_request, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Another site</title>");
  });
  return { port: await listening(server), close: () => closed(server) };
}

export interface ApiServer {
  url: URL;
  /** Requests that arrived, such as `PUT /api/orders/7`. */
  seen: string[];
  close(): void;
}

/** Knows nothing of CORS. Says who called, and sends a header that scripts may read and one that they may not. */
export async function startApiServer(): Promise<ApiServer> {
  const seen: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    seen.push(`${request.method} ${request.url}`);
    const status = request.url!.includes("missing") ? 404 : 200;
    response.writeHead(status, { "content-type": "application/json", "x-total": "3", "x-internal": "1" }).end(
      JSON.stringify({
        email: request.headers["x-gate-email"] ?? null,
        key: request.headers["idempotency-key"] ?? null,
      }),
    );
  });
  return { url: new URL(`http://127.0.0.1:${await listening(server)}`), seen, close: () => closed(server) };
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function closed(server: Server & { closeAllConnections(): void }): void {
  server.close();
  server.closeAllConnections();
}

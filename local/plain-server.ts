import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface PlainServer {
  server: Server;
  port: number;
  /** Also closes connections that are open. */
  close(): Promise<void>;
}

/**
 * Starts an HTTP server for this machine only, on a free port.
 *
 * @param answer if it fails, the connection is closed without a response
 */
export async function startPlainServer(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<PlainServer> {
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

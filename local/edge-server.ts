/** The HTTPS server of the local edge, with a certificate for each of its hosts. */
import { appendFileSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { makeCertificate, type Certificate } from "./certificate";

export interface EdgeServer {
  port: number;
  /** The certificate of the first hosts. Its file also has the certificates of hosts that were added later. */
  certificate: Certificate;
  /** Makes certificates for hosts that have none. @param names without port */
  serveHosts(names: readonly string[]): Promise<void>;
  /** Sets the function that answers from now on. */
  answer(
    serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
    serveUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>,
  ): void;
  /** Also closes open connections. */
  close(): Promise<void>;
}

/**
 * @param folder for the certificates
 * @param port 0 for a free one
 * @param names of the first hosts, without port
 * @throws Error if the port is in use
 */
export async function startEdgeServer(folder: string, port: number, names: string[]): Promise<EdgeServer> {
  const certificate = await makeCertificate(folder, names);
  const server = createServer({ key: certificate.key, cert: certificate.cert });
  // Node's server does not close connections of WebSockets.
  const upgraded = new Set<Duplex>();
  const hosts = new Set(names);
  return {
    port: await listen(server, port),
    certificate,
    async serveHosts(names) {
      for (const name of names.filter((each) => !hosts.has(each))) {
        const own = await makeCertificate(await mkdtemp(join(folder, "host-")), [name]);
        server.addContext(name, { key: own.key, cert: own.cert });
        appendFileSync(certificate.caFile, `\n${readFileSync(own.caFile, "utf8")}`);
        hosts.add(name);
      }
    },
    answer(serve, serveUpgrade) {
      server.on("request", (request, response) => void serve(request, response));
      server.on("upgrade", (request, socket, head) => {
        upgraded.add(socket);
        socket.once("close", () => upgraded.delete(socket));
        void serveUpgrade(request, socket, head);
      });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }),
  };
}

/** @returns the port */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new Error(`port ${port} is in use; choose another with --port`) : error),
    );
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

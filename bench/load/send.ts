/** Sends requests to the edge over connections that stay open, and reads what the check needs of each answer. */
import { Agent, request } from "node:https";
import type { Ask } from "./traffic";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface Sender {
  send(ask: Ask): Promise<Answer>;
  close(): void;
}

/** A connection takes one request at a time; the edge gets as many at once as there are connections. */
const CONNECTIONS = 128;
/** Milliseconds. A slower request counts as lost. */
const PATIENCE = 30_000;

/** @param url of the edge @param ca PEM */
export function createSender(url: string, ca: string): Sender {
  const { port, hostname } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, scheduling: "fifo" });
  // Not every resolver knows names below localhost. All hosts have one certificate here, so any connection takes any.
  const edge = { agent, ca, host: "127.0.0.1", port, servername: hostname, timeout: PATIENCE };
  return {
    send: ({ method, path, query, host, headers, body }) =>
      new Promise((resolve, reject) => {
        const outgoing = request(
          {
            ...edge,
            method,
            path: query === undefined ? path : `${path}?${query}`,
            headers: [
              "host",
              host,
              ...headers.flat(),
              ...(body === undefined ? [] : ["content-length", String(Buffer.byteLength(body))]),
            ],
          },
          (incoming) => {
            const chunks: Buffer[] = [];
            incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
            incoming.once("error", reject);
            incoming.once("end", () =>
              resolve({
                status: incoming.statusCode ?? 0,
                headers: incoming.headers,
                body: Buffer.concat(chunks).toString(),
              }),
            );
          },
        );
        outgoing.once("timeout", () => outgoing.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)));
        outgoing.once("error", reject);
        outgoing.end(body);
      }),
    close: () => agent.destroy(),
  };
}

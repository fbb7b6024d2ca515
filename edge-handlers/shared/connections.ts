/**
 * Sends requests over connections that the instance keeps. From a distant region a new one costs two more round trips,
 * and its handshake costs CPU.
 *
 * While an instance is frozen between two requests, a server may close a connection. So a connection is used again only
 * while its server should still keep it. If it is closed nevertheless, a request that may be repeated is sent once more.
 * No other request is ever sent twice: the server may have received the first one.
 */
import { Agent as PlainAgent, request as plainRequest, type IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { urlToHttpOptions } from "node:url";

export interface Message {
  method: string;
  headers: Record<string, string>;
  body?: string;
  /** Limits the total time. */
  signal: AbortSignal;
  /** Bytes that the answer may have. */
  sizeLimit: number;
  /** True if sending it twice does no harm. */
  isRepeatable: boolean;
  /** Seconds for which this server keeps an idle connection. Its own `Keep-Alive` header takes precedence. */
  keptFor: number;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer<ArrayBuffer>;
}

/** The answer has more bytes than its limit. */
export class AnswerTooLarge extends Error {
  override readonly name = "AnswerTooLarge";
}

/** Seconds. Not even a repeatable request uses an older connection: a failed attempt would cost time. */
const MAX_IDLE = 30;
/** Seconds by which a server may be ahead in closing a connection. */
const MARGIN = 1;
/** https://httpwg.org/specs/rfc2068.html#rfc.section.19.7.1.1 */
const KEEP_ALIVE = /\btimeout=(\d+)/;

/** When a connection carried its last answer (milliseconds), and for how many seconds its server then keeps it. */
interface LastUse {
  at: number;
  keptFor: number | undefined;
}
const lastUses = new WeakMap<object, LastUse>();

/** Also uses connections that were opened in advance. */
class KeptAgent extends Agent {
  #opened: Duplex[] = [];

  /** Opens connections until there are `count` that no request uses. */
  open(url: URL, count: number): void {
    this.drop(MAX_IDLE);
    const { hostname, port } = urlToHttpOptions(url);
    const host = hostname!;
    const options = { host, port: port ?? 443, servername: isIP(host) ? "" : host };
    // Sockets that were just closed are still in the list.
    const free = Object.values(this.freeSockets)
      .flat()
      .filter((socket) => !socket?.destroyed);
    for (let missing = count - free.length - this.#opened.length; missing > 0; missing--) {
      const socket = super.createConnection(options);
      if (!socket) return;
      // The request that takes it gets the error, too.
      socket.on("error", () => undefined);
      lastUses.set(socket, { at: Date.now(), keptFor: undefined });
      this.#opened.push(socket);
    }
  }

  /** Closes the connections that no request uses and that are too old. @param keptFor seconds */
  drop(keptFor: number): void {
    dropFree(this, keptFor);
    this.#opened = this.#opened.filter((socket) => {
      const isKept = socket.writable && isYounger(socket, keptFor);
      if (!isKept) socket.destroy();
      return isKept;
    });
  }

  override createConnection(...parts: Parameters<Agent["createConnection"]>) {
    return this.#opened.shift() ?? super.createConnection(...parts);
  }
}

/** By origin. */
const agents = new Map<string, KeptAgent | PlainAgent>();

/**
 * @param url `http:` is for emulators
 * @throws AnswerTooLarge; the reason of the signal; the error of the connection
 */
export async function send(url: URL, message: Message): Promise<Answer> {
  const agent = agentOf(url);
  // Lets Node first process what the server sent, or closed, while the instance was frozen.
  if (!message.isRepeatable) await setImmediate();
  drop(agent, message.isRepeatable ? MAX_IDLE : message.keptFor);
  try {
    return await exchange(url, agent, message);
  } catch (error) {
    if (!(error instanceof ConnectionWasClosed)) throw error;
    if (!message.isRepeatable) throw error.cause;
  }
  // The other connections are as old.
  drop(agent, 0);
  return exchange(url, agent, message);
}

/** Opens connections for requests that will follow, unless there are any. @param url HTTPS */
export function openConnections(url: URL, count = 1): void {
  const agent = agentOf(url);
  if (agent instanceof KeptAgent) agent.open(url, count);
}

function agentOf({ protocol, origin }: URL): KeptAgent | PlainAgent {
  const known = agents.get(origin);
  const agent = known ?? new (protocol === "http:" ? PlainAgent : KeptAgent)({ keepAlive: true });
  agents.set(origin, agent);
  return agent;
}

/** A connection that was not new was closed without an answer. `cause`: its error. */
class ConnectionWasClosed extends Error {}

function exchange(url: URL, agent: PlainAgent, message: Message): Promise<Answer> {
  const { method, headers, body, signal, sizeLimit } = message;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const outgoing = (url.protocol === "http:" ? plainRequest : request)(
      { ...urlToHttpOptions(url), method, headers, agent },
      (incoming) => {
        const { socket } = outgoing;
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          if ((size += chunk.length) > sizeLimit) giveUp(new AnswerTooLarge());
        });
        incoming.on("error", giveUp);
        incoming.on("end", () => {
          const hint = KEEP_ALIVE.exec(String(incoming.headers["keep-alive"]))?.[1];
          if (socket) lastUses.set(socket, { at: Date.now(), keptFor: hint === undefined ? undefined : Number(hint) });
          settle();
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
        });
      },
    );
    outgoing.on("error", (error) => {
      settle();
      const wasKept = outgoing.socket && lastUses.has(outgoing.socket);
      reject(wasKept ? new ConnectionWasClosed("", { cause: error }) : error);
    });
    const onAbort = () => giveUp(signal.reason as Error);
    const settle = () => signal.removeEventListener("abort", onAbort);
    function giveUp(error: Error): void {
      settle();
      reject(error);
      outgoing.destroy();
    }
    signal.addEventListener("abort", onAbort);
    outgoing.end(body);
  });
}

function drop(agent: KeptAgent | PlainAgent, keptFor: number): void {
  if (agent instanceof KeptAgent) agent.drop(keptFor);
  else dropFree(agent, keptFor);
}

function dropFree({ freeSockets }: PlainAgent, keptFor: number): void {
  for (const socket of Object.values(freeSockets).flat())
    if (!socket?.writable || !isYounger(socket, keptFor)) socket?.destroy();
}

function isYounger(socket: object | undefined, keptFor: number): boolean {
  const use = socket && lastUses.get(socket);
  if (!use) return false;
  const limit = keptFor > 0 && use.keptFor !== undefined ? use.keptFor - MARGIN : keptFor;
  return Date.now() - use.at < 1000 * Math.min(limit, MAX_IDLE);
}

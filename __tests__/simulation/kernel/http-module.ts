/**
 * `node:https` as far as the AWS SDK's request handler (@smithy/node-http-handler) and the auth handler use it, over the
 * virtual network. A connection is nothing that could be kept or lost.
 */
import { EventEmitter } from "node:events";
import type { Instance } from "./instance";
import type { Network } from "./network";

interface RequestOptions {
  host?: string;
  hostname?: string;
  method: string;
  path: string;
  headers: Record<string, string>;
}

const SOCKET = {
  connecting: false,
  setKeepAlive: () => undefined,
  setTimeout: () => undefined,
  removeListener: () => undefined,
  destroy: () => undefined,
};

class Agent {
  readonly sockets = {};
  readonly requests = {};
  readonly freeSockets = {};
  createConnection(): undefined {}
  destroy(): void {}
}

class ClientRequest extends EventEmitter {
  readonly socket = SOCKET;
  isDestroyed = false;
  giveUp: (() => void) | undefined;

  constructor(private readonly send: (body: string) => () => void) {
    super();
  }

  end(body?: string | Uint8Array): void {
    this.giveUp = this.send(body === undefined ? "" : Buffer.from(body as Uint8Array).toString("utf8"));
  }

  destroy(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    this.giveUp?.();
    this.emit("close");
  }
}

export function httpsModule(here: () => { network: Network; instance: Instance }) {
  function request(options: RequestOptions, onResponse: (response: object) => void): ClientRequest {
    const headers = Object.fromEntries(
      Object.entries(options.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    const { network, instance } = here();
    const client: ClientRequest = new ClientRequest((body) =>
      network.send(
        instance,
        { host: String(options.host ?? options.hostname), method: options.method, path: options.path, headers, body },
        {
          onResponse({ status, headers: named, body: text }) {
            const response = new IncomingMessage(status, named, Buffer.from(text));
            onResponse(response);
            response.emit("data", Buffer.from(text));
            response.emit("end");
            client.emit("close");
          },
          onError: (error) => client.emit("error", error),
        },
      ),
    );
    return client;
  }
  return { Agent, request };
}

/** A body that is all there. */
class IncomingMessage extends EventEmitter {
  readonly complete = true;
  readonly statusMessage = "";
  constructor(
    readonly statusCode: number,
    readonly headers: Record<string, string>,
    private readonly body: Buffer,
  ) {
    super();
  }

  pipe<T extends NodeJS.WritableStream>(target: T): T {
    target.end(this.body);
    return target;
  }
}

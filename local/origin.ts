/** The requests to an origin and its answers. Bodies are streams, because they can be large, or never end. */
import type { Duplex, Readable } from "node:stream";
import type { EdgeRequest } from "./cloudfront-events";
import type { Behavior } from "./distribution";

export interface OriginRequest extends EdgeRequest {
  /** The viewer's body as it arrives. */
  stream: Readable;
  /** True for the handshake of a WebSocket. */
  isHandshake: boolean;
  /** Aborted when the viewer is gone. */
  gone: AbortSignal;
}

export interface OriginResponse {
  status: number;
  headers: [name: string, value: string][];
  body: Buffer | Readable;
  /** The log's note besides the decision, such as why the origin did not answer. */
  note?: string;
  /**
   * The connection of a WebSocket, once its origin has accepted the handshake, and the bytes that it has already sent.
   */
  tunnel?: { socket: Duplex; head: Buffer };
}

export type Origin = (request: OriginRequest, behavior: Behavior) => OriginResponse | Promise<OriginResponse>;

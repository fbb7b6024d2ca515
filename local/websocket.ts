/**
 * WebSockets as CloudFront has them: the gate decides about the handshake, which is a request like any other, and about
 * nothing after it. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-working-with.websockets.html
 */
import { ServerResponse, type IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { MAX_WEBSOCKET_IDLE } from "../cloudfront/limits";
import type { OriginResponse } from "./origin";

export function isWebSocket({ headers, method }: IncomingMessage): boolean {
  return method === "GET" && headers.upgrade?.toLowerCase() === "websocket";
}

/** A response for a request whose connection Node passed to us because of its `Upgrade` header. */
export function responseOver(socket: Duplex, request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // A duplex stream is sufficient.
  response.assignSocket(socket as Parameters<ServerResponse["assignSocket"]>[0]);
  // Node's server no longer handles these.
  socket.on("drain", () => response.emit("drain"));
  response.once("finish", () => socket.end());
  return response;
}

/**
 * Completes the handshake, and passes bytes in both directions until one side ends.
 *
 * @param idle milliseconds without a byte from the origin after which it ends
 */
export function tunnel(
  viewer: { socket: Duplex; head: Buffer },
  { status, headers, tunnel: origin }: OriginResponse & Required<Pick<OriginResponse, "tunnel">>,
  idle = MAX_WEBSOCKET_IDLE,
): void {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  viewer.socket.write(
    `HTTP/1.1 ${status} Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${lines}\r\n`,
    "latin1",
  );
  const end = () => {
    clearTimeout(timer);
    viewer.socket.destroy();
    origin.socket.destroy();
  };
  const timer = setTimeout(end, idle);
  origin.socket.on("data", () => timer.refresh());
  for (const socket of [viewer.socket, origin.socket]) socket.on("error", end).once("close", end);
  viewer.socket.write(origin.head);
  origin.socket.write(viewer.head);
  viewer.socket.pipe(origin.socket);
  origin.socket.pipe(viewer.socket);
}

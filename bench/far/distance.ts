/** Simulates distance to servers on this machine: bytes take as long as they would to a distant region. */
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** Milliseconds of one round trip; read when a connection is opened. */
export interface Distance {
  roundTrip: number;
}

export interface DistantServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Listens on a free port and passes bytes on to another one, each way half a round trip later. A TCP handshake takes
 * one more round trip. This machine answers it immediately, so the first bytes of a connection wait instead.
 */
export async function startDistantServer(port: number, distance: Distance): Promise<DistantServer> {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: "127.0.0.1", noDelay: true });
    const { roundTrip } = distance;
    delay(near, far, roundTrip / 2, performance.now() + roundTrip);
    delay(far, near, roundTrip / 2, 0);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => open.delete(socket));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** @param notBefore when the first bytes can leave */
function delay(from: Socket, to: Socket, milliseconds: number, notBefore: number): void {
  const later = (run: () => void) => {
    const wait = Math.max(performance.now(), notBefore) + milliseconds - performance.now();
    if (wait <= 0) run();
    else setTimeout(run, wait);
  };
  from.on("data", (bytes) => later(() => to.writable && to.write(bytes)));
  from.on("end", () => later(() => to.end()));
  from.on("close", () => later(() => to.destroy()));
}

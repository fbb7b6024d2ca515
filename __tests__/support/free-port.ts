import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below those that the system gives to connections and to servers that ask for any: https://docs.kernel.org/networking/ip-sysctl.html */
const PORTS = [10_100, 32_000] as const;

/**
 * A port of the loopback interface that nobody listens on, for a program that cannot choose one itself. Nothing takes it
 * by chance before that program does.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(...PORTS);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}

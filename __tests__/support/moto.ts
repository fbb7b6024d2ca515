/** moto's server: Secrets Manager as somebody else understood it, not as we do. */
import { spawn } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

export interface Moto {
  endpoint: string;
  close(): Promise<void>;
}

/** Seconds; the first start compiles it. */
const START_LIMIT = 40;

/** @param path of `moto_server`. @throws Error when it does not answer within 40 s */
export async function startMoto(path: string): Promise<Moto> {
  const port = await freePort();
  const child = spawn(path, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const close = async () => {
    child.kill();
    await ended;
  };
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < START_LIMIT * 10; tries++) {
    if (await fetch(`${endpoint}/moto-api/`).then(({ ok }) => ok, () => false)) return { endpoint, close };
    await setTimeout(100);
  }
  await close();
  throw new Error(`moto did not answer within ${START_LIMIT} s`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

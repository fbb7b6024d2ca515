/** moto's server: Secrets Manager as somebody else understood it, not as we do. */
import { spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { freePort } from "./free-port";

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
    if (
      await fetch(`${endpoint}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return { endpoint, close };
    await setTimeout(100);
  }
  await close();
  throw new Error(`moto did not answer within ${START_LIMIT} s`);
}

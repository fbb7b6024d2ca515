/** moto's server: Secrets Manager as somebody else understood it, not as we do. */
import { spawn } from "node:child_process";
import { freePort } from "./free-port";
import { untilUp } from "./until-up";

export interface Moto {
  endpoint: string;
  close(): Promise<void>;
}

/** @param path of `moto_server`. @throws Error when it does not answer */
export async function startMoto(path: string): Promise<Moto> {
  const port = await freePort();
  const child = spawn(path, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const close = async () => {
    child.kill();
    await ended;
  };
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await untilUp("moto", `${endpoint}/moto-api/`);
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoint, close };
}

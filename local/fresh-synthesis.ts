/**
 * Loads and synthesizes a config in a separate process, so that changed modules are loaded: a process keeps the modules
 * that it has loaded.
 */
import { fork } from "node:child_process";
import type { Config } from "../config/schema";
import type { Synthesized } from "../stacks/synthesize";
import { nodeArguments } from "./typescript";

/** A TypeScript file in a checkout, JavaScript in the package. */
const PROCESS = require.resolve("./fresh-synthesis-process");

export interface FreshSynthesis {
  /** @throws Error about the config; `files` has the files that were loaded until then */
  load(file: string): Promise<Config>;
  /** Writes the stack of a config. @throws Error if it cannot be synthesized */
  write(config: Config, options: { outdir: string }): Promise<Synthesized>;
  /** The config and what it imports, as far as it was loaded. */
  files: string[];
  close(): void;
}

/** The process's input and output. */
export type Order = { load: string } | { write: Config; outdir: string };
export type Reply = { files?: string[] } & ({ config: Config } | { synthesized: Synthesized } | { error: string });

export function startFreshSynthesis(): FreshSynthesis {
  const child = fork(PROCESS, {
    execArgv: nodeArguments(PROCESS),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const ask = (order: Order) =>
    new Promise<Reply>((resolve, reject) => {
      const gone = () => reject(new Error(`the process that synthesizes ended: ${errors.trim().slice(-500)}`));
      child.once("close", gone);
      child.once("message", (reply: Reply) => {
        child.off("close", gone);
        if (reply.files) fresh.files = reply.files;
        if ("error" in reply) reject(new Error(reply.error));
        else resolve(reply);
      });
      child.send(order, (error) => error && reject(error));
    });
  const fresh: FreshSynthesis = {
    files: [],
    load: async (file) => ((await ask({ load: file })) as { config: Config }).config,
    write: async (config, { outdir }) =>
      ((await ask({ write: config, outdir })) as { synthesized: Synthesized }).synthesized,
    close: () => void child.kill("SIGKILL"),
  };
  return fresh;
}

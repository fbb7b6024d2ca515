/** Starts the local edge in a separate process, so that the client does not use its time. */
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { nodeArguments } from "../../local/typescript";
import type { PolicyRule } from "../../policy/rule";
import type { SessionKeys } from "../../session/keys";
import type { RevocationCommand } from "../../session/revocation";

/** A TypeScript file in a checkout, JavaScript in the package. */
const PROCESS = require.resolve("./edge-process");

export interface Started {
  /** The edge's config, with the hosts of this machine. */
  policy: PolicyRule[];
  url: string;
  /** Addresses of all hosts; the first one is `url`. */
  urls: string[];
  issuer: string;
  caFile: string;
}

/** Resources of the edge's process, without its child processes. */
export interface Memory {
  /** Bytes: objects, and buffers outside of the heap. */
  heapUsed: number;
  /** Bytes. */
  rss: number;
  /** Milliseconds since it started. */
  cpu: number;
}

export type Order =
  | { kind: "start"; node: string | undefined }
  | { kind: "keys" }
  | { kind: "revoke"; target: RevocationCommand["target"] }
  | { kind: "rotate" }
  /** @param collect whether to collect garbage before */
  | { kind: "memory"; collect: boolean }
  | { kind: "logs" }
  | { kind: "close" };
export type Reply = object;

export interface LoadEdge extends Started {
  pid: number;
  /** PEM. */
  ca: string;
  keys(): Promise<SessionKeys>;
  /** Returns when the store has the revocation. */
  revoke(target: RevocationCommand["target"]): Promise<void>;
  /** Returns when the new key signs. */
  rotate(): Promise<void>;
  memory(collect?: boolean): Promise<Memory>;
  logs(): Promise<string>;
  close(): Promise<void>;
}

/**
 * @param node path of the Node that runs the handlers
 * @throws Error if the edge does not start
 */
export async function startLoadEdge(node?: string): Promise<LoadEdge> {
  const child = fork(PROCESS, {
    execArgv: nodeArguments(PROCESS),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const pending = new Map<number, { resolve(reply: Reply): void; reject(error: Error): void }>();
  let errors = "";
  let lastId = 0;
  child.stderr?.on("data", (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-2000)));
  child.on("message", ({ id, reply, error }: { id: number; reply?: Reply; error?: string }) => {
    if (error !== undefined) pending.get(id)?.reject(new Error(error));
    else pending.get(id)?.resolve(reply!);
    pending.delete(id);
  });
  const ended = new Promise<void>((resolve) =>
    child.once("close", () => {
      for (const { reject } of pending.values()) reject(new Error(`the process of the edge ended: ${errors.trim()}`));
      resolve();
    }),
  );
  const ask = <R extends Reply>(order: Order) =>
    new Promise<R>((resolve, reject) => {
      const id = ++lastId;
      pending.set(id, { resolve: resolve as (reply: Reply) => void, reject });
      child.send({ id, ...order }, (error) => error && reject(error));
    });
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  const started = await ask<Started>({ kind: "start", node }).catch(async (error: unknown) => {
    await kill();
    throw error;
  });
  return {
    ...started,
    pid: child.pid!,
    ca: readFileSync(started.caFile, "utf8"),
    keys: async () => (await ask<{ keys: SessionKeys }>({ kind: "keys" })).keys,
    revoke: async (target) => void (await ask({ kind: "revoke", target })),
    rotate: async () => void (await ask({ kind: "rotate" })),
    memory: (collect = false) => ask<Memory>({ kind: "memory", collect }),
    logs: async () => (await ask<{ logs: string }>({ kind: "logs" })).logs,
    async close() {
      await ask({ kind: "close" }).catch(() => undefined);
      await kill();
    },
  };
}

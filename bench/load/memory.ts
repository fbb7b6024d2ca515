/** Samples the memory of the edge's processes while it is under load. */
import { readdirSync, readFileSync } from "node:fs";
import type { LoadEdge } from "./edge";

/** Bytes. */
export interface MemorySample {
  /** Objects and buffers of the edge's process, garbage included. */
  heapUsed: number;
  rss: number;
  /**
   * Resident memory of the edge's child processes: the handlers and the identity provider. 0 on systems without /proc.
   */
  handlers: number;
}

/** Milliseconds. */
const INTERVAL = 1000;

/** Takes a sample each second until it is stopped. */
export function sampleMemory(edge: LoadEdge): { stop(): Promise<MemorySample[]> } {
  const samples: Promise<MemorySample>[] = [];
  const take = async () => ({ ...(await edge.memory()), handlers: rssBelow(edge.pid) });
  const timer = setInterval(() => samples.push(take()), INTERVAL);
  return {
    async stop() {
      clearInterval(timer);
      return Promise.all(samples);
    },
  };
}

/** https://man7.org/linux/man-pages/man5/proc_pid_task.5.html */
function rssBelow(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean))
      .reduce((sum, child) => sum + rssOf(Number(child)) + rssBelow(Number(child)), 0);
  } catch {
    return 0;
  }
}

/** https://man7.org/linux/man-pages/man5/proc_pid_status.5.html */
function rssOf(pid: number): number {
  return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
}

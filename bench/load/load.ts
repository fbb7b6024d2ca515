/** The load as figures: whether every decision was right, how fast the answers came, and whether memory stayed flat. */
import type { Figure } from "../figure";
import { lambdaNode } from "../tools";
import { startLoadEdge } from "./edge";
import { sampleMemory, type MemorySample } from "./memory";
import { applyLoad, type Loaded } from "./run";

export interface MeasuredLoad {
  figures: Figure[];
  /** The first wrong decisions, if there were any. */
  wrong: string[];
}

const RATE = 1000;
const SECONDS = 60;
const SEED = 20_261_201;
/** Warm-up: until everything is compiled, and logs and caches have their final size. */
const WARM_UP = { atATime: 64, requests: 25_000 };
/** Seconds by which the last answer may be late. */
const LATE = 2;
/**
 * MB by which live objects may grow. 60,000 requests that keep 50 bytes each take 3 MB, and less than that is the noise of
 * compiled code.
 */
const HEAP_GROWTH = 3;
/**
 * MB. Resident memory says little about live objects: while requests wait on a busy machine, the collector lets the
 * heap grow. The bench reports its growth, and limits its size.
 */
const RSS = 512;
const MB = 1024 * 1024;

/** @throws Error if the edge does not start */
export async function measureLoad(): Promise<MeasuredLoad> {
  const edge = await startLoadEdge(lambdaNode());
  try {
    const warm = await applyLoad({ edge, seed: SEED - 1, arrival: WARM_UP, revocations: 0 });
    const before = await edge.memory(true);
    const sampling = sampleMemory(edge);
    const loaded = await applyLoad({ edge, seed: SEED, arrival: { perSecond: RATE, seconds: SECONDS } });
    const samples = await sampling.stop();
    const after = await edge.memory(true);
    return {
      figures: [
        ...decisions(loaded, warm),
        ...times(loaded, (after.cpu - before.cpu) / loaded.requests),
        { ...MEMORY, name: "live objects, growth", value: (after.heapUsed - before.heapUsed) / MB, limit: HEAP_GROWTH },
        ...growth(samples),
      ],
      wrong: [...warm.wrong, ...loaded.wrong],
    };
  } finally {
    await edge.close();
  }
}

const MEMORY = { group: "load: memory of the edge", unit: "MB" };

function decisions(loaded: Loaded, warm: Loaded): Figure[] {
  const group = "load: decisions";
  const { refused, meanwhile } = loaded.ofRevoked;
  return [
    { group, name: "checked", value: loaded.requests + warm.requests, unit: "" },
    { group, name: "wrong", value: loaded.wrongCount + warm.wrongCount, unit: "", limit: 0 },
    { group, name: "kinds of requests", value: Object.keys(loaded.kinds).length, unit: "" },
    { group, name: "different decisions", value: Object.keys(loaded.decisions).length, unit: "" },
    { group, name: "of sessions after their revocation", value: refused, unit: "" },
    { group, name: "of sessions during their revocation", value: meanwhile, unit: "" },
  ];
}

function times({ requests, seconds, latency }: Loaded, cpu: number): Figure[] {
  const group = "load: times";
  return [
    { group, name: "requests a second, as asked for", value: RATE, unit: "" },
    { group, name: "requests a second, as answered", value: requests / seconds, unit: "" },
    { group, name: `until all of ${SECONDS} seconds had answers`, value: seconds, unit: "s", limit: SECONDS + LATE },
    { group, name: "answer (median)", value: latency.p50, unit: "ms" },
    { group, name: "answer (99 %)", value: latency.p99, unit: "ms" },
    { group, name: "CPU of the edge for a request", value: cpu, unit: "ms" },
  ];
}

function growth(samples: readonly MemorySample[]): Figure[] {
  const quarter = Math.floor(samples.length / 4);
  const grown = (value: (sample: MemorySample) => number) =>
    median(samples.slice(-quarter).map(value)) - median(samples.slice(0, quarter).map(value));
  return [
    { ...MEMORY, name: "resident, largest", value: Math.max(...samples.map(({ rss }) => rss)) / MB, limit: RSS },
    { ...MEMORY, name: "resident, growth", value: grown(({ rss }) => rss) / MB },
    {
      ...MEMORY,
      name: "resident, growth of the handlers",
      value: grown(({ handlers }) => handlers) / MB,
    },
  ];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

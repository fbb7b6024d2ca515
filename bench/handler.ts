/** Measures the part of a handler's cold start that its own code takes. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";

/** Times the loading of the module, in a process that has loaded nothing else. */
const LOAD =
  "const start = performance.now(); require(process.argv[1]); process.stdout.write(String(performance.now() - start))";

/**
 * Milliseconds that loading the handler of a zip takes: the median of `runs` fresh processes.
 *
 * @param node path of the Node that loads it
 * @throws Error with the output of a process that failed
 */
export function measureLoadTime(zip: Uint8Array, node: string, runs = 11): number {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-bench-"));
  try {
    const index = join(folder, "main.js");
    writeFileSync(index, unzipSync(zip)["main.js"]!);
    const times = Array.from({ length: runs }, () => loadOnce(node, index)).sort((a, b) => a - b);
    return times[Math.floor(runs / 2)]!;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function loadOnce(node: string, index: string): number {
  const { status, stdout, stderr } = spawnSync(node, ["-e", LOAD, index], { encoding: "utf8" });
  if (status !== 0) throw new Error(`the handler does not load:\n${stderr}`);
  return Number(stdout);
}

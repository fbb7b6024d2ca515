/** Measures a synth of the example as users of the package run it: compiled, in a separate process. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import example from "../config/example";

const EDGEGATE = join(dirname(require.resolve("edgegate/package.json")), "dist/cli/main.js");

export interface SynthCost {
  seconds: number;
  peakMegabytes: number;
}

/**
 * The shortest time of `runs`, and the largest peak memory.
 *
 * @throws Error with the output of a synth that failed
 */
export function measureSynth(runs = 3): SynthCost {
  const costs = Array.from({ length: runs }, measureOnce);
  return {
    seconds: Math.min(...costs.map(({ seconds }) => seconds)),
    peakMegabytes: Math.max(...costs.map(({ peakMegabytes }) => peakMegabytes)),
  };
}

function measureOnce(): SynthCost {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-bench-"));
  try {
    writeFileSync(join(folder, "gateway.config.ts"), `export default ${JSON.stringify(example)};\n`);
    const start = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--require", join(__dirname, "report-peak.js"), EDGEGATE, "synth", "--config", "gateway.config.ts"],
      { cwd: folder, encoding: "utf8", env: { ...process.env, CDKTF_OUTDIR: "cdktf.out" } },
    );
    const seconds = (performance.now() - start) / 1000;
    const peak = /peak=(\d+)/.exec(stderr)?.[1];
    if (status !== 0 || peak === undefined) throw new Error(`the measured synth failed:\n${stderr}`);
    return { seconds, peakMegabytes: Number(peak) / 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a synth costs, bundling included: the command of cdktf.json in a process of its own. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(__dirname, "..");

export interface SynthCost {
  seconds: number;
  peakMegabytes: number;
}

/**
 * The fastest of `runs` and the largest peak of memory among them.
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
  const { app } = JSON.parse(readFileSync(join(ROOT, "cdktf.json"), "utf8")) as { app: string };
  const [, ...options] = app.split(" ");
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-bench-"));
  try {
    const start = performance.now();
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--require", join(__dirname, "report-peak.js"), ...options],
      {
        cwd: ROOT,
        encoding: "utf8",
        env: { ...process.env, EDGEGATE_CONFIG: join(ROOT, "config/example.ts"), CDKTF_OUTDIR: outdir },
      },
    );
    const seconds = (performance.now() - start) / 1000;
    const peak = /peak=(\d+)/.exec(stderr)?.[1];
    if (status !== 0 || peak === undefined) throw new Error(`the synth that was to be measured failed:\n${stderr}`);
    return { seconds, peakMegabytes: Number(peak) / 1024 };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** What the documentation says of alarms, held to those that are made. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "../../config/load";
import { synthesize } from "../../stacks/synthesize";
import { emptyArtifacts } from "../support/empty-artifacts";

/** With every alarm that is an option. */
const EXAMPLE = { ...loadConfig("config/example.ts"), storeAccessAlarm: true, audit: { archive: true as const } };

interface Resources {
  aws_cloudwatch_metric_alarm: Record<string, { alarm_name: string; threshold: number }>;
  aws_lambda_event_source_mapping: Record<string, { maximum_batching_window_in_seconds: number }>;
  aws_sqs_queue: Record<string, { visibility_timeout_seconds: number }>;
}

function resources(): Resources {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-alarms-"));
  try {
    const artifacts = emptyArtifacts(folder);
    const { stackDir } = synthesize(EXAMPLE, { outdir: join(folder, "out"), artifacts });
    return (JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as { resource: Resources }).resource;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const {
  aws_cloudwatch_metric_alarm: ALARMS,
  aws_lambda_event_source_mapping: MAPPINGS,
  aws_sqs_queue: QUEUES,
} = resources();
const NAMES = Object.values(ALARMS)
  .map(({ alarm_name }) => alarm_name.slice(EXAMPLE.name.length + 1))
  .sort();
const read = (name: string) => readFileSync(join(__dirname, "../../docs", name), "utf8");
const section = (page: string, heading: string) => page.split(`${heading}\n`)[1]!.split(/\n#+ /)[0]!;

test("docs/configuration.md names every alarm, and none that is not made", () => {
  const lines = section(read("configuration.md"), "### Alarms")
    .split("\n")
    .filter((line) => line.startsWith("- "));
  const named = lines.flatMap((line) =>
    [...line.split(": ")[0]!.matchAll(/`<name>-([a-z-]+)`/g)].map(([, name]) => name),
  );
  expect(named.sort()).toEqual(NAMES);
});

test("docs/operations.md says of every alarm what to do, and of none that is not made", () => {
  const rows = section(read("operations.md"), "## Alarms")
    .split("\n")
    .filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((row) => [...row.split("|")[1]!.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual(NAMES);
});

test("a sign-out may be gathered and tried once more before anybody is woken", () => {
  const gathered = MAPPINGS["revoker_queue_sign_outs_delivery"]!.maximum_batching_window_in_seconds;
  const hidden = QUEUES["revoker_queue_sign_outs"]!.visibility_timeout_seconds;
  expect(gathered).toBe(90);
  expect(ALARMS["alarm_sign-outs-late"]!.threshold).toBeGreaterThan(gathered + hidden);
});

/** What a review says about real plans: each is Terraform's own, on a state that Terraform itself takes for applied. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import type { ConfigInput } from "../../config/schema";
import { readPlan } from "../../review/plan/read-plan";
import { reviewOf } from "../../review/review";
import { synthesize } from "../../stacks/synthesize";
import { planOfChange, stateOf, writeState } from "../support/plan-of-change";
import { describeWithTerraform } from "../support/terraform";
import { BEFORE, CHANGES, written, type PreparedChange } from "./changes";

describeWithTerraform("a review of a real plan", (open, _, openTogether) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-review-"));
  afterAll(() => rmSync(outdir, { recursive: true }));
  let json = "";

  test("can be made: Terraform plans all changes at once, each in a module of its own", () => {
    const applied = (config: ConfigInput, name: string) =>
      stateOf(open(synthesize(parseConfig(config), { outdir: join(outdir, name) }).stackDir));
    const states = new Map(
      [...new Set(CHANGES.map(({ before = BEFORE }) => before))].map((config, i) => [
        config,
        applied(config, `before-${i}`),
      ]),
    );
    const dirs = Object.fromEntries(CHANGES.map((change, i) => [`m${i}`, synthesized(change, join(outdir, `${i}`))]));
    const together = openTogether(dirs);
    const stateBefore = ({ before = BEFORE }: PreparedChange) => states.get(before)!;
    writeState(together, Object.fromEntries(CHANGES.map((change, i) => [`m${i}`, stateBefore(change)])), "stacks_0");
    json = planOfChange(together);
  });

  test.each(CHANGES.map((change, i) => [change.name, change, i] as const))(
    "of %s flags that and nothing else",
    (_name, { flags }, i) => {
      const review = reviewOf(readPlan(Buffer.from(json)));
      const mine = review.flags.filter(({ address }) => address.startsWith(`module.m${i}.`));
      expect([...new Set(mine.map(({ rule, severity }) => `${rule} ${severity}`))].sort()).toEqual([...flags].sort());
    },
  );
});

/** The folder of a changed stack. */
function synthesized({ before = BEFORE, config, written: raw }: PreparedChange, outdir: string): string {
  const { stackDir } = synthesize(parseConfig({ ...before, ...config }), { outdir });
  const file = join(stackDir, "cdk.tf.json");
  if (raw) writeFileSync(file, JSON.stringify(written(JSON.parse(readFileSync(file, "utf8")) as object, raw)));
  return stackDir;
}

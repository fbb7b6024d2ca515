/** The command that estimates the bill, and the figures of it that the documents show. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { deployedIn, type StackFile } from "../../costs/deployed";
import { TIDIES } from "../../costs/operations";
import { REGIONS } from "../../costs/prices";
import { synthesize } from "../../stacks/synthesize";
import { webAclCapacity } from "../../stacks/web-acl/capacity";
import { edgegate } from "../support/cli";
import { EVERYTHING } from "../support/configs";

interface Bill {
  total: number;
  freeTier: number;
  lines: { meter: string; dollars: number; quantity: number }[];
}

async function bill(...args: string[]): Promise<Bill> {
  const { code, stdout, stderr } = await edgegate(["cost", "--json", ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as Bill;
}

test("prints a line for each thing that is billed, the total, and the free tier apart", async () => {
  const { code, stdout, stderr } = await edgegate(["cost", "--users", "1000", "--region", "europe"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^service +what +a month +dollars +free tier$/m);
  expect(stdout).toMatch(/^CloudFront +HTTPS requests +6,54\d,000 +\$7\.8\d +-\$7\.8\d$/m);
  expect(stdout).toMatch(/^ +total +\$\d+\.\d\d a month, without free tiers$/m);
  expect(stdout).toMatch(/^ +free tier +-\$\d+\.\d\d, if nothing else in the account uses it: \$\d+\.\d\d$/m);
  expect(stdout).toMatch(/^ +prices +AWS's prices as known on 20\d\d-\d\d-\d\d/m);
});

test("the lines add up to the total, and options change only what they name", async () => {
  const [few, many] = [await bill("--users", "100"), await bill("--users", "100", "--gigabytes", "500")];
  expect(few.lines.reduce((sum, { dollars }) => sum + dollars, 0)).toBeCloseTo(few.total, 9);
  const changed = many.lines.filter(
    ({ meter, quantity }) => few.lines.find((line) => line.meter === meter)?.quantity !== quantity,
  );
  expect(changed.map(({ meter }) => meter)).toEqual(["edgeGigabytes"]);
});

test.each([
  ["--users", "many"],
  ["--requests", "-1"],
  ["--region", "mars"],
])("%s %s is a mistake of the command line", async (option, value) => {
  expect(await edgegate(["cost", option, value])).toMatchObject({ code: 2, stdout: "" });
});

test("the regions of the command line are those of the price list", async () => {
  const { stdout } = await edgegate(["cost", "--help"]);
  const [, choices] = /choices:([^)]*?), default/.exec(stdout.replace(/\s+/g, " "))!;
  expect(JSON.parse(`[${choices}]`)).toEqual(Object.keys(REGIONS));
});

test("what the estimate reads of a stack is there, and schedules are those of the estimate", () => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-cost-"));
  try {
    const config = parseConfig(EVERYTHING);
    const { stackDir } = synthesize(config, { outdir });
    const stack = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as StackFile;
    expect(deployedIn(stack, webAclCapacity(config))).toMatchObject({
      webAcls: 1,
      edgeMemory: 0.125,
      controlPlaneMemory: 0.25,
      window: 90,
    });
    const schedules = Object.values(stack.resource["aws_cloudwatch_event_rule"]!).map(
      (rule) => rule["schedule_expression"],
    );
    expect(schedules).toContain(`rate(${1_440 / TIDIES} minutes)`);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

test("the tables of README and costs page show what the command prints for the example", async () => {
  const cases: [string, string[]][] = [
    ["nobody visits", []],
    ["a million requests", ["--requests", "1000000"]],
    ["10,000 users", ["--users", "10000"]],
  ];
  for (const [name, args] of cases) {
    const { total, freeTier } = await bill(...args);
    const [all, rest] = [total, total - freeTier].map((dollars) => `$${Math.round(dollars)}`);
    for (const page of ["README.md", "docs/costs.md"]) {
      const row = readFileSync(join(__dirname, "../..", page), "utf8")
        .split("\n")
        .find((line) => line.startsWith(`| ${name}`));
      expect([page, row]).toEqual([page, expect.stringMatching(new RegExp(`\\| \\${all} \\| \\${rest} \\|$`))]);
    }
  }
});

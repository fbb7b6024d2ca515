/** `edgegate review` and `edgegate check` with a plan: what people and CI jobs see of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { edgegate } from "../support/cli";
import { change, gateChange, planJson } from "../review/plans";

const SIGNED_IN = { path: "/**", allow: "signed-in" } as const;

describe("a plan on the command line", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-review-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, bytes: Buffer | string) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const risky = file("risky.json", planJson([gateChange([SIGNED_IN], [{ path: "/**", allow: "public" }])]));
  const worthALook = file(
    "medium.json",
    planJson([change("aws_cloudwatch_metric_alarm.a", { alarm_name: "late" }, null)]),
  );

  test("is reviewed: Markdown, and an exit code that fails a job", async () => {
    const { code, stdout, stderr } = await edgegate(["review", risky]);
    expect(stdout).toMatch(/^## edgegate review\n\n\*\*High risk\.\*\*/);
    expect({ code, stderr }).toEqual({ code: 6, stderr: "" });
  });

  test.each([
    [["--fail-on", "never"], "risky", 0],
    [["--fail-on", "low"], "medium", 6],
    [["--fail-on", "medium"], "medium", 6],
    [[], "medium", 0],
  ] as const)("fails as %j says", async (options, plan, code) => {
    expect(await edgegate(["review", plan === "risky" ? risky : worthALook, ...options])).toMatchObject({ code });
  });

  test("is reviewed as JSON, from stdin", async () => {
    const { stdout } = await edgegate(["review", "-", "--json"], { input: readFileSync(risky, "utf8") });
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      severity: "high",
      flags: [{ rule: "opens-a-path", severity: "high", address: "aws_cloudfront_function.gate" }],
      rules: [{ id: "opens-a-path" }],
      gateways: [
        { name: "wiki", module: "", isNew: false, access: [{ path: "/**", newlyPublic: true, after: "public" }] },
      ],
      costs: { lines: [], dollars: 0 },
      changes: [{ address: "aws_cloudfront_function.gate", action: "update", attributes: ["code"] }],
      drifted: [],
    });
  });

  test("is reviewed as SARIF, too", async () => {
    const sarif = join(folder, "review.sarif");
    await edgegate(["review", risky, "--sarif", sarif]);
    expect(JSON.parse(readFileSync(sarif, "utf8"))).toMatchObject({
      version: "2.1.0",
      runs: [{ results: [{ ruleId: "opens-a-path", level: "error" }] }],
    });
    const { code, stderr } = await edgegate(["review", risky, "--sarif", join(folder, "none/review.sarif")]);
    expect(code).toBe(2);
    expect(stderr).toContain("it cannot be written (ENOENT)");
  });

  test.each([
    ["review", "none.json", "there is no such file"],
    ["check", "none.json", "there is no such file"],
    ["review", "binary", "this is a plan file, not its JSON\nwrite: terraform show -json tfplan > plan.json"],
    ["check", "binary", "this is a plan file, not its JSON"],
  ])("%s %s says what is wrong and what to type", async (command, name, message) => {
    if (name === "binary") file(name, "PK\u0003\u0004");
    const { code, stdout, stderr } = await edgegate([command, join(folder, name)]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  test("is checked: nothing decides without the gate", async () => {
    const { code, stdout } = await edgegate(["check", worthALook]);
    expect(code).toBe(1);
    expect(stdout).toContain("No distribution of this plan has the gate, so nothing is decided.");
  });

  test("is checked: each way around the gate, or that there is none", async () => {
    const [gate, handler] = [
      "arn:aws:cloudfront::111122223333:function/wiki-gate",
      "arn:aws:lambda:us-east-1:111122223333:function:wiki-auth:7",
    ];
    const behavior = {
      viewer_protocol_policy: "https-only",
      function_association: [{ event_type: "viewer-request", function_arn: gate }],
    };
    const endpoints = {
      path_pattern: "/_gate/*",
      viewer_protocol_policy: "https-only",
      lambda_function_association: [{ event_type: "viewer-request", lambda_arn: handler }],
    };
    const planned = (last: object) =>
      planJson([
        change("aws_cloudfront_distribution.mine", null, {
          ordered_cache_behavior: [endpoints],
          default_cache_behavior: [last],
        }),
      ]);
    const known = ["--gate", gate, "--handler", handler];
    const decided = await edgegate(["check", file("decided.json", planned(behavior)), ...known]);
    expect(decided).toMatchObject({ code: 0, stderr: "" });
    expect(decided.stdout).toBe(
      "Every request is decided: 2 behaviors of 1 distribution with the gate.\n  aws_cloudfront_distribution.mine: /_gate/*, (default)\n",
    );
    const hole = file("hole.json", planned({ ...behavior, viewer_protocol_policy: "allow-all" }));
    const found = await edgegate(["check", hole, ...known]);
    expect(found.code).toBe(1);
    expect(found.stdout).toContain(
      '1 way around the gate\n  aws_cloudfront_distribution.mine: behavior "(default)": it answers http',
    );
    const json = await edgegate(["check", hole, ...known, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ version: 1, decided: false, holes: [{ rule: "https-only" }] });
  });
});

/** What the real provider makes of the synthesized stacks: assertions on its plan, never on the code that made it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../../../stacks/synthesize";
import { EVERYTHING } from "../../support/configs";
import { describeWithTerraform, type Plan } from "../../support/terraform";
import { describeWith } from "../../support/tools";
import { review } from "../checkov";
import { planOfAddresses } from "./addresses";
import { planOfAlarms } from "./alarms";
import { planOfDistribution } from "./distribution";
import { planOfEncryption } from "./encryption";
import { planOfFunctions } from "./functions";
import { planOfNames } from "./names";
import { planOfOrigins } from "./origins";
import { CONFIGS, NAMES, planned, type Name, type Values } from "./planned";
import { planOfRevoker } from "./revoker";
import { planOfStorage } from "./storage";
import { planOfWebAcl } from "./web-acl";

describeWithTerraform("the plan", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-plans-"));
  const plans = new Map<Name, Plan>();
  const folders = new Map<Name, string>();
  afterAll(() => rmSync(outdir, { recursive: true }));

  test.each(NAMES)("of the %s config is valid and without warnings", (name) => {
    const { stackDir } = synthesize(CONFIGS[name](), { outdir: join(outdir, name) });
    const terraform = open(stackDir);
    if (name === "everything") {
      expect(JSON.parse(terraform.run(["validate", "-json"]).output)).toMatchObject({ valid: true, diagnostics: [] });
    }
    const made = terraform.plan();
    expect(made.output).not.toContain("Warning:");
    plans.set(name, made);
    folders.set(name, stackDir);
  });

  const all = planned(
    (name) => plans.get(name)!,
    (name) => folders.get(name)!,
  );
  planOfDistribution(all);
  planOfOrigins(all);
  planOfNames(all);
  planOfFunctions(all);
  planOfWebAcl(all);
  planOfStorage(all);
  planOfAddresses(all);
  planOfRevoker(all);
  planOfAlarms(all);
  planOfEncryption(all);
  const { plan } = all;

  test("lets no other account have the gateway", () => {
    const file = join(outdir, "everything/stacks/everything/cdk.tf.json");
    const { provider } = JSON.parse(readFileSync(file, "utf8")) as { provider: { aws: Values[] } };
    expect(provider.aws).toMatchObject([{ allowed_account_ids: [EVERYTHING.accountId] }]);
  });

  test("puts nothing into the store: records are data", () => {
    for (const name of NAMES)
      expect(plan(name).resources.filter(({ type }) => type.startsWith("aws_cloudfrontkeyvaluestore"))).toEqual([]);
  });

  test("tells what to register at the identity providers and which secrets to fill", () => {
    expect(plan("everything").outputs["redirect_uris"]!.value).toMatchObject({
      "partner-a": ["app", "docs", "admin"].map((host) => `https://${host}.example.com/_door/callback/partner-a`),
    });
    expect(plan("example").outputs["secret_names"]!.value).toEqual(["edgegate/handbook/idp/main"]);
  });

  describeWith("checkov", "reviewed by checkov", (checkov) => {
    test("fails no check without a reason, and has no reason without need", () => {
      const { passed, ...rest } = review(checkov, { example: plan("example").json, issued: plan("issued").json });
      expect(rest).toEqual({ parsingErrors: 0, withoutReason: [], withoutNeed: [] });
      expect(passed).toBeGreaterThan(250);
    });
  });

  describeWith("tflint", "reviewed by tflint", (tflint) => {
    test.each(["example", "issued"] as const)("of the %s config has no issue", (name) => {
      const { status, stdout } = spawnSync(tflint, ["--format=json"], { cwd: folders.get(name)!, encoding: "utf8" });
      expect(JSON.parse(stdout)).toEqual({ issues: [], errors: [] });
      expect(status).toBe(0);
    });
  });

  test("has names that people can read: no hash in any address", () => {
    for (const name of NAMES)
      for (const { address } of plan(name).resources) expect(address).not.toMatch(/_[0-9A-F]{8}\b/);
  });
});

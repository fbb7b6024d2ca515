/** What other tools say of a module in plain HCL: Terraform's own format, validation and test, tflint and checkov. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadConfig } from "../../config/load";
import { moduleFiles } from "../../export/files";
import { writeModule } from "../../export/write";
import { review } from "../stacks/checkov";
import { describeWithTerraform, type TerraformFolder } from "../support/terraform";
import { describeWith } from "../support/tools";

const CONFIG = resolve(__dirname, "../../examples/several-hosts.ts");

describeWithTerraform("the module of several hosts", (open) => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-module-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let module: TerraformFolder;

  beforeAll(() => {
    // Planning a web ACL takes longer than all the rest.
    writeModule(join(folder, "module"), moduleFiles({ ...loadConfig(CONFIG), waf: false }));
    module = open(join(folder, "module"));
    // The module has the provider of whoever calls it: the harness's is not for a test file.
    rmSync(join(module.folder, "test_override.tf.json"));
  });

  test("is formatted and valid", () => {
    expect(module.run(["fmt", "-check", "-recursive", "-list=true"])).toEqual({ status: 0, output: "" });
    expect(module.run(["validate", "-no-color"])).toMatchObject({ status: 0 });
  });

  test("passes its own test: it is planned, and refuses a wrong value of each variable", () => {
    const { status, output } = module.run(["test", "-no-color"]);
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringMatching(/Success! \d+ passed, 0 failed\./) as string,
    });
    const text = readFileSync(join(module.folder, "tests/gateway.tftest.hcl"), "utf8");
    expect(text.match(/^run "refuses_/gm)!.length).toBeGreaterThan(7);
  }, 600_000);

  describeWith("tflint", "reviewed by tflint", (tflint) => {
    test("has nothing that tflint would warn about", () => {
      const { status, stdout } = spawnSync(tflint, ["--format=json"], { cwd: module.folder, encoding: "utf8" });
      const { issues } = JSON.parse(stdout) as { issues: { rule: { name: string }; message: string }[] };
      expect(issues.map(({ rule, message }) => `${rule.name}: ${message}`)).toEqual([]);
      expect(status).toBe(0);
    });
  });

  describeWith("checkov", "reviewed by checkov", (checkov) => {
    test("has nothing that checkov would warn about without a reason", () => {
      writeModule(join(folder, "root/module"), moduleFiles(loadConfig(CONFIG)));
      const example = readFileSync(join(folder, "root/module/examples/gateway/main.tf"), "utf8");
      writeFileSync(join(folder, "root/main.tf"), example.replace('"../.."', '"./module"'));
      const root = open(join(folder, "root"));
      expect(root.run(["init", "-input=false", "-no-color"])).toMatchObject({ status: 0 });
      expect(root.run(["plan", "-input=false", "-no-color", "-out=plan"])).toMatchObject({ status: 0 });
      const plan = root.run(["show", "-json", "plan"]).output;
      const { passed, parsingErrors, withoutReason } = review(checkov, { module: plan });
      expect({ parsingErrors, withoutReason }).toEqual({ parsingErrors: 0, withoutReason: [] });
      expect(passed).toBeGreaterThan(100);
    }, 300_000);
  });
});

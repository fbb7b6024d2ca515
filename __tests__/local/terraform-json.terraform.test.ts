import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configSchema } from "../../config/schema";
import { readDistribution } from "../../local/distribution";
import { localConfig } from "../../local/local-config";
import { synthesize } from "../../stacks/synthesize";
import { TEST_CONFIG } from "../support/local-edge";
import { evaluate } from "../support/terraform-console";
import { describeWith } from "../support/tools";

describeWith("terraform", "what the local edge evaluates", (terraform) => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-test-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("is what Terraform evaluates, byte for byte", () => {
    const config = configSchema.parse({
      ...TEST_CONFIG,
      theme: { productName: "Größe – “Ünïcode”" },
      identityHeaders: { "x-gate-department": "department" },
    });
    const { stackDir } = synthesize(localConfig(config, "app.localhost:8443", "https://localhost:9443"), {
      outdir: join(folder, "out"),
    });
    const distribution = readDistribution(join(stackDir, "cdk.tf.json"));

    // Locals and their files are all that the edge's code depends on; without providers Terraform needs no init.
    const { locals, resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as Stack;
    const only = join(folder, "locals");
    cpSync(join(stackDir, "assets"), join(only, "assets"), { recursive: true });
    const [gate] = Object.values(resource["aws_cloudfront_function"]!);
    const [settings] = Object.values(resource["aws_ssm_parameter"]!);
    writeFileSync(
      join(only, "main.tf.json"),
      JSON.stringify({
        locals: { ...locals, gate_of_test: gate!["code"], settings_of_test: settings!["insecure_value"] },
      }),
    );

    expect(distribution.behaviors.at(-1)!.gate).toBe(evaluate(terraform, only, "local.gate_of_test"));
    expect(Object.values(distribution.parameters)[0]).toBe(evaluate(terraform, only, "local.settings_of_test"));
  });

  type Stack = { locals: object; resource: Record<string, Record<string, Record<string, string>>> };
});

/** What changes after a first deploy must not lose: planned by Terraform on a state that says what was deployed. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import type { ConfigInput } from "../../config/schema";
import { synthesize } from "../../stacks/synthesize";
import { mockWebAcl } from "../support/mock-provider";
import { SMALL } from "../support/small-config";
import { describeWithTerraform, type TerraformFolder } from "../support/terraform";

/** What holds data that nothing else has. */
const PROTECTED = {
  "aws_dynamodb_table.ledger_sessions": { id: "wiki-sessions", name: "wiki-sessions" },
  "aws_dynamodb_table.ledger_revocations": { id: "wiki-revocations", name: "wiki-revocations" },
  "aws_secretsmanager_secret.secret_session_keys": { id: "arn", name: "edgegate/wiki/session-keys" },
  "aws_cloudfront_key_value_store.session_store": { id: "wiki-sessions", name: "wiki-sessions" },
};

describeWithTerraform("after a deploy", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-protection-"));
  afterAll(() => rmSync(outdir, { recursive: true }));
  let folders = 0;

  const stackOf = (more: Partial<ConfigInput>) => {
    const { stackDir } = synthesize(parseConfig({ ...SMALL, ...more }), { outdir: join(outdir, String(folders++)) });
    mockWebAcl(stackDir);
    return stackDir;
  };

  /** Writes a state with these resources. */
  function deploy(terraform: TerraformFolder, resources: Record<string, object>): void {
    const state = {
      version: 4,
      serial: 1,
      lineage: "2c8a6f0e-7b53-4d5e-9a51-5f7f3a2d1c00",
      resources: Object.entries(resources).map(([address, attributes]) => {
        const [type, name] = address.split(".");
        const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
        return { mode: "managed", type, name, provider, instances: [{ schema_version: 0, attributes }] };
      }),
    };
    writeFileSync(join(terraform.folder, "terraform.tfstate"), JSON.stringify(state));
  }

  describe("ledger, session keys and store", () => {
    const destroy = (more: Partial<ConfigInput>) => {
      const terraform = open(stackOf(more));
      deploy(terraform, PROTECTED);
      return terraform.run(["plan", "-destroy", "-refresh=false", "-input=false", "-no-color"]);
    };

    test("cannot be destroyed", () => {
      const { status, output } = destroy({});
      expect(status).toBe(1);
      const kept = [...output.matchAll(/Resource (\S+) has\s+lifecycle\.prevent_destroy\s+set/g)].map(
        ([, address]) => address,
      );
      expect(kept.sort()).toEqual(Object.keys(PROTECTED).sort());
    });

    test("of a throw-away stage can", () => {
      const { status, output } = destroy({ deletionProtection: false });
      expect({ status, output }).toMatchObject({ status: 0 });
      expect(output).toContain("0 to add, 0 to change, 4 to destroy");
    });
  });

  describe("a config with another", () => {
    const FIRST = { name: "wiki", basePath: "/_gate" };
    const CHANGES: [setting: keyof typeof FIRST, value: string, message: RegExp][] = [
      ["name", "docs", /This state belongs to the gateway "wiki".*Write name: "wiki" again/],
      ["basePath", "/_door", /deployed with basePath: "\/_gate".*Write basePath: "\/_gate" again/],
    ];

    test.each(CHANGES)("%s is refused, and the plan says what to do", (setting, value, message) => {
      const terraform = open(stackOf(FIRST));
      const { status, output } = terraform.run([
        "apply",
        "-target=terraform_data.fixed_settings",
        "-auto-approve",
        "-no-color",
      ]);
      expect({ status, output }).toMatchObject({ status: 0 });

      // Without the change, the plan has no objection.
      expect(plan(terraform)).toMatchObject({ status: 0 });

      const changed = stackOf({ ...FIRST, [setting]: value });
      cpSync(join(changed, "cdk.tf.json"), join(terraform.folder, "cdk.tf.json"));
      cpSync(join(changed, "assets"), join(terraform.folder, "assets"), { recursive: true });
      const refused = plan(terraform);
      expect(refused.status).toBe(1);
      expect(refused.output.replace(/\s*\n[│ ]*/g, " ")).toMatch(message);
      expect(plan(terraform, "-replace=terraform_data.fixed_settings")).toMatchObject({ status: 0 });
    });

    const plan = (terraform: TerraformFolder, ...more: string[]) =>
      terraform.run(["plan", "-input=false", "-no-color", ...more]);
  });

  test("buckets keep what was replaced for a time, and those with files in them stay", () => {
    const bucketsOf = (more: Partial<ConfigInput>) => {
      const { resource } = JSON.parse(readFileSync(join(stackOf(more), "cdk.tf.json"), "utf8")) as {
        resource: Record<string, Record<string, object>>;
      };
      return resource["aws_s3_bucket"]!["site"];
    };
    expect(bucketsOf({})).toMatchObject({ force_destroy: false });
    expect(bucketsOf({ deletionProtection: false })).toMatchObject({ force_destroy: true });
  });
});

/** A client secret that Terraform stores leaves no trace in what Terraform keeps. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { parseConfig } from "../../config/load";
import { synthesize } from "../../stacks/synthesize";
import { EVERYTHING } from "../support/configs";
import { mockWebAcl } from "../support/mock-provider";
import { describeWithTerraform, type TerraformFolder } from "../support/terraform";

const SECRET = "correct-horse-battery-staple";
const SECRET_VARIABLE = "idp_partner_a_client_secret";
const GIVEN = { [SECRET_VARIABLE]: SECRET, [`${SECRET_VARIABLE}_version`]: "1" };
describeWithTerraform("a client secret", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-secret-"));
  let terraform: TerraformFolder;
  beforeAll(() => {
    const { stackDir } = synthesize(parseConfig(EVERYTHING), { outdir });
    mockWebAcl(stackDir);
    terraform = open(stackDir);
  });
  afterAll(() => rmSync(outdir, { recursive: true }));

  test("that is given to Terraform is stored, and is nowhere in the plan", () => {
    const plan = terraform.plan(GIVEN);
    expect(
      plan.resources.filter(({ type }) => type === "aws_secretsmanager_secret_version").map(({ address }) => address),
    ).toEqual(["aws_secretsmanager_secret_version.secret_idp_partner-a_version[0]"]);
    const parts = Object.entries(unzipSync(readFileSync(plan.file)));
    expect(parts.map(([name]) => name)).toEqual(expect.arrayContaining(["tfplan", "tfstate"]));
    const places: [string, string][] = [
      ...parts.map(([name, bytes]): [string, string] => [name, Buffer.from(bytes).toString("latin1")]),
      ["JSON of the plan", plan.json],
      ["output", plan.output],
    ];
    expect(places.filter(([, text]) => text.includes(SECRET)).map(([name]) => name)).toEqual([]);
  });

  test("is required with a raised version: the message names the variable", () => {
    const plan = terraform.run(["plan", "-input=false", "-no-color"], { [`${SECRET_VARIABLE}_version`]: "1" });
    expect(plan.status).toBe(1);
    expect(plan.output.replace(/\s+/g, " ")).toContain(`Give ${SECRET_VARIABLE} too (TF_VAR_${SECRET_VARIABLE})`);
  });

  test("reaches Secrets Manager and is nowhere in the state", async () => {
    const stored = join(outdir, "stored.json");
    const { endpoint, close } = await startSecretsManager(stored);
    try {
      const override = { provider: { aws: [{ endpoints: [{ secretsmanager: endpoint }] }] } };
      writeFileSync(join(terraform.folder, "endpoint_override.tf.json"), JSON.stringify(override));
      const target = "-target=aws_secretsmanager_secret_version.secret_idp_partner-a_version";
      const applied = terraform.run(["apply", "-auto-approve", "-input=false", "-no-color", target], GIVEN);
      expect(applied).toMatchObject({ status: 0 });
      expect(JSON.parse(readFileSync(stored, "utf8"))).toEqual({ "edgegate/everything/idp/partner-a": SECRET });
      const state = readFileSync(join(terraform.folder, "terraform.tfstate"), "utf8");
      expect(state).toContain('"type": "aws_secretsmanager_secret_version"');
      expect(state + applied.output).not.toContain(SECRET);
    } finally {
      close();
      rmSync(join(terraform.folder, "endpoint_override.tf.json"), { force: true });
    }
  });
});

/** In a process of its own: Terraform is waited for synchronously. */
async function startSecretsManager(stored: string): Promise<{ endpoint: string; close: () => void }> {
  const child = spawn(process.execPath, [join(__dirname, "../support/secrets-manager.js"), stored], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  return { endpoint: `http://127.0.0.1:${String(port).trim()}`, close: () => child.kill() };
}

/** Which provider users get: the one that is tested. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, parseConfig } from "../../config/load";
import { synthesize } from "../../stacks/synthesize";
import { SMALL } from "../support/small-config";
import { AWS_PROVIDER_VERSION, describeWithTerraform } from "../support/terraform";

const LOCK = ".terraform.lock.hcl";

describeWithTerraform("the lock file", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-lock-"));
  afterAll(() => rmSync(outdir, { recursive: true }));

  test("names the tested provider, and terraform init finds nothing to change in it", () => {
    const { stackDir } = synthesize(parseConfig(SMALL), { outdir });
    const lock = readFileSync(join(stackDir, LOCK), "utf8");
    expect(lock).toContain(`version     = "${AWS_PROVIDER_VERSION}"`);
    const terraform = open(stackDir);
    // As a user has it: without the test's own lock and version.
    rmSync(join(terraform.folder, "test_override.tf.json"));
    rmSync(join(terraform.folder, ".terraform"), { recursive: true });
    writeFileSync(join(terraform.folder, LOCK), lock);
    const { status, output } = terraform.run(["init", "-lockfile=readonly", "-input=false", "-no-color"]);
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output).toContain(`Installing hashicorp/aws v${AWS_PROVIDER_VERSION}`);
    expect(readFileSync(join(terraform.folder, LOCK), "utf8")).toBe(lock);
  });

  test("that somebody upgraded stays", () => {
    const config = parseConfig(SMALL);
    const { stackDir } = synthesize(config, { outdir });
    writeFileSync(join(stackDir, LOCK), "# upgraded\n");
    synthesize(config, { outdir });
    expect(readFileSync(join(stackDir, LOCK), "utf8")).toBe("# upgraded\n");
  });

  test("is beside every stack with the AWS provider, and no other", () => {
    const { identityStacks } = synthesize(loadConfig("examples/identity-providers.ts"), {
      outdir: join(outdir, "idp"),
    });
    const locked = identityStacks.map((name) => [name, existsSync(join(outdir, "idp/stacks", name, LOCK))]);
    expect(Object.fromEntries(locked)).toEqual({ "portal-entra-staff": false, "portal-cognito-customers": true });
  });
});

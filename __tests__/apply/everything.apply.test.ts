/** The config with everything on the real provider, in an account of its own: applied, planned again, destroyed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { deployPolicies } from "../../stacks/deploy-permissions";
import { synthesize } from "../../stacks/synthesize";
import { startAwsAccount, type AwsAccount } from "../support/aws-account";
import { EVERYTHING } from "../support/configs";
import { changesOf } from "../support/deployment";
import { ORIGINS } from "../support/origins";
import { notAllowed, typesOf } from "../support/iam-policies";
import { startSteps } from "../support/steps";
import { describeWithTerraform, type TerraformFolder } from "../support/terraform";
import { describeWith } from "../support/tools";

describeWithTerraform("the config with everything, applied", (open) =>
  describeWith("moto", "in an account of its own", (moto) => {
    const step = startSteps();
    const outdir = mkdtempSync(join(tmpdir(), "edgegate-everything-"));
    let account: AwsAccount;
    let before: string[];
    let policies: string[];
    let terraform: TerraformFolder;

    beforeAll(async () => {
      account = await startAwsAccount(moto, "/dev/null");
      const hostedZoneId = await account.createHostedZone("example.com");
      const hostedZones = { "docs.example.com": await account.createHostedZone("docs.example.com") };
      const [, , , , , , name, alias] = ORIGINS.function.functionArn.split(":");
      await account.createFunction(name!, alias!);
      before = await account.inventory();
      const config = parseConfig({ ...EVERYTHING, certificateArn: undefined, hostedZoneId, hostedZones });
      const { stackDir } = synthesize(config, { outdir });
      const file = join(stackDir, "cdk.tf.json");
      const stack = JSON.parse(readFileSync(file, "utf8")) as {
        resource: Record<string, Record<string, object>>;
        provider: { aws: [object] };
      };
      policies = deployPolicies(config, typesOf(Object.keys(stack.resource)));
      // The provider would wait for half a minute before it asks for the first time whether CloudFront is done.
      for (const distribution of Object.values(stack.resource["aws_cloudfront_distribution"]!))
        Object.assign(distribution, { wait_for_deployment: false });
      // A bucket with a dot in its name has no host name on this machine.
      Object.assign(stack.provider.aws[0], { s3_use_path_style: true });
      writeFileSync(file, JSON.stringify(stack, null, 2));
      terraform = open(stackDir, account.environment);
    });

    afterAll(async () => {
      await account?.close();
      rmSync(outdir, { recursive: true });
    });

    const run = (...args: string[]) => {
      const { status, output } = terraform.run([...args, "-input=false", "-no-color", "-auto-approve"]);
      if (status !== 0) throw new Error(output.slice(-8_000));
    };

    step("the apply makes all of it, and leaves nothing to do", async () => {
      run("apply");
      expect(changesOf(terraform.plan().json)).toEqual([]);
      expect((await account.inventory()).length - before.length).toBeGreaterThan(30);
    });

    step("destroy leaves nothing: the config says that it is a throw-away stage", async () => {
      run("destroy");
      // moto makes AWS's own key when a service first encrypts with it.
      const left = (await account.inventory()).filter((line) => !line.startsWith("kms keys "));
      expect(left.filter((line) => !before.includes(line))).toEqual([]);
    });

    step("the policies of edgegate permissions allow all that Terraform did", async () => {
      // Everybody may: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
      const calls = (await account.calls()).filter((action) => action !== "sts:GetCallerIdentity");
      expect(calls.length).toBeGreaterThan(100);
      expect(notAllowed(policies, calls)).toEqual([]);
    });
  }),
);

/** A gateway in the distribution of somebody else: two states, applied one after the other, planned again, destroyed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { isResponse } from "../../local/gate-result";
import { runGate } from "../../local/gate-sandbox";
import { deployPolicies } from "../../stacks/deploy-permissions";
import { synthesize } from "../../stacks/synthesize";
import { ATTACHED } from "../support/small-config";
import { startAwsAccount, type AwsAccount } from "../support/aws-account";
import { changesOf } from "../support/deployment";
import { notAllowed, typesOf } from "../support/iam-policies";
import { startSteps } from "../support/steps";
import { describeWithTerraform, type TerraformFolder } from "../support/terraform";
import { describeWith } from "../support/tools";
import { eventOf } from "../functions/gate/case";

describeWithTerraform("a gateway attached to a distribution, applied", (open) =>
  describeWith("moto", "in an account of its own", (moto) => {
    const step = startSteps();
    const outdir = mkdtempSync(join(tmpdir(), "edgegate-attach-"));
    const config = parseConfig({
      ...ATTACHED,
      deletionProtection: false,
      viewerRequest: {
        before: "(r) => (r.uri === '/old' ? { statusCode: 301, headers: { location: { value: '/' } } } : r)",
      },
    });
    let account: AwsAccount;
    let before: string[];
    let gateway: TerraformFolder;
    let owner: TerraformFolder;

    beforeAll(async () => {
      account = await startAwsAccount(moto, "/dev/null");
      before = await account.inventory();
      const { stackDir } = synthesize(config, { outdir });
      gateway = open(stackDir, account.environment);
      owner = open(join(__dirname, "attached-root"), account.environment);
    });

    afterAll(async () => {
      await account?.close();
      rmSync(outdir, { recursive: true });
    });

    const variablesOf = (root: TerraformFolder): Record<string, string> =>
      root === owner ? { gateway_state: join(gateway.folder, "terraform.tfstate") } : {};
    const run = (root: TerraformFolder, ...args: string[]) => {
      const { status, output } = root.run([...args, "-input=false", "-no-color", "-auto-approve"], variablesOf(root));
      if (status !== 0) throw new Error(output.slice(-8_000));
    };
    const outputsOf = (root: TerraformFolder) =>
      JSON.parse(root.run(["output", "-json"]).output) as Record<string, { value: unknown }>;

    step("the gateway makes no distribution, and leaves nothing to do", async () => {
      run(gateway, "apply");
      expect(changesOf(gateway.plan().json)).toEqual([]);
      const made = (await account.inventory()).filter(
        (line) => !before.includes(line) && !line.startsWith("iam managed_policies "),
      );
      expect(made.filter((line) => line.startsWith("cloudfront distribution"))).toEqual([]);
      expect(made.length).toBeGreaterThan(20);
    });

    step("the policies of edgegate permissions allow all that this took", async () => {
      const calls = (await account.calls()).filter((action) => action !== "sts:GetCallerIdentity");
      const { values } = JSON.parse(gateway.run(["show", "-json"]).output) as {
        values: { root_module: { resources: { type: string }[] } };
      };
      const types = [...new Set(values.root_module.resources.map(({ type }) => type))];
      expect(notAllowed(deployPolicies(config, typesOf(types)), calls)).toEqual([]);
    });

    step("its outputs fit the owner's distribution, which has nothing to do afterwards", async () => {
      run(owner, "apply");
      expect(changesOf(owner.plan(variablesOf(owner)).json)).toEqual([]);
    });

    step("every behavior has a decision, the gateway's endpoints first", async () => {
      const id = String(outputsOf(owner)["distribution_id"]!.value);
      const xml = await account.cloudFront(`distribution/${id}`);
      const [ordered, fallback] = ["CacheBehaviors", "DefaultCacheBehavior"].map(
        (name) => new RegExp(`<${name}>([^]*?)</${name}>`).exec(xml)![1]!,
      );
      const behaviors = [...ordered!.matchAll(/<CacheBehavior>([^]*?)<\/CacheBehavior>/g)].map(([, text]) => text!);
      const member = (text: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
      const { function_association: gate, auth_behavior: auth } = outputsOf(gateway) as Record<
        string,
        { value: Record<string, unknown> }
      >;
      const { lambda_arn: authArn } = (
        auth!.value["lambda_function_association"] as Record<string, Record<string, string>>
      )["viewer-request"]!;
      const gateArn = gate!.value["function_arn"];
      expect(
        [...behaviors, fallback!].map((text) => [
          member(text, "PathPattern"),
          member(text, "EventType"),
          member(text, "FunctionARN") ?? member(text, "LambdaFunctionARN"),
        ]),
      ).toEqual([
        ["/_gate/*", "viewer-request", authArn],
        ["/assets/*", "viewer-request", gateArn],
        [undefined, "viewer-request", gateArn],
      ]);
      expect(member(behaviors[0]!, "IncludeBody")).toBe("true");
    });

    step("the published gate sends strangers to sign-in, and has the owner's function", async () => {
      const code = await account.cloudFront(`function/${config.name}-gate?Stage=LIVE`);
      const ask = async (path: string) => {
        const { result } = await runGate(code, eventOf({ host: config.domain, path }), { records: {} });
        return isResponse(result) ? [result.statusCode, result.headers?.["location"]?.value] : "passed";
      };
      expect(await ask("/page")).toEqual([302, "/_gate/login?return_to=%2Fpage"]);
      expect(await ask("/old")).toEqual([301, "/"]);
    });

    step("both are destroyed, the distribution first", async () => {
      run(owner, "destroy");
      run(gateway, "destroy");
      // moto makes what is AWS's own when a service first needs it.
      const left = (await account.inventory()).filter(
        (line) => !/^(kms keys |iam managed_policies arn:aws:iam::aws:)/.test(line),
      );
      expect(left.filter((line) => !before.includes(line))).toEqual([]);
    });
  }),
);

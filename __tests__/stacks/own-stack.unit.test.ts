/** A `Gateway` in a stack of the user's own: what that stack must have, and what the config must leave to it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsProvider, type AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import { App, S3Backend, TerraformStack, TerraformVariable } from "cdktf";
import { parseConfig } from "../../config/load";
import type { ManagedConfigInput } from "../../config/schema";
import { ConfigError, Gateway as PackageGateway } from "../../index";
import { Gateway } from "../../stacks/gateway";
import { EVERYTHING } from "../support/configs";
import { emptyArtifacts } from "../support/empty-artifacts";

const CONFIG = { ...EVERYTHING };
delete CONFIG.state;
delete CONFIG.tags;
delete CONFIG.accountId;
interface Synthesized {
  provider: { aws: object[] };
  terraform: { backend: object };
}

const STATE = { bucket: "gateway-state", region: "us-east-1" };

describe("a config in a stack of one's own is refused", () => {
  const problemsOf = (more: Partial<ManagedConfigInput>): string[] => {
    const stack = new TerraformStack(new App(), "own");
    try {
      new PackageGateway(stack, "gateway", { ...CONFIG, ...more });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      expect(stack.node.findAll()).toEqual([stack]);
      return error.problems.map(({ path, message }) => `${path}: ${message}`);
    }
    return [];
  };
  const OF_STATE = "state: remove it, and configure a backend for your stack";
  const OF_TAGS = "tags: remove them, and set them as defaultTags of your AWS provider";

  const OF_ACCOUNT = "accountId: remove it, and set allowedAccountIds of your AWS provider";

  test.each<[string, Partial<ManagedConfigInput>, string[]]>([
    ["a state", { state: STATE }, [OF_STATE]],
    ["tags", { tags: { owner: "platform" } }, [OF_TAGS]],
    ["an account", { accountId: "111122223333" }, [OF_ACCOUNT]],
    ["both", { state: STATE, tags: { owner: "platform" } }, [OF_STATE, OF_TAGS]],
  ])("with %s", (_, more, problems) => expect(problemsOf(more)).toEqual(problems));
});

describe("the stack's AWS provider", () => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-own-stack-"));
  const artifacts = emptyArtifacts(folder);
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The stack as Terraform reads it, or the error; nothing may be written then. */
  function synth(providers: (stack: TerraformStack) => AwsProviderConfig[]) {
    const outdir = mkdtempSync(join(folder, "out-"));
    const app = new App({ outdir, stackTraces: false });
    const stack = new TerraformStack(app, "own");
    new S3Backend(stack, { bucket: "own-state", key: "own.tfstate", region: "eu-central-1" });
    for (const [place, provider] of providers(stack).entries()) new AwsProvider(stack, `aws-${place}`, provider);
    new Gateway(stack, "gateway", { config: parseConfig(CONFIG), artifacts });
    const written = join(outdir, "stacks/own/cdk.tf.json");
    try {
      app.synth();
    } catch (error) {
      expect(existsSync(written)).toBe(false);
      return (error as Error).message;
    }
    return JSON.parse(readFileSync(written, "utf8")) as Synthesized;
  }

  test.each<[string, (stack: TerraformStack) => AwsProviderConfig[]]>([
    ["is for us-east-1", () => [{ region: "us-east-1" }]],
    [
      "is for us-east-1, and another one has an alias",
      () => [{ region: "us-east-1" }, { region: "eu-central-1", alias: "eu" }],
    ],
    [
      "has a region that only Terraform knows",
      (stack) => [{ region: new TerraformVariable(stack, "region", {}).value }],
    ],
  ])("is used as it is if it %s", (_, providers) => {
    const { provider, terraform } = synth(providers) as Synthesized;
    expect(provider.aws.filter((one) => "default_tags" in one)).toEqual([]);
    expect(terraform.backend).toEqual({ s3: { bucket: "own-state", key: "own.tfstate", region: "eu-central-1" } });
  });

  test.each<[string, AwsProviderConfig[], string]>([
    ["is for another region", [{ region: "eu-central-1" }], "the aws provider of the stack own is for eu-central-1"],
    ["names no region", [{}], "the aws provider of the stack own is for no region"],
    [
      "has an alias, so that Terraform would make another one",
      [{ region: "us-east-1", alias: "virginia" }],
      "the stack own has no aws provider without an alias",
    ],
    ["is missing", [], "the stack own has no aws provider without an alias"],
  ])("is refused if it %s", (_, providers, message) => {
    const result = synth(() => providers);
    expect(result).toContain(message);
    expect(result).toContain('new AwsProvider(this, "aws", { region: "us-east-1" })');
  });
});

/**
 * A Cognito pool on the real provider, from the first apply to `destroy`, in an account of its own. Each step goes on
 * where the one before it ended.
 */
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { CognitoPoolInput } from "../../config/cognito-pool";
import type { CognitoStackProps } from "../../stacks/identity/cognito/cognito-stack";
import { startAwsAccount, type AwsAccount } from "../support/aws-account";
import { cognitoProps, EVERY_SETTING, SMALL_POOL, synthesizeCognito } from "../support/cognito-pools";
import { changesOf, filesBelow, type Change } from "../support/deployment";
import { placesOf } from "../support/secret-search";
import { startSteps } from "../support/steps";
import { describeWithTerraform, type Run, type TerraformFolder } from "../support/terraform";
import { describeWith } from "../support/tools";

const FIRST_SECRET = "first & <secret> of the partner";
const SECOND_SECRET = 'second "secret" of the partner';

describeWithTerraform("a Cognito pool, applied", (open) =>
  describeWith("moto", "in an account of its own", (moto) => {
    const step = startSteps();
    const outdir = mkdtempSync(join(tmpdir(), "edgegate-cognito-"));
    /** What was ever secret, and everything that Terraform wrote. */
    const secrets = new Set([FIRST_SECRET, SECOND_SECRET]);
    const traces: Record<string, string> = {};
    let account: AwsAccount;
    let secretsManager: SecretsManagerClient;
    let before: string[];
    let everything: CognitoPoolInput;
    let pool: CognitoPoolInput;
    let terraform: TerraformFolder;
    let copies = 0;

    beforeAll(async () => {
      account = await startAwsAccount(moto, "/dev/null");
      secretsManager = new SecretsManagerClient({
        endpoint: account.endpoint,
        region: EVERY_SETTING.region,
        credentials: { accessKeyId: "local", secretAccessKey: "local" },
      });
      const hostedZoneId = await account.createHostedZone("example.com");
      const secret = await secretsManager.send(
        new CreateSecretCommand({
          Name: EVERY_SETTING.federation.partner.clientSecretName,
          SecretString: FIRST_SECRET,
        }),
      );
      before = await account.inventory();
      everything = {
        ...EVERY_SETTING,
        domain: { ...EVERY_SETTING.domain, hostedZoneId },
        federation: partnerWith(secret.VersionId!),
        // Its function is somebody else's.
        preTokenHookArn: undefined,
      };
    });

    afterAll(async () => {
      secretsManager?.destroy();
      await account?.close();
      rmSync(outdir, { recursive: true });
    });

    step("with defaults only, the apply is followed by an empty plan", async () => {
      pool = SMALL_POOL;
      terraform = open(write({}), account.environment);
      apply();
      expect(plan()).toEqual([]);
    });

    step("destroy stops at the protected pool: the users stay", async () => {
      const { status, output: printed } = destroy();
      expect(status).toBe(1);
      expect(printed).toContain("Deletion protection must be inactivated first");
      expect(resources()).toEqual(["aws_cognito_user_pool.pool"]);
    });

    step("without the protection it leaves nothing", async () => {
      pool = { ...SMALL_POOL, deletionProtection: false };
      write({});
      apply();
      expect(destroy()).toMatchObject({ status: 0 });
      expect(await account.inventory()).toEqual(before);
    });

    step("with every setting and a client secret, the apply makes what is planned", async () => {
      pool = everything;
      terraform = open(write({ hasClientSecret: true }), account.environment);
      const planned = plan();
      expect(planned.every(({ actions }) => actions.join() === "create")).toBe(true);
      apply();
      expect(resources()).toEqual(planned.map(({ address }) => address).sort());
    });

    step("planned again, there is nothing to do", async () => {
      expect(plan()).toEqual([]);
    });

    step("the secrets are where they belong", async () => {
      const { UserPoolClient } = await describeClient(output("client_id"));
      const machines = Object.values(output("machine_client_ids") as Record<string, string>);
      expect(machines).toHaveLength(2);
      const clients = [
        UserPoolClient,
        ...(await Promise.all(machines.map(describeClient))).map((each) => each.UserPoolClient),
      ];
      for (const { ClientSecret } of clients) {
        expect(ClientSecret).toMatch(/^.{20,}$/);
        secrets.add(ClientSecret!);
      }
      expect(await partnerSecret()).toBe(FIRST_SECRET);
    });

    step("no state, plan or output holds one of them", async () => {
      expect(secrets.size).toBe(5);
      expect(tracesOfSecrets()).toEqual([]);
    });

    step("a role more is one group more, and nothing else", async () => {
      write({ hasClientSecret: true, roles: ["admin", "auditor", "staff"] });
      expect(plan()).toEqual([
        { address: 'aws_cognito_user_group.role["auditor"]', actions: ["create"], attributes: expect.any(Array) },
      ]);
      apply();
      expect(await groups()).toEqual(["admin", "auditor", "staff"]);
      expect(plan()).toEqual([]);
    });

    step("a role less is one group less, whatever its place", async () => {
      write({ hasClientSecret: true, roles: ["auditor", "staff"] });
      expect(plan().map(({ address, actions }) => [address, actions])).toEqual([
        ['aws_cognito_user_group.role["admin"]', ["delete"]],
      ]);
      apply();
      expect(await groups()).toEqual(["auditor", "staff"]);
    });

    step("a new secret of a federated provider reaches Cognito when its version is named", async () => {
      const stored = await secretsManager.send(
        new PutSecretValueCommand({
          SecretId: EVERY_SETTING.federation.partner.clientSecretName,
          SecretString: SECOND_SECRET,
        }),
      );
      expect(plan()).toEqual([]);
      pool = { ...pool, federation: partnerWith(stored.VersionId!) };
      write({ hasClientSecret: true, roles: ["auditor", "staff"] });
      expect(plan()).toMatchObject([{ address: "aws_cloudformation_stack.federation", actions: ["update"] }]);
      apply();
      expect(await partnerSecret()).toBe(SECOND_SECRET);
    });

    step("without a client secret, the client is a public one, and nothing is left to do", async () => {
      const old = output("client_id");
      write({ roles: ["auditor", "staff"] });
      expect(plan().map(({ address, actions }) => [address, actions])).toEqual([
        ["aws_cloudformation_stack.branding", ["update"]],
        ["aws_cloudformation_stack.client", ["delete"]],
        ["aws_cognito_user_pool_client.client", ["create"]],
      ]);
      apply();
      expect(output("client_id")).not.toBe(old);
      expect((await describeClient(output("client_id"))).UserPoolClient.ClientSecret).toBeUndefined();
      expect(plan()).toEqual([]);
    });

    step("destroy leaves nothing", async () => {
      expect(destroy()).toMatchObject({ status: 0 });
      expect(resources()).toEqual([]);
      expect(await account.inventory()).toEqual(before);
      expect(tracesOfSecrets()).toEqual([]);
    });

    function partnerWith(clientSecretVersionId: string): NonNullable<CognitoPoolInput["federation"]> {
      const { corp, partner } = EVERY_SETTING.federation;
      return { corp, partner: { ...partner, clientSecretVersionId } };
    }

    /** Synthesizes the pool as it is now; into Terraform's folder, if there is one. */
    function write(more: Partial<CognitoStackProps>): string {
      const stackDir = synthesizeCognito(join(outdir, String(copies++)), cognitoProps(pool, more));
      if (terraform) copyFileSync(join(stackDir, "cdk.tf.json"), join(terraform.folder, "cdk.tf.json"));
      return stackDir;
    }

    function plan(): Change[] {
      const { json, output: printed } = terraform.plan();
      note(json + printed);
      return changesOf(json).sort(({ address: a }, { address: b }) => (a < b ? -1 : 1));
    }

    function apply(): void {
      const { status, output: printed } = terraform.run(["apply", "-auto-approve", "-input=false", "-no-color"]);
      if (status !== 0) throw new Error(printed);
      note(printed + terraform.run(["show", "-json"]).output);
    }

    function destroy(): Run {
      return terraform.run(["destroy", "-auto-approve", "-input=false", "-no-color"]);
    }

    /** Addresses in the state. */
    function resources(): string[] {
      return terraform
        .run(["state", "list"])
        .output.split("\n")
        .filter((line) => line !== "")
        .sort();
    }

    function output(name: string): string | Record<string, string> {
      return JSON.parse(terraform.run(["output", "-json", name]).output) as string;
    }

    /** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/ */
    async function cognito<T>(action: string, parameters: object): Promise<T> {
      const response = await fetch(account.endpoint, {
        method: "POST",
        headers: {
          "content-type": "application/x-amz-json-1.1",
          "x-amz-target": `AWSCognitoIdentityProviderService.${action}`,
          authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${EVERY_SETTING.region}/cognito-idp/aws4_request, SignedHeaders=host, Signature=0`,
        },
        body: JSON.stringify({ UserPoolId: output("user_pool_id"), ...parameters }),
      });
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()) as T;
    }

    function describeClient(ClientId: unknown) {
      return cognito<{ UserPoolClient: { ClientSecret?: string } }>("DescribeUserPoolClient", { ClientId });
    }

    async function groups(): Promise<string[]> {
      const { Groups } = await cognito<{ Groups: { GroupName: string }[] }>("ListGroups", {});
      return Groups.map(({ GroupName }) => GroupName).sort();
    }

    async function partnerSecret(): Promise<string | undefined> {
      const { IdentityProvider } = await cognito<{ IdentityProvider: { ProviderDetails: Record<string, string> } }>(
        "DescribeIdentityProvider",
        { ProviderName: "partner" },
      );
      return IdentityProvider.ProviderDetails["client_secret"];
    }

    /** Keeps what Terraform printed, and the files that are there now. */
    function note(printed: string): void {
      const number = Object.keys(traces).length;
      traces[`${number} printed`] = printed;
      for (const [file, text] of Object.entries(filesBelow(terraform.folder))) traces[`${number} ${file}`] = text;
    }

    function tracesOfSecrets(): string[] {
      expect(Object.keys(traces).filter((place) => place.endsWith("/plan!tfstate"))).not.toEqual([]);
      return placesOf(secrets, traces);
    }
  }),
);

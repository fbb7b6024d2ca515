/** The exported module of a user pool, in an account of its own: applied, planned again, destroyed, without a secret in state. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { parseConfig } from "../../config/load";
import { identityArguments } from "../../export/identity/call";
import { moduleFiles } from "../../export/files";
import { writeModule } from "../../export/write";
import { literal } from "../../stacks/terraform-text";
import { startAwsAccount, type AwsAccount } from "../support/aws-account";
import { EVERY_SETTING } from "../support/cognito-pools";
import { changesOf } from "../support/deployment";
import { identityModule } from "../support/identity-pairs";
import { SMALL } from "../support/small-config";
import { startSteps } from "../support/steps";
import { describeWithTerraform, type TerraformFolder } from "../support/terraform";
import { describeWith } from "../support/tools";

const PARTNER_SECRET = "first & <secret> of the partner";

describeWithTerraform("the module of a pool, applied", (open) =>
  describeWith("moto", "in an account of its own", (moto) => {
    const step = startSteps();
    const folder = mkdtempSync(join(tmpdir(), "edgegate-pool-module-"));
    let account: AwsAccount;
    let before: string[];
    let terraform: TerraformFolder;

    beforeAll(async () => {
      account = await startAwsAccount(moto, "/dev/null");
      const hostedZoneId = await account.createHostedZone("example.com");
      const { partner } = EVERY_SETTING.federation;
      const VersionId = await storePartnerSecret(account, partner.clientSecretName);
      before = await account.inventory();
      const config = parseConfig({
        ...SMALL,
        session: { absolute: "1h", idle: "30m" },
        identityProviders: {
          main: {
            profile: "cognito",
            clientAuthentication: "client_secret_basic",
            pool: {
              ...EVERY_SETTING,
              domain: { ...EVERY_SETTING.domain, hostedZoneId },
              federation: { ...EVERY_SETTING.federation, partner: { ...partner, clientSecretVersionId: VersionId } },
              // Its function is somebody else's.
              preTokenHookArn: undefined,
            },
          },
        },
        policy: [{ path: "/**", allow: { roles: ["admin"] } }],
      });
      writeModule(join(folder, "gateway"), moduleFiles(config));
      const source = "./gateway/modules/cognito-pool";
      const pool = { source, ...(literal(identityArguments(identityModule(config))) as object) };
      const outputs = Object.fromEntries(
        ["client_id", "user_pool_id", "issuer", "client_secret_name"].map((name) => [
          name,
          { value: `\${module.pool.${name}}` },
        ]),
      );
      writeFileSync(
        join(folder, "main.tf.json"),
        JSON.stringify({ provider: { aws: [{ region: EVERY_SETTING.region }] }, module: { pool }, output: outputs }),
      );
      terraform = open(folder, { ...account.environment, PATH: "/nowhere" });
    });

    afterAll(async () => {
      await account?.close();
      rmSync(folder, { recursive: true });
    });

    const run = (...args: string[]) => {
      const { status, output } = terraform.run([...args, "-input=false", "-no-color"]);
      if (status !== 0) throw new Error(output);
    };
    const output = (name: string) => JSON.parse(terraform.run(["output", "-json", name]).output) as string;

    step("the apply makes the pool, and leaves nothing to do", async () => {
      run("init");
      run("apply", "-auto-approve");
      expect(output("issuer")).toContain(output("user_pool_id"));
      expect(output("client_secret_name")).toBe("edgegate/wiki/idp/main");
      run("plan", "-out=again");
      expect(changesOf(terraform.run(["show", "-json", "again"]).output)).toEqual([]);
    });

    step("the client has a secret, and the state has none", async () => {
      const secret = await clientSecret(account, output("user_pool_id"), output("client_id"));
      expect(secret).toMatch(/^.{20,}$/);
      const state = readFileSync(join(terraform.folder, "terraform.tfstate"), "utf8");
      expect(state).toContain(output("client_id"));
      expect([secret, PARTNER_SECRET, JSON.stringify(PARTNER_SECRET)].filter((each) => state.includes(each))).toEqual(
        [],
      );
    });

    step("destroy leaves nothing", async () => {
      run("destroy", "-auto-approve");
      expect(await account.inventory()).toEqual(before);
    });
  }),
);

/** @returns the ID of its version */
async function storePartnerSecret({ endpoint }: AwsAccount, Name: string): Promise<string> {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const client = new SecretsManagerClient({ endpoint, region: EVERY_SETTING.region, credentials });
  const { VersionId } = await client.send(new CreateSecretCommand({ Name, SecretString: PARTNER_SECRET }));
  client.destroy();
  return VersionId!;
}

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DescribeUserPoolClient.html */
async function clientSecret({ endpoint }: AwsAccount, UserPoolId: string, ClientId: string): Promise<string> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "AWSCognitoIdentityProviderService.DescribeUserPoolClient",
      authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/${EVERY_SETTING.region}/cognito-idp/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ UserPoolId, ClientId }),
  });
  const { UserPoolClient } = (await response.json()) as { UserPoolClient: { ClientSecret: string } };
  return UserPoolClient.ClientSecret;
}

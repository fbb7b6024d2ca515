/** What each method of client authentication leaves in the stack: secrets, variables, permissions and settings. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { storedSecretOf } from "../../session/client-authentication";
import { clientSecretName } from "../../session/settings";
import { authSettings } from "../../stacks/settings";
import { synthesize } from "../../stacks/synthesize";
import { SMALL } from "../support/small-config";
import { emptyArtifacts } from "../support/empty-artifacts";

const KEYS = ["1", "2"].map(
  (digit) => `arn:aws:kms:us-east-1:111122223333:key/${digit}a1b2c3d-0000-1111-2222-333344445555`,
);
const ENTRA = "https://login.microsoftonline.com/0a1b2c3d-0000-1111-2222-333344445555/v2.0";

interface Statement {
  Sid: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: object;
}

interface Stack {
  resource: Record<string, Record<string, Record<string, unknown>>>;
  variable?: Record<string, { ephemeral?: boolean }>;
}

const folder = mkdtempSync(join(tmpdir(), "edgegate-client-authentication-"));
afterAll(() => rmSync(folder, { recursive: true }));

function configOf(clientAuthentication: unknown, more: object = {}) {
  return parseConfig({
    ...SMALL,
    identityProviders: { main: { ...SMALL.identityProviders.main, clientAuthentication, ...more } },
  });
}

function stackOf(clientAuthentication: unknown, more: object = {}): { stack: Stack; text: string } {
  const artifacts = emptyArtifacts(folder);
  const config = configOf(clientAuthentication, more);
  const { stackDir } = synthesize(config, { outdir: mkdtempSync(join(folder, "out-")), artifacts });
  const text = readFileSync(join(stackDir, "cdk.tf.json"), "utf8");
  return { stack: JSON.parse(text) as Stack, text };
}

function statementsOf({ resource }: Stack): Statement[] {
  const { policy } = resource["aws_iam_role_policy"]!["auth_permissions"] as { policy: string };
  return (JSON.parse(policy) as { Statement: Statement[] }).Statement;
}

const secretsOf = ({ resource }: Stack) =>
  Object.values(resource["aws_secretsmanager_secret"]!).map(({ name }) => String(name));
const CLIENT_SIDS = ["ClientKeys", "ClientAssertions"];
const SESSION_KEYS = "edgegate/wiki/session-keys";

test.each<[name: string, settings: unknown, secrets: string[], variables: string[], sids: string[]]>([
  ["none", "none", [], [], []],
  ["a client secret", "client_secret_post", ["edgegate/wiki/idp/main"], ["idp_main_client_secret"], []],
  ["PEM keys", { method: "private_key_jwt" }, ["edgegate/wiki/idp/main"], ["idp_main_private_keys"], []],
  ["KMS keys", { method: "private_key_jwt", kmsKeys: KEYS }, [], [], ["ClientKeys"]],
  ["assertions of AWS", { method: "aws_assertion", audience: "sts" }, [], [], ["ClientAssertions"]],
])(
  "%s: makes a place for its secret, and allows what it calls, and nothing else",
  (_name, settings, secrets, variables, sids) => {
    const { stack } = stackOf(settings);
    expect(secretsOf(stack).sort()).toEqual([...secrets, SESSION_KEYS].sort());
    expect(Object.entries(stack.variable ?? {}).flatMap(([name, { ephemeral }]) => (ephemeral ? [name] : []))).toEqual(
      variables,
    );
    const statements = statementsOf(stack);
    expect(statements.map(({ Sid }) => Sid).filter((sid) => CLIENT_SIDS.includes(sid))).toEqual(sids);
    const { aws, identityProviders } = authSettings(configOf(settings));
    const read = storedSecretOf(identityProviders["main"]!.clientAuthentication) ? [clientSecretName(aws, "main")] : [];
    expect(read).toEqual(secrets);
  },
);

test("with assertions of AWS there is no secret of the client anywhere: no resource, no variable, no output, no setting", () => {
  const { stack, text } = stackOf({ method: "aws_assertion" }, { issuer: ENTRA });
  expect(secretsOf(stack)).toEqual([SESSION_KEYS]);
  expect(stack.resource["aws_secretsmanager_secret_version"]).toBeUndefined();
  expect(stack.variable).toBeUndefined();
  expect(text).not.toMatch(/client_secret|private_key|idp\/main/);
});

test("assertions may be asked for with these audiences and algorithms only, and for five minutes at most", () => {
  const { stack } = stackOf({ method: "aws_assertion", algorithm: "ES384", audience: "https://id.example.com" });
  expect(statementsOf(stack).find(({ Sid }) => Sid === "ClientAssertions")).toEqual({
    Sid: "ClientAssertions",
    Effect: "Allow",
    Action: "sts:GetWebIdentityToken",
    Resource: "*",
    Condition: {
      "ForAllValues:StringEquals": { "sts:IdentityTokenAudience": ["https://id.example.com"] },
      StringEquals: { "sts:SigningAlgorithm": ["ES384"] },
      NumericLessThanEquals: { "sts:DurationSeconds": "300" },
    },
  });
});

test("these keys may sign, and no others", () => {
  const { stack } = stackOf({ method: "private_key_jwt", kmsKeys: KEYS });
  expect(statementsOf(stack).find(({ Sid }) => Sid === "ClientKeys")).toMatchObject({
    Action: ["kms:GetPublicKey", "kms:Sign"],
    Resource: KEYS,
  });
});

test.each([
  [ENTRA, "endpoint"],
  ["https://login.microsoftonline.us/t/v2.0", "endpoint"],
  ["https://example.okta.com", "endpoint"],
  ["https://example.okta.com/oauth2/default", "endpoint"],
  ["https://example.eu.auth0.com/", "issuer"],
  ["https://keycloak.example.com/realms/main", "issuer"],
  ["https://okta.com.example.org", "issuer"],
])("at %s an own assertion is for the %s", (issuer, audience) => {
  const { identityProviders } = authSettings(configOf({ method: "private_key_jwt" }, { issuer }));
  expect(identityProviders["main"]!.clientAuthentication).toMatchObject({ audience });
});

test.each([
  [ENTRA, "api://AzureADTokenExchange"],
  ["https://login.microsoftonline.us/t/v2.0", "api://AzureADTokenExchangeUSGov"],
  ["https://login.partner.microsoftonline.cn/t/v2.0", "api://AzureADTokenExchangeChina"],
])("at %s an assertion of AWS is for %s", (issuer, audience) => {
  const { identityProviders } = authSettings(configOf({ method: "aws_assertion" }, { issuer }));
  expect(identityProviders["main"]!.clientAuthentication).toMatchObject({ audience, algorithm: "RS256" });
});

test("the config's own words come before what is usual at a provider", () => {
  const { identityProviders } = authSettings(
    configOf({ method: "private_key_jwt", audience: "issuer" }, { issuer: ENTRA }),
  );
  expect(identityProviders["main"]!.clientAuthentication).toMatchObject({ audience: "issuer" });
});

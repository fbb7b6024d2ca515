/** What the real provider makes of the gate and the auth handler. */
import { readFileSync } from "node:fs";
import { artifacts } from "../../../build/artifacts";
import { clientSecretName, type AuthParameter } from "../../../session/settings";
import { gateCode } from "../../../stacks/gate-code";
import { ownFunctionsSource } from "../../../stacks/own-functions";
import { CLIENT_KEYS, EVERYTHING } from "../../support/configs";
import { LOGO_URL } from "../../support/images/images";
import { CONFIGS, NAMES, references, type Planned, type Values } from "./planned";

export function planOfFunctions({ all, one, configuration }: Planned): void {
  describe("of the gate", () => {
    test.each(NAMES)("is the built file, the settings, the policy and the sites of the %s config", (name) => {
      const gate = one(name, "aws_cloudfront_function", "gate");
      expect(gate).toMatchObject({ runtime: "cloudfront-js-2.0", publish: true });
      const config = CONFIGS[name]();
      const built = readFileSync(gateCode(config, artifacts()).base, "utf8");
      const code = gate["code"] as string;
      expect(code.startsWith(`${built}\n`)).toBe(true);
      const own = config.viewerRequest ? `${ownFunctionsSource(config.viewerRequest)}\n` : "";
      expect(code.endsWith(own)).toBe(true);
      const [settings, ...policy] = code.slice(built.length + 1, code.length - own.length).split("\n");
      const parsed = JSON.parse(/^var S=(.*);$/.exec(settings!)![1]!) as Values;
      expect(parsed).toMatchObject({
        basePath: config.basePath,
        hosts: [config.domain, ...config.alternateDomains],
      });
      const headers = Object.entries(config.identityHeaders);
      expect(parsed["identityHeaders"]).toEqual(headers.length > 0 ? headers : undefined);
      // The policy of a closed site calls the one of its rules.
      expect(policy.join("\n")).toMatch(
        config.maintenance
          ? /^function opened\(h,m,s,p\)\{\n[^]*\}\nfunction policy\(h,m,s,p\)\{[^\n]*\}\nfunction F\(p\)\{.*\}\n$/
          : /^function policy\(h,m,s,p\)\{\n[^]*\}\n(?:var F;|function F\(p\)\{.*\})\n$/,
      );
      expect(parsed["closed"]).toBe(
        { everything: "Tue, 01 Dec 2026 08:00:00 GMT", issued: "Tue, 01 Dec 2026 08:00:00 GMT", local: "300" }[
          name as string
        ],
      );
      expect(references(configuration(name, "aws_cloudfront_function")["key_value_store_associations"])).toContain(
        "aws_cloudfront_key_value_store.session_store.arn",
      );
    });
  });
  describe("of the auth handler", () => {
    test("is a numbered version for the edge, of the size that viewer events take", () => {
      expect(one("example", "aws_lambda_function", "auth")).toMatchObject({
        publish: true,
        runtime: "nodejs22.x",
        memory_size: 128,
        timeout: 5,
        handler: "index.handler",
        function_name: "handbook-auth",
      });
    });

    test("reads its settings as written in the config, text that looks like a template included", () => {
      const parameter = one("everything", "aws_ssm_parameter", "auth_settings_parameter");
      expect(parameter).toMatchObject({ name: "/edgegate/everything-auth", type: "String" });
      expect(JSON.parse(parameter["insecure_value"] as string)).toEqual({
        version: 1,
        basePath: "/_door",
        hosts: ["app.example.com", "docs.example.com", "admin.example.com"],
        session: { absolute: 43_200, idle: 7_200, token: 300, deviceBound: true },
        accessDenied: {
          tellRoles: ["staff", "ops@example.com"],
          requestUrl: "https://help.example.com/access?who={user}&role={role}&where={path}&id={reference}",
        },
        identityProviders: {
          staff: {
            label: "Staff ${not a template} %{nor this}",
            issuer: "https://login.example.com/tenant",
            clientId: "everything",
            clientAuthentication: "client_secret_post",
            roles: { grant: ["admin", "ops@example.com", "staff"], prefix: "door-" },
            emailDomains: ["example.com"],
            signingAlgorithms: ["PS512", "ES384"],
            authorizationParameters: { ui_locales: "de en", acr_values: "urn:${no}:template" },
            offeredAt: { hosts: ["admin.example.com"], paths: ["/catalogue/**"] },
          },
          "partner-a": {
            label: "partner-a",
            issuer: "https://id.partner.example",
            clientId: "p-1",
            clientAuthentication: "client_secret_basic",
            roles: { claim: 'realm."a.b".groups', map: { "Partner Staff": "staff" }, grant: ["staff"] },
            trustEmail: true,
          },
          "partner-b": {
            label: "partner-b",
            issuer: "https://sso.partner.example",
            clientId: "p-2",
            clientAuthentication: { method: "private_key_jwt", algorithm: "PS256", audience: "endpoint" },
            pushedAuthorizationRequests: true,
            dpop: true,
          },
          "partner-c": {
            label: "partner-c",
            issuer: "https://partner-c.okta.com",
            clientId: "p-3",
            clientAuthentication: { method: "private_key_jwt", kmsKeys: CLIENT_KEYS, audience: "endpoint" },
          },
          contractors: {
            label: "contractors",
            issuer: "https://login.microsoftonline.com/0a1b2c3d-0000-1111-2222-333344445555/v2.0",
            clientId: "c-1",
            clientAuthentication: {
              method: "aws_assertion",
              audience: "api://AzureADTokenExchange",
              algorithm: "RS256",
            },
          },
          customers: {
            label: "customers",
            issuer: "https://customers.example.net",
            clientId: "public",
            clientAuthentication: "none",
            scopes: ["openid"],
          },
          corp: {
            label: "corp",
            profile: "entra",
            issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
            tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490", "5b6e7a1c-0f0e-4c55-8a3f-111122223333"],
            clientId: "0a1b2c3d-0000-1111-2222-333344445555",
            clientAuthentication: "none",
            roles: { grant: ["staff"] },
          },
        },
        eventTransmitters: {
          corp: {
            issuer: "https://signals.example.com",
            audience: "https://app.example.com",
            jwksUri: "https://signals.example.com/keys",
            identityProvider: "staff",
            on: {
              "device-compliance-change": "revoke",
              "token-claims-change": "revoke",
              "account-credential-change-required": "revoke",
            },
          },
        },
        accessTokens: {
          staff: {
            issuer: "https://login.example.com/tenant",
            audience: ["https://api.example.com", "urn:${not-a-template}"],
            algorithms: ["ES256"],
            type: "any",
            roles: { claim: "roles", grant: ["admin", "ops@example.com", "staff"], prefix: "door-" },
            claims: ["department"],
            emailDomains: ["example.com"],
          },
          jobs: {
            issuer: "https://token.actions.githubusercontent.com",
            profile: "github",
            audience: ["https://api.example.com"],
            require: { repository: ["example/app", "example/site-*"], ref: ["refs/heads/main"] },
            roles: {
              claim: "environment",
              map: { production: "ops@example.com" },
              prefix: "e-",
              grant: ["ops@example.com"],
            },
          },
          roles: {
            issuer: "https://0a1b2c3d-0000-1111-2222-333344445555.tokens.sts.global.api.aws",
            profile: "aws",
            audience: ["https://api.example.com"],
            jwksUri: "https://0a1b2c3d-0000-1111-2222-333344445555.tokens.sts.global.api.aws/.well-known/jwks.json",
            require: { '"https://sts.amazonaws.com/".aws_account': ["111122223333"] },
          },
        },
        onReuse: "revoke-user",
        signInHook: {
          url: "https://people.example.com/gateway?tenant=1",
          audience: "urn:people",
          timeout: 1,
          grant: ["admin"],
        },
        claims: ["department", "office"],
        // Terraform sorts the providers.
        providerOrder: ["staff", "partner-a", "customers", "corp", "partner-b", "partner-c", "contractors"],
        theme: {
          productName: "Everything – für alle",
          accentColor: "#114422",
          support: "https://help.example.com/new?id={reference}",
          logo: LOGO_URL,
          favicon: LOGO_URL,
          languages: ["de", "en", "fr"],
          texts: {
            de: { signedOutTitle: "Bis bald ${not a template} %{nor this}" },
            en: { getHelp: 'Ask <us> & "them"', mailSubject: "{site}: help" },
          },
        },
        maintenance: {
          until: "2026-12-01T09:00:00+01:00",
          message: "We are moving to ${not a template} <soon>.",
          admitsSome: true,
        },
        aws: {
          sessionKeysSecret: "edgegate/everything/session-keys",
          clientSecretPrefix: "edgegate/everything/idp/",
          sessionsTable: "everything-sessions",
          revocationsTable: "everything-revocations",
          revocationQueue: "everything-revocations",
          signOutQueue: "everything-sign-outs",
        },
      });
    });

    test("may read exactly its parameter and its secrets, use the ledger, ask for revocations, tell of events, sign as a client and write its log", () => {
      const policy = JSON.parse(one("everything", "aws_iam_role_policy", "auth_permissions")["policy"] as string) as {
        Statement: Values[];
      };
      expect(policy.Statement.map(({ Effect, Action, Resource }) => [Effect, Action, Resource])).toEqual([
        ["Allow", "ssm:GetParameter", "arn:aws:ssm:us-east-1:*:parameter/edgegate/everything-auth"],
        [
          "Allow",
          "secretsmanager:GetSecretValue",
          [
            "arn:aws:secretsmanager:us-east-1:*:secret:edgegate/everything/session-keys-??????",
            "arn:aws:secretsmanager:us-east-1:*:secret:edgegate/everything/idp/staff-??????",
            "arn:aws:secretsmanager:us-east-1:*:secret:edgegate/everything/idp/partner-a-??????",
            "arn:aws:secretsmanager:us-east-1:*:secret:edgegate/everything/idp/partner-b-??????",
          ],
        ],
        [
          "Allow",
          ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
          "arn:aws:logs:*:*:log-group:/aws/lambda/us-east-1.everything-auth:*",
        ],
        [
          "Allow",
          [
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
          ],
          "arn:aws:dynamodb:us-east-1:*:table/everything-sessions",
        ],
        [
          "Allow",
          ["dynamodb:BatchGetItem", "dynamodb:GetItem"],
          "arn:aws:dynamodb:us-east-1:*:table/everything-revocations",
        ],
        [
          "Allow",
          "sqs:SendMessage",
          ["arn:aws:sqs:us-east-1:*:everything-revocations", "arn:aws:sqs:us-east-1:*:everything-sign-outs"],
        ],
        ["Allow", "events:PutEvents", "arn:aws:events:us-east-1:*:event-bus/default"],
        ["Allow", ["kms:GetPublicKey", "kms:Sign"], CLIENT_KEYS],
        ["Allow", "sts:GetWebIdentityToken", "*"],
        ["Allow", ["kms:Decrypt", "kms:GenerateDataKey"], EVERYTHING.kmsKeyArn],
      ]);
      expect(policy.Statement.flatMap(({ Condition }) => Condition ?? [])).toEqual([
        { StringEquals: { "events:source": "edgegate" } },
        {
          "ForAllValues:StringEquals": { "sts:IdentityTokenAudience": ["api://AzureADTokenExchange", "urn:people"] },
          StringEquals: { "sts:SigningAlgorithm": ["RS256"] },
          NumericLessThanEquals: { "sts:DurationSeconds": "300" },
        },
        {
          StringEquals: {
            "kms:ViaService": ["dynamodb", "secretsmanager", "sqs"].map(
              (service) => `${service}.us-east-1.amazonaws.com`,
            ),
          },
        },
      ]);
      const trust = JSON.parse(one("everything", "aws_iam_role", "auth_role")["assume_role_policy"] as string) as {
        Statement: Values[];
      };
      expect(trust.Statement).toEqual([
        {
          Sid: "Run",
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { Service: ["edgelambda.amazonaws.com", "lambda.amazonaws.com"] },
        },
      ]);
    });

    test("finds the secrets that its settings name, and not the one of the servers", () => {
      const { aws } = JSON.parse(
        one("everything", "aws_ssm_parameter", "auth_settings_parameter")["insecure_value"] as string,
      ) as AuthParameter;
      const named = [
        aws.sessionKeysSecret,
        ...["staff", "partner-a", "partner-b"].map((id) => clientSecretName(aws, id)),
      ];
      expect(
        all("everything", "aws_secretsmanager_secret")
          .map(({ values }) => values["name"])
          .sort(),
      ).toEqual([...named, "edgegate/everything/origin"].sort());
    });
  });

  test("makes a place for every secret and no value: without variables they are put by hand", () => {
    for (const name of NAMES) expect(all(name, "aws_secretsmanager_secret_version")).toEqual([]);
    expect(all("everything", "aws_secretsmanager_secret")).toHaveLength(5);
  });
}

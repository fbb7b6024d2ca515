/** What the real provider makes of a Cognito stack: assertions on its plan, never on the code that made it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { CognitoStack, type CognitoStackProps } from "../../../stacks/identity/cognito/cognito-stack";
import { cognitoProps, EVERY_SETTING, SMALL_POOL, synthesizeCognito } from "../../support/cognito-pools";
import { applyWithMocks } from "../../support/mock-provider";
import { describeWithTerraform, type Plan } from "../../support/terraform";

const CASES = {
  small: cognitoProps(SMALL_POOL),
  everything: cognitoProps(EVERY_SETTING),
  secret: cognitoProps(EVERY_SETTING, { hasClientSecret: true }),
  guests: cognitoProps({
    ...SMALL_POOL,
    localUsers: false,
    federation: { corp: EVERY_SETTING.federation.corp },
  }),
} satisfies Record<string, CognitoStackProps>;
type Name = keyof typeof CASES;
const NAMES = Object.keys(CASES) as Name[];

type Values = Record<string, unknown>;

describeWithTerraform("the plan of a pool", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-cognito-"));
  afterAll(() => rmSync(outdir, { recursive: true }));
  const plans = new Map<Name, Plan>();

  test.each(NAMES)("%s is valid and without warnings", (name) => {
    const terraform = open(synthesizeCognito(join(outdir, name), CASES[name]));
    const plan = terraform.plan();
    expect(plan.output).not.toContain("Warning:");
    plans.set(name, plan);
  });

  const resource = (name: Name, address: string): Values => {
    const found = plans.get(name)!.resources.find((resource) => resource.address === address);
    if (!found) throw new Error(`${address} is not among ${addresses(name).join(", ")}`);
    return found.values;
  };
  const addresses = (name: Name) => plans.get(name)!.resources.map(({ address }) => address);
  const template = (name: Name, stack: string) =>
    JSON.parse(resource(name, `aws_cloudformation_stack.${stack}`)["template_body"] as string) as {
      Resources: Record<string, { Type: string; Properties: Values }>;
      Outputs?: Record<string, unknown>;
    };

  test("people read what is made by its name", () => {
    expect(addresses("small").sort()).toEqual([
      "aws_cloudformation_stack.branding",
      'aws_cognito_user_group.role["admin"]',
      'aws_cognito_user_group.role["staff"]',
      "aws_cognito_user_pool.pool",
      "aws_cognito_user_pool_client.client",
      "aws_cognito_user_pool_domain.domain",
    ]);
    expect(addresses("everything").sort()).toEqual([
      "aws_cloudformation_stack.branding",
      "aws_cloudformation_stack.federation",
      "aws_cloudformation_stack.machine_clients",
      "aws_cognito_resource_server.resource_server",
      "aws_cognito_risk_configuration.pool_risks",
      'aws_cognito_user_group.role["admin"]',
      'aws_cognito_user_group.role["staff"]',
      "aws_cognito_user_pool.pool",
      "aws_cognito_user_pool_client.client",
      "aws_cognito_user_pool_domain.domain",
      "aws_lambda_permission.pre_token_hook",
      "aws_route53_record.domain_alias",
    ]);
  });

  test("a small pool is strict", () => {
    expect(resource("small", "aws_cognito_user_pool.pool")).toMatchObject({
      name: "wiki-main",
      user_pool_tier: "ESSENTIALS",
      deletion_protection: "ACTIVE",
      mfa_configuration: "ON",
      software_token_mfa_configuration: [{ enabled: true }],
      admin_create_user_config: [{ allow_admin_create_user_only: true }],
      account_recovery_setting: [{ recovery_mechanism: [{ name: "verified_email", priority: 1 }] }],
      username_attributes: ["email"],
      username_configuration: [{ case_sensitive: false }],
      user_attribute_update_settings: [{ attributes_require_verification_before_update: ["email"] }],
      password_policy: [
        {
          minimum_length: 14,
          require_lowercase: true,
          require_uppercase: true,
          require_numbers: true,
          require_symbols: true,
          temporary_password_validity_days: 3,
        },
      ],
      sign_in_policy: [{ allowed_first_auth_factors: ["PASSWORD"] }],
      web_authn_configuration: [],
      user_pool_add_ons: [],
    });
  });

  test("what a pool loosens is what its config says", () => {
    expect(resource("everything", "aws_cognito_user_pool.pool")).toMatchObject({
      user_pool_tier: "PLUS",
      deletion_protection: "INACTIVE",
      mfa_configuration: "OPTIONAL",
      admin_create_user_config: [{ allow_admin_create_user_only: false }],
      sign_in_policy: [{ allowed_first_auth_factors: ["PASSWORD", "WEB_AUTHN"] }],
      // A passkey belongs to the host of the sign-in pages.
      web_authn_configuration: [{ relying_party_id: "login.example.com", user_verification: "required" }],
      user_pool_add_ons: [{ advanced_security_mode: "ENFORCED" }],
      email_configuration: [{ email_sending_account: "DEVELOPER", from_email_address: "login@example.com" }],
      lambda_config: [
        {
          pre_token_generation_config: [{ lambda_arn: EVERY_SETTING.preTokenHookArn, lambda_version: "V2_0" }],
        },
      ],
    });
    expect(resource("everything", "aws_cognito_risk_configuration.pool_risks")).toMatchObject({
      compromised_credentials_risk_configuration: [{ actions: [{ event_action: "BLOCK" }] }],
      account_takeover_risk_configuration: [
        { actions: [{ medium_action: [{ event_action: "MFA_REQUIRED" }], high_action: [{ event_action: "BLOCK" }] }] },
      ],
    });
  });

  describe("the gateway's client", () => {
    test("is public, takes codes only, and gets short-lived tokens that can be revoked and rotate", () => {
      expect(resource("small", "aws_cognito_user_pool_client.client")).toMatchObject({
        generate_secret: false,
        allowed_oauth_flows_user_pool_client: true,
        allowed_oauth_flows: ["code"],
        allowed_oauth_scopes: ["email", "openid", "profile"],
        callback_urls: ["https://docs.example.com/_gate/callback/main", "https://wiki.example.com/_gate/callback/main"],
        logout_urls: ["https://docs.example.com/_gate/signed-out", "https://wiki.example.com/_gate/signed-out"],
        supported_identity_providers: ["COGNITO"],
        explicit_auth_flows: ["ALLOW_USER_SRP_AUTH"],
        prevent_user_existence_errors: "ENABLED",
        enable_token_revocation: true,
        refresh_token_rotation: [{ feature: "ENABLED", retry_grace_period_seconds: 60 }],
        id_token_validity: 15,
        access_token_validity: 15,
        refresh_token_validity: 1440,
        token_validity_units: [{ id_token: "minutes", access_token: "minutes", refresh_token: "minutes" }],
      });
    });

    test("with a secret is the same client, in a resource that cannot read the secret", () => {
      const [type, properties] = clientOf("secret");
      expect(type).toBe("AWS::Cognito::UserPoolClient");
      const { GenerateSecret, ...others } = properties;
      expect(GenerateSecret).toBe(true);
      const publicClient = resource("everything", "aws_cognito_user_pool_client.client");
      expect(sortedLists(others)).toEqual({
        UserPoolId: { Ref: "UserPoolId" },
        ClientName: publicClient["name"],
        AllowedOAuthFlowsUserPoolClient: publicClient["allowed_oauth_flows_user_pool_client"],
        AllowedOAuthFlows: publicClient["allowed_oauth_flows"],
        AllowedOAuthScopes: publicClient["allowed_oauth_scopes"],
        CallbackURLs: publicClient["callback_urls"],
        LogoutURLs: publicClient["logout_urls"],
        SupportedIdentityProviders: publicClient["supported_identity_providers"],
        ExplicitAuthFlows: publicClient["explicit_auth_flows"],
        PreventUserExistenceErrors: publicClient["prevent_user_existence_errors"],
        EnableTokenRevocation: publicClient["enable_token_revocation"],
        RefreshTokenRotation: { Feature: "ENABLED", RetryGracePeriodSeconds: 60 },
        IdTokenValidity: publicClient["id_token_validity"],
        AccessTokenValidity: publicClient["access_token_validity"],
        RefreshTokenValidity: publicClient["refresh_token_validity"],
        TokenValidityUnits: { IdToken: "minutes", AccessToken: "minutes", RefreshToken: "minutes" },
      });
      expect(template("secret", "client").Outputs).toEqual({ Client: { Value: { Ref: "Client" } } });
    });

    test.each<[Name, string[]]>([
      ["small", ["COGNITO"]],
      ["everything", ["COGNITO", "corp", "partner"]],
      ["guests", ["corp"]],
    ])("of the pool %s lets users of %j in", (name, providers) => {
      const { supported_identity_providers } = resource(name, "aws_cognito_user_pool_client.client");
      expect(supported_identity_providers).toEqual(providers);
    });

    /** The provider keeps sets in order. */
    function sortedLists(values: Values): Values {
      return Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, Array.isArray(value) ? [...value].sort() : value]),
      );
    }

    function clientOf(name: Name): [type: string, properties: Values] {
      expect(addresses(name)).not.toContain("aws_cognito_user_pool_client.client");
      const { Type, Properties } = template(name, "client").Resources["Client"]!;
      return [Type, Properties];
    }
  });

  test("the sign-in pages are managed login, and have a style", () => {
    expect(resource("small", "aws_cognito_user_pool_domain.domain")).toMatchObject({
      domain: "acme-wiki",
      managed_login_version: 2,
    });
    expect(template("small", "branding").Resources["Style"]).toMatchObject({
      Type: "AWS::Cognito::ManagedLoginBranding",
      Properties: {
        ClientId: { Ref: "ClientId" },
        Settings: { components: { primaryButton: { lightMode: { defaults: { backgroundColor: "2456c7ff" } } } } },
      },
    });
    expect(template("everything", "branding").Resources["Style"]!.Properties).toEqual({
      UserPoolId: { Ref: "UserPoolId" },
      ClientId: { Ref: "ClientId" },
      UseCognitoProvidedValues: true,
    });
  });

  test("a domain of one's own has its certificate and its record", () => {
    expect(resource("everything", "aws_cognito_user_pool_domain.domain")).toMatchObject({
      domain: "login.example.com",
      certificate_arn: EVERY_SETTING.domain.certificateArn,
      managed_login_version: 2,
    });
    expect(resource("everything", "aws_route53_record.domain_alias")).toMatchObject({
      name: "login.example.com",
      type: "A",
      zone_id: EVERY_SETTING.domain.hostedZoneId,
    });
  });

  test("federated providers are named, and the secret of one is a reference to it", () => {
    const { corp, partner } = template("everything", "federation").Resources;
    expect(corp!.Properties).toMatchObject({
      ProviderName: "corp",
      ProviderType: "SAML",
      ProviderDetails: { MetadataURL: "https://login.corp.example/metadata.xml" },
      AttributeMapping: { email: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress" },
    });
    expect(partner!.Properties).toMatchObject({
      ProviderName: "partner",
      ProviderType: "OIDC",
      ProviderDetails: {
        oidc_issuer: "https://login.partner.example",
        client_id: "acme",
        client_secret:
          "{{resolve:secretsmanager:acme/partner-client-secret:SecretString:::0a1b2c3d-0000-1111-2222-333344445555}}",
        authorize_scopes: "openid email",
      },
      AttributeMapping: { email: "mail", given_name: "first_name" },
    });
  });

  test("programs get the scopes that they are given, and no user's token", () => {
    expect(resource("everything", "aws_cognito_resource_server.resource_server")).toMatchObject({
      identifier: "https://api.example.com",
      scope: [
        { scope_name: "read", scope_description: "Reads ${everything}" },
        { scope_name: "write", scope_description: 'Writes "all"' },
      ],
    });
    const { nightlyXreport, importer } = template("everything", "machine_clients").Resources;
    expect(nightlyXreport!.Properties).toMatchObject({
      ClientName: "wiki-main-nightly-report",
      GenerateSecret: true,
      AllowedOAuthFlows: ["client_credentials"],
      AllowedOAuthScopes: ["https://api.example.com/read"],
    });
    expect(importer!.Properties["AllowedOAuthScopes"]).toEqual([
      "https://api.example.com/read",
      "https://api.example.com/write",
    ]);
  });

  test("only this pool may call the hook", () => {
    expect(resource("everything", "aws_lambda_permission.pre_token_hook")).toMatchObject({
      statement_id: "edgegate-wiki-main",
      action: "lambda:InvokeFunction",
      function_name: "add-groups",
      qualifier: "live",
      principal: "cognito-idp.amazonaws.com",
    });
    expect(expressions("everything", "aws_lambda_permission")["source_arn"]).toMatchObject({
      references: ["aws_cognito_user_pool.pool.arn", "aws_cognito_user_pool.pool"],
    });
  });

  // The order of an apply: what Cognito refuses while the other is not there.
  test.each([
    ["everything", "aws_cognito_user_pool_client.client", "aws_cloudformation_stack.federation"],
    ["secret", "aws_cloudformation_stack.client", "aws_cloudformation_stack.federation"],
    ["everything", "aws_cloudformation_stack.machine_clients", "aws_cognito_resource_server.resource_server"],
  ] as const)("in the pool %s, %s comes after %s", (name, later, earlier) => {
    expect(configuration(name).find(({ address }) => address === later)!.depends_on).toEqual([earlier]);
  });

  test("applied with a mock, the outputs are what a gateway and its operators need", () => {
    const terraform = open(synthesizeCognito(join(outdir, "mock"), CASES.secret));
    const output = applyWithMocks(
      terraform,
      `run "apply" {
  assert {
    condition = jsonencode({
      issuer             = output.issuer
      client_id          = output.client_id
      login_domain       = output.login_domain
      machine_client_ids = output.machine_client_ids
      saml_entity_id     = output.saml_entity_id
      saml_acs_url       = output.saml_acs_url
      oidc_redirect_uri  = output.oidc_redirect_uri
    }) == jsonencode({
      issuer             = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_mock"
      client_id          = "client"
      login_domain       = "login.example.com"
      machine_client_ids = { importer = "importer", nightly-report = "report" }
      saml_entity_id     = "urn:amazon:cognito:sp:eu-central-1_mock"
      saml_acs_url       = "https://login.example.com/saml2/idpresponse"
      oidc_redirect_uri  = "https://login.example.com/oauth2/idpresponse"
    })
    error_message = "the outputs differ"
  }
}
`,
    );
    expect(output).toContain("Success! 1 passed, 0 failed.");
  });

  test("another stack reads issuer, client ID and domain from this one's state", () => {
    const app = new App({ outdir: join(outdir, "two"), stackTraces: false });
    const state = { bucket: "acme-state", region: "eu-central-1", key: "gateways/wiki.tfstate" };
    const pool = new CognitoStack(app, "pool", cognitoProps(SMALL_POOL, { state }));
    const gateway = new TerraformStack(app, "gateway");
    const { issuer, clientId, domain } = pool;
    new TerraformOutput(gateway, "read", { value: { issuer, clientId, domain } });
    app.synth();
    expect(read("pool")).toMatchObject({
      terraform: {
        backend: {
          s3: { bucket: "acme-state", key: "gateways/wiki.cognito.main.tfstate", encrypt: true, use_lockfile: true },
        },
      },
    });
    expect(read("gateway")).toMatchObject({
      data: { terraform_remote_state: { "cross-stack-reference-input-pool": { backend: "s3" } } },
    });
    for (const stack of ["pool", "gateway"] as const) {
      const { output } = open(join(outdir, "two/stacks", stack)).run(["validate", "-json"]);
      expect(JSON.parse(output)).toMatchObject({ valid: true, diagnostics: [] });
    }

    function read(stack: string): Values {
      return JSON.parse(readFileSync(join(outdir, "two/stacks", stack, "cdk.tf.json"), "utf8")) as Values;
    }
  });

  function configuration(name: Name) {
    const { configuration } = JSON.parse(plans.get(name)!.json) as {
      configuration: {
        root_module: { resources: { address: string; type: string; depends_on?: string[]; expressions: Values }[] };
      };
    };
    return configuration.root_module.resources;
  }

  function expressions(name: Name, type: string): Values {
    return configuration(name).find((resource) => resource.type === type)!.expressions;
  }
});

/** The app of a gateway in Microsoft Entra, as Terraform sees it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { entraAppSchema, type EntraAppInput } from "../../../config/entra-app";
import { describeWithAzuread, type AzureadFolder } from "../../support/azuread/azuread";
import { rsaCertificate } from "../../support/entra-certificates";
import { EVERY_OPTION, id, OTHER_TENANT, SMALL_APP, synthesizeEntra, TENANT } from "../../support/entra-apps";

const ALWAYS = [
  "azuread_application_identifier_uri.api_uri",
  "azuread_application_optional_claims.optional_claims",
  "azuread_application_permission_scope.api",
  "azuread_application_redirect_uris.web",
  "azuread_application_registration.application",
  "azuread_service_principal.service_principal",
  'azuread_application_app_role.role["admin"]',
  'azuread_application_app_role.role["ops@example.com"]',
];
const CONSENT = "azuread_service_principal_delegated_permission_grant.consent";
const FEDERATION = "azuread_application_federated_identity_credential.federated_credential";

/** An option, its value if not that of the app with everything, and what it adds to the plan of the small app. */
const ALONE: [option: keyof EntraAppInput, value: unknown, added: string[]][] = [
  ["displayName", undefined, []],
  ["homeTenant", undefined, []],
  ["credential", undefined, []],
  ["owners", undefined, [1, 2].map((digit) => `azuread_application_owner.application_owner["${id(digit)}"]`)],
  ["assignmentRequired", false, []],
  [
    "assignments",
    undefined,
    [`admin: group ${id(3)}`, `admin: user ${id(4)}`, `admin: user ${id(5)}`, `ops@example.com: group ${id(3)}`].map(
      (key) => `azuread_app_role_assignment.assignment["${key}"]`,
    ),
  ],
  [
    "signedIn",
    undefined,
    [
      `azuread_app_role_assignment.assignment["signed-in: group ${id(6)}"]`,
      'azuread_application_app_role.role["signed-in"]',
    ],
  ],
  ["adminConsent", undefined, []],
  ["apiScope", undefined, []],
  ["groupClaims", undefined, []],
  ["conditionalAccess", undefined, ["azuread_conditional_access_policy.mfa"]],
  ["notes", undefined, []],
  ["state", undefined, []],
];

const GUID_FORM = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const CLIENT_ID = "aaaabbbb-0000-1111-2222-ccccddddeeee";
const PRINCIPAL = "bbbbcccc-0000-1111-2222-ccccddddeeee";

const created = (folder: AzureadFolder) => {
  const { problems, changes, values } = folder.plan();
  expect(problems).toBe("");
  expect(changes.filter(({ actions }) => actions.join() !== "create")).toEqual([]);
  return { addresses: changes.map(({ address }) => address).sort(), values };
};
const textOf = (stackDir: string) => readFileSync(join(stackDir, "cdk.tf.json"), "utf8");

test("the app with everything has every option", () => {
  const options = Object.keys(entraAppSchema.shape).sort();
  expect(Object.keys(EVERY_OPTION).sort()).toEqual(options);
  expect(ALONE.map(([option]) => option).sort()).toEqual(options);
});

describeWithAzuread("an app", ({ open, openEach }) => {
  test("with everything is valid", () => {
    for (const [provider, { run }] of Object.entries(openEach(synthesizeEntra({ app: EVERY_OPTION })))) {
      const { status, output } = run(["validate", "-json"]);
      expect([provider, status, JSON.parse(output)]).toMatchObject([provider, 0, { diagnostics: [], valid: true }]);
    }
  });

  test.each(ALONE)("with %s alone is planned without a warning, and differs", (option, value, added) => {
    const app = { ...SMALL_APP, [option]: value ?? EVERY_OPTION[option] } as EntraAppInput;
    const stackDir = synthesizeEntra({ app });
    expect(created(open(stackDir)).addresses).toEqual([...ALWAYS, CONSENT, FEDERATION, ...added].sort());
    const isDefault = ["homeTenant", "credential", "adminConsent"].includes(option);
    expect(textOf(stackDir) === textOf(synthesizeEntra())).toBe(isDefault);
  });

  test("without consent by an administrator makes no grant", () => {
    const stackDir = synthesizeEntra({ app: { ...SMALL_APP, adminConsent: false } });
    expect(created(open(stackDir)).addresses).toEqual([...ALWAYS, FEDERATION].sort());
  });

  test("with certificates makes one credential for each", async () => {
    const pems = [(await rsaCertificate("a")).certificate, (await rsaCertificate("b")).certificate];
    const stackDir = synthesizeEntra({ app: { credential: { type: "certificate", certificates: pems } } });
    const { addresses } = created(open(stackDir));
    const credentials = addresses.filter((address) => address.startsWith("azuread_application_certificate."));
    expect(credentials).toHaveLength(2);
    expect(credentials.join()).toMatch(/^(azuread_application_certificate\.certificate\["[0-9a-f]{64}"\],?){2}$/);
    expect(addresses).toHaveLength(ALWAYS.length + 1 + 2);
  });

  test("with passwords makes none, and says how to store one", () => {
    const stackDir = synthesizeEntra({ app: { credential: { type: "password" } } });
    expect(created(open(stackDir)).addresses).toEqual([...ALWAYS, CONSENT].sort());
    expect(textOf(stackDir)).toContain("| npx edgegate secrets put main");
  });

  test("of a policy without roles, for one host and without a known tenant, is planned", () => {
    const { addresses, values } = created(
      open(synthesizeEntra({ roles: [], tenants: [], hosts: ["wiki.example.com"], basePath: "/_door" })),
    );
    expect(addresses.filter((address) => address.includes("app_role"))).toEqual([]);
    expect(values["azuread_application_redirect_uris.web"]).toMatchObject({
      redirect_uris: ["https://wiki.example.com/_door/callback/main", "https://wiki.example.com/_door/signed-out"],
    });
  });

  test("with everything is planned with the values that Entra must get", () => {
    const { addresses, values } = created(open(synthesizeEntra({ app: EVERY_OPTION })));
    expect(addresses).toEqual([...ALWAYS, CONSENT, FEDERATION, ...ALONE.flatMap(([, , added]) => added)].sort());
    expect(values["azuread_application_registration.application"]).toMatchObject({
      display_name: EVERY_OPTION.displayName,
      notes: EVERY_OPTION.notes,
      sign_in_audience: "AzureADMyOrg",
      requested_access_token_version: 2,
      implicit_access_token_issuance_enabled: false,
      implicit_id_token_issuance_enabled: false,
      group_membership_claims: ["ApplicationGroup"],
      homepage_url: "https://wiki.example.com/",
      logout_url: "https://wiki.example.com/_gate/frontchannel-logout/main",
    });
    expect(values["azuread_application_redirect_uris.web"]).toMatchObject({
      type: "Web",
      redirect_uris: [
        "https://docs.example.com/_gate/callback/main",
        "https://docs.example.com/_gate/signed-out",
        "https://wiki.example.com/_gate/callback/main",
        "https://wiki.example.com/_gate/signed-out",
      ],
    });
    const claims = ["acrs", "auth_time", "email", "login_hint", "sid", "xms_edov"].map((name) => ({ name }));
    expect(values["azuread_application_optional_claims.optional_claims"]).toMatchObject({
      id_token: claims,
      access_token: claims,
    });
    expect(values[FEDERATION]).toMatchObject({
      audiences: ["api://AzureADTokenExchange"],
      issuer: EVERY_OPTION.credential.issuer,
      subject: EVERY_OPTION.credential.subject,
    });
    expect(values["azuread_service_principal.service_principal"]).toMatchObject({
      app_role_assignment_required: true,
    });
    expect(values[CONSENT]).toMatchObject({ claim_values: ["email", "offline_access", "openid", "profile"] });
    expect(values["azuread_conditional_access_policy.mfa"]).toMatchObject({
      state: "enabled",
      conditions: [{ users: [{ included_users: ["All"], excluded_users: [id(8)], excluded_groups: [id(7)] }] }],
      grant_controls: [{ operator: "OR", built_in_controls: ["mfa"] }],
    });
  });

  test("only reports what MFA would do, unless the config enforces it", () => {
    const { values } = created(open(synthesizeEntra({ app: { ...SMALL_APP, conditionalAccess: {} } })));
    expect(values["azuread_conditional_access_policy.mfa"]).toMatchObject({
      state: "enabledForReportingButNotEnforced",
    });
  });

  test.each([
    ["its home tenant", [TENANT], undefined, "AzureADMyOrg"],
    ["its home tenant, named twice", [TENANT], TENANT, "AzureADMyOrg"],
    ["several tenants", [TENANT, OTHER_TENANT], TENANT, "AzureADMultipleOrgs"],
    ["another tenant only", [OTHER_TENANT], TENANT, "AzureADMultipleOrgs"],
  ])("for people of %s has the audience for them", (_name, tenants, homeTenant, audience) => {
    const app = { ...SMALL_APP, ...(homeTenant && { homeTenant }) };
    const stackDir = synthesizeEntra({ app, tenants });
    const { values } = created(open(stackDir));
    expect(values["azuread_application_registration.application"]).toMatchObject({ sign_in_audience: audience });
    expect(JSON.parse(textOf(stackDir))).toMatchObject({
      provider: { azuread: [{ tenant_id: TENANT }] },
      output: { issuer: { value: `https://login.microsoftonline.com/${TENANT}/v2.0` } },
    });
  });

  /** https://developer.hashicorp.com/terraform/language/tests/mocking */
  test("passes `terraform test` with a mocked provider", () => {
    const folders = openEach(synthesizeEntra({ app: { ...EVERY_OPTION, state: undefined } as EntraAppInput }));
    for (const [provider, { folder, run }] of Object.entries(folders)) {
      writeFileSync(join(folder, "app.tftest.hcl"), TERRAFORM_TEST);
      const { status, output } = run(["test", "-no-color"]);
      expect([provider, status, output]).toEqual([provider, 0, expect.stringContaining("1 passed, 0 failed")]);
    }
  });
});

const TERRAFORM_TEST = `
mock_provider "azuread" {
  mock_resource "azuread_application_registration" {
    defaults = { id = "/applications/${CLIENT_ID}", client_id = "${CLIENT_ID}" }
  }
  mock_resource "azuread_service_principal" {
    defaults = { object_id = "${PRINCIPAL}" }
  }
  mock_data "azuread_service_principal" {
    defaults = { object_id = "${PRINCIPAL}" }
  }
}

run "apply" {
  assert {
    condition = output.api_scope == "api://${CLIENT_ID}/wiki.read" && output.client_id == "${CLIENT_ID}"
    error_message = "the API has the wrong name"
  }
  assert {
    condition = alltrue([
      for role in azuread_application_app_role.role :
      can(regex("^${GUID_FORM}$", role.role_id)) && role.value == role.display_name
    ])
    error_message = "a role is not what its ID or name says"
  }
  assert {
    condition = alltrue([
      for key, assignment in azuread_app_role_assignment.assignment :
      assignment.app_role_id == azuread_application_app_role.role[split(":", key)[0]].role_id &&
      assignment.principal_object_id == split(" ", key)[2] &&
      assignment.resource_object_id == "${PRINCIPAL}"
    ])
    error_message = "an assignment is not what its key says"
  }
  assert {
    condition = azuread_conditional_access_policy.mfa.conditions[0].applications[0].included_applications == tolist(["${CLIENT_ID}"])
    error_message = "the policy must be for this app only"
  }
}
`;

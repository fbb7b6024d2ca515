import { parseConfig } from "../../config/load";
import { exampleOf } from "../../export/call";
import { identityModules } from "../../export/identity/modules";
import { managedClients, withBroughtClients } from "../../export/identity/managed-clients";
import { moduleOf } from "../../export/module";
import { SMALL_POOL } from "../support/cognito-pools";
import { OTHER_TENANT, SMALL_APP, TENANT } from "../support/entra-apps";
import { SMALL } from "../support/small-config";

const entra = (more: object = {}) => ({
  profile: "entra",
  tenants: [TENANT],
  roles: { grant: [] },
  clientAuthentication: { method: "aws_assertion" },
  app: SMALL_APP,
  ...more,
});
const cognito = (more: object = {}) => ({ profile: "cognito", roles: { grant: [] }, pool: SMALL_POOL, ...more });
const configOf = (identityProviders: object) =>
  parseConfig({ ...SMALL, identityProviders, policy: [{ path: "/**", allow: "signed-in" }] });
const variable = (identityProviders: object) =>
  moduleOf(configOf(identityProviders)).json.variable["identity_providers"] as { type: string };
const exampleFor = (identityProviders: object) => {
  const config = configOf(identityProviders);
  return exampleOf(withBroughtClients(config), moduleOf(config), identityModules(config));
};

test("one module of a kind has the kind's name, and several have those of their identity providers", () => {
  const names = (identityProviders: object) => managedClients(configOf(identityProviders)).map(({ name }) => name);
  expect(names({ staff: entra(), people: cognito() })).toEqual(["entra-app", "cognito-pool"]);
  expect(names({ staff: entra(), partners: entra() })).toEqual(["entra-app-staff", "entra-app-partners"]);
  expect(names(SMALL.identityProviders)).toEqual([]);
});

test("the gateway's module takes client ID and issuer of what other modules make", () => {
  const issuer = `https://login.microsoftonline.com/${TENANT}/v2.0`;
  expect(variable({ main: entra() }).type).toBe(
    `object({ main = object({ issuer = optional(string, "${issuer}"), client_id = string }) })`,
  );
  expect(variable({ main: cognito() }).type).toBe("object({ main = object({ issuer = string, client_id = string }) })");
});

test("the issuers of several tenants follow from the tenants, so the module does not take one", () => {
  const app = { ...SMALL_APP, homeTenant: TENANT };
  expect(variable({ main: entra({ tenants: [TENANT, OTHER_TENANT], app }) }).type).toBe(
    "object({ main = object({ client_id = string }) })",
  );
});

test("the example passes an app's issuer only to a gateway for people of the app's tenant", () => {
  expect(exampleFor({ main: entra() })).toMatch(/issuer += module\.entra_app\.issuer/);
  const app = { ...SMALL_APP, homeTenant: TENANT };
  const other = exampleFor({ main: entra({ tenants: [OTHER_TENANT], app }) });
  expect(other).toContain("client_id = module.entra_app.client_id");
  expect(other).not.toContain("module.entra_app.issuer");
});

test("a pool in another region gets a provider for it", () => {
  const example = exampleFor({ main: cognito({ pool: { ...SMALL_POOL, region: "eu-central-1" } }) });
  expect(example).toContain("providers = { aws = aws.cognito_pool }");
  expect(exampleFor({ main: cognito() })).not.toMatch(/^ {2}providers/m);
});

test("a client secret reaches the gateway's secret by a command, and is no output", () => {
  const outputs = (identityProviders: object) => identityModules(configOf(identityProviders))[0]!.json.output;
  const pool = outputs({ main: cognito({ clientAuthentication: "client_secret_basic" }) });
  const app = outputs({
    main: entra({ clientAuthentication: "client_secret_basic", app: { credential: { type: "password" } } }),
  });
  for (const output of [pool, app]) {
    expect(output["client_secret_name"]).toMatchObject({ value: "edgegate/${var.name}/idp/main" });
    expect((output["client_secret_command"] as { value: string }).value).toMatch(
      /^a(ws cognito-idp|z ad app) .+ \| tr -d '\\n' \| aws secretsmanager put-secret-value .*--secret-id edgegate\/\$\{var\.name\}\/idp\/main --secret-string file:\/\/\/dev\/stdin$/,
    );
  }
  expect(outputs({ main: entra() })).not.toHaveProperty("client_secret_command");
});

/**
 * The exported module of an app in Microsoft Entra is the stack: modules that are exported from apps with other values are
 * called with the values of each app, and everything that Terraform plans for them is compared with its plan of that app's
 * stack.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { entraAppSchema, type EntraAppInput } from "../../config/entra-app";
import { parseConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { describeWithAzuread } from "../support/azuread/azuread";
import { EVERY_OPTION, OTHER_TENANT, SMALL_APP, TENANT } from "../support/entra-apps";
import { rsaCertificate } from "../support/entra-certificates";
import { identityModule, writeIdentityPairs } from "../support/identity-pairs";
import { SMALL } from "../support/small-config";

const ROLES = [
  { path: "/admin/**", allow: { roles: ["admin", "ops@example.com"] } },
  { path: "/**", allow: "signed-in" },
];
const METHODS = {
  federated: { method: "aws_assertion" },
  certificate: { method: "private_key_jwt" },
  password: "client_secret_basic",
};

function appConfig(app: EntraAppInput, more: { policy?: object[]; tenants?: string[]; hosts?: string[] } = {}): Config {
  const { policy = ROLES, tenants = [TENANT], hosts = ["docs.example.com"] } = more;
  const clientAuthentication = METHODS[app.credential.type ?? "federated"];
  return parseConfig({
    ...SMALL,
    alternateDomains: hosts,
    identityProviders: { main: { profile: "entra", tenants, clientAuthentication, app } },
    policy,
  });
}

const ALONE = Object.keys(EVERY_OPTION) as (keyof EntraAppInput)[];
const SIGNED_IN = [{ path: "/**", allow: "signed-in" }];

async function configs(): Promise<Record<string, Config>> {
  const pems = [(await rsaCertificate("a")).certificate, (await rsaCertificate("b")).certificate];
  const { groups } = EVERY_OPTION.conditionalAccess.exclude;
  return {
    small: appConfig(SMALL_APP),
    ...Object.fromEntries(ALONE.map((key) => [key, appConfig({ ...SMALL_APP, [key]: EVERY_OPTION[key] })])),
    everyone: appConfig({ ...SMALL_APP, assignmentRequired: false, adminConsent: false }),
    "excluded-groups": appConfig({ ...SMALL_APP, conditionalAccess: { exclude: { groups } } }),
    "security-groups": appConfig({ ...SMALL_APP, groupClaims: "security" }),
    certificates: appConfig({ credential: { type: "certificate", certificates: pems } }),
    passwords: appConfig({ credential: { type: "password" } }),
    "several-tenants": appConfig({ ...SMALL_APP, homeTenant: TENANT }, { tenants: [TENANT, OTHER_TENANT] }),
    "another-tenant": appConfig({ ...SMALL_APP, homeTenant: TENANT }, { tenants: [OTHER_TENANT] }),
    "no-roles": appConfig(SMALL_APP, { policy: SIGNED_IN, hosts: [] }),
    everything: appConfig(EVERY_OPTION),
  };
}

/** Other values of the lists and maps from which the module computes something. */
function otherwise(config: Config): Config {
  const { main } = config.identityProviders;
  const app = { ...main!.app!, owners: [], assignments: {} };
  delete app.signedIn;
  if (app.credential.type === "certificate") app.credential = { ...app.credential, certificates: [OTHER] };
  return { ...config, policy: parseConfig(SMALL).policy, identityProviders: { main: { ...main!, app } } };
}

let OTHER: string;

test("the app with everything has every option", () => {
  expect([...ALONE].sort()).toEqual(Object.keys(entraAppSchema.shape).sort());
});

describeWithAzuread("the module of an app", ({ open }) => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-app-modules-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let names: string[];
  let planned: Record<string, Record<string, unknown>>;

  beforeAll(async () => {
    OTHER = (await rsaCertificate("other")).certificate;
    const all = await configs();
    names = Object.keys(all);
    writeIdentityPairs(join(folder, "root"), all, otherwise, () => ({ block: { tenant_id: TENANT } }));
    const { problems, values } = open(join(folder, "root")).plan();
    expect(problems).toBe("");
    planned = {};
    for (const [address, value] of Object.entries(values)) {
      const [, module, inside] = /^module\.([\w-]+)\.(.*)$/.exec(address)!;
      // Only a module asks for the tenant.
      if (inside !== "data.azuread_client_config.here") (planned[module!] ??= {})[inside!] = value;
    }
  }, 600_000);

  test("is planned as the stack, with every option alone and all together", () => {
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const stack = planned[`stack-${name}`]!;
      expect(Object.keys(stack).length).toBeGreaterThan(7);
      expect([name, planned[`module-${name}`]]).toEqual([name, stack]);
    }
  });

  test("refuses a provider for another tenant", () => {
    const config = appConfig(SMALL_APP);
    writeIdentityPairs(join(folder, "other"), { main: config }, otherwise, () => ({
      block: { tenant_id: OTHER_TENANT },
    }));
    expect(identityModule(config).home).toBe(TENANT);
    expect(() => open(join(folder, "other")).plan()).toThrow(`write tenant_id = "${TENANT}"`);
  });
});

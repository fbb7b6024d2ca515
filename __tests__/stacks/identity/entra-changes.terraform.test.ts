/** What a change of the config changes in the tenant, and who learns of the app. */
import { join } from "node:path";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { EntraAppInput } from "../../../config/entra-app";
import { describeWithAzuread, type AzureadFolder } from "../../support/azuread/azuread";
import { rsaCertificate } from "../../support/entra-certificates";
import {
  entraStack,
  EVERY_OPTION,
  id,
  OTHER_TENANT,
  STACK,
  synthesizeApp,
  synthesizeEntra,
  TENANT,
} from "../../support/entra-apps";

type Props = NonNullable<Parameters<typeof synthesizeEntra>[0]>;

const LOCAL = { ...EVERY_OPTION, state: undefined } as EntraAppInput;
const BEFORE: Props = { app: LOCAL };
const ROLES = ["admin", "ops@example.com"];
const NO_CHANGE = { changes: [], outputs: [], problems: "" };

/** What changes in the config of {@link BEFORE}, and all that it does. */
const CHANGES: [name: string, after: Props, changes: string[], outputs?: string[]][] = [
  ["nothing", BEFORE, []],
  [
    "a role that the policy gets",
    { ...BEFORE, roles: ["admin", "auditor", "ops@example.com"] },
    ['create azuread_application_app_role.role["auditor"]'],
  ],
  ["the order of roles", { ...BEFORE, roles: [...ROLES].reverse() }, []],
  [
    "a role that the policy loses, with its assignments",
    { app: { ...LOCAL, assignments: { admin: EVERY_OPTION.assignments.admin } }, roles: ["admin"] },
    [
      `delete azuread_app_role_assignment.assignment["ops@example.com: group ${id(3)}"]`,
      'delete azuread_application_app_role.role["ops@example.com"]',
    ],
  ],
  [
    "a group that gets a role",
    {
      app: {
        ...LOCAL,
        assignments: { ...EVERY_OPTION.assignments, admin: { groups: [id(9), id(3)], users: [id(5), id(4)] } },
      },
    },
    [`create azuread_app_role_assignment.assignment["admin: group ${id(9)}"]`],
  ],
  [
    "an additional host",
    { ...BEFORE, hosts: ["wiki.example.com", "new.example.com", "docs.example.com"] },
    ["update azuread_application_redirect_uris.web"],
    ["redirect_uris"],
  ],
  [
    "an owner who leaves",
    { app: { ...LOCAL, owners: [id(2)] } },
    [`delete azuread_application_owner.application_owner["${id(1)}"]`],
  ],
  [
    "the name that people see",
    { app: { ...LOCAL, displayName: "Wiki" } },
    ["update azuread_application_registration.application"],
  ],
  [
    "a second tenant",
    { ...BEFORE, tenants: [TENANT, OTHER_TENANT] },
    ["update azuread_application_registration.application"],
  ],
  [
    "MFA that is only reported from now on",
    { app: { ...LOCAL, conditionalAccess: { ...EVERY_OPTION.conditionalAccess, mfa: "report-only" } } },
    ["update azuread_conditional_access_policy.mfa"],
  ],
  [
    "another AWS account",
    {
      app: {
        ...LOCAL,
        credential: { ...EVERY_OPTION.credential, subject: "arn:aws:iam::444455556666:role/wiki-auth" },
      },
    },
    ["update azuread_application_federated_identity_credential.federated_credential"],
  ],
];

describeWithAzuread("after an apply", ({ open, openInPlace }) => {
  const planOf = (folder: AzureadFolder, after: Props) => {
    folder.synthesize(synthesizeEntra(after));
    const { problems, changes, outputs } = folder.plan();
    return { problems, outputs, changes: changes.map(({ actions, address }) => `${actions.join()} ${address}`).sort() };
  };

  describe("one change of the config", () => {
    let folder: AzureadFolder;
    beforeAll(() => {
      folder = open(synthesizeEntra(BEFORE));
      folder.plan();
      folder.apply();
    });

    test.each(CHANGES)("%s: changes only what it must", (_name, after, changes, outputs = []) => {
      expect(planOf(folder, after)).toEqual({ problems: "", changes, outputs });
    });
  });

  test("a role that is removed and comes back has its old ID", () => {
    const address = 'azuread_application_app_role.role["ops@example.com"]';
    const folder = open(synthesizeEntra());
    const { values } = folder.plan();
    folder.apply();
    folder.synthesize(synthesizeEntra({ roles: ["admin"] }));
    expect(folder.plan().changes).toEqual([{ address, actions: ["delete"] }]);
    folder.apply();
    folder.synthesize(synthesizeEntra());
    const again = folder.plan();
    expect(again.changes).toEqual([{ address, actions: ["create"] }]);
    expect(again.values[address]!["role_id"]).toBe(values[address]!["role_id"]);
  });

  test("a new certificate is added beside the old one, which goes in a second step", async () => {
    const [old, next] = [(await rsaCertificate("old")).certificate, (await rsaCertificate("next")).certificate];
    const props = (...certificates: string[]): Props => ({
      app: { credential: { type: "certificate", certificates } },
    });
    const folder = open(synthesizeEntra(props(old)));
    folder.plan();
    folder.apply();
    // Text around a certificate and the order of certificates mean nothing.
    expect(planOf(folder, props(`# wiki\n${old.replaceAll("\n", "\r\n")}\n`))).toEqual(NO_CHANGE);
    expect(planOf(folder, props(next, old)).changes).toEqual([
      expect.stringMatching(/^create azuread_application_certificate\.certificate\["[0-9a-f]{64}"\]$/),
    ]);
    folder.apply();
    expect(planOf(folder, props(next)).changes).toEqual([
      expect.stringMatching(/^delete azuread_application_certificate\.certificate\["[0-9a-f]{64}"\]$/),
    ]);
  });

  test("another stack refers to the app, and the app's stack needs nothing of it", () => {
    const stacks = synthesizeApp((app) => {
      const { clientId, tenantId, issuer, dependencies } = entraStack(app, { tenants: [] });
      const gateway = new TerraformStack(app, "wiki");
      new TerraformOutput(gateway, "reference", { value: { clientId, tenantId, issuer } });
      expect(gateway.dependencies.map(({ node }) => node.id)).toEqual([]);
      app.synth();
      expect(gateway.dependencies.map(({ node }) => node.id)).toEqual([STACK]);
      expect(dependencies).toEqual([]);
    });
    const entra = openInPlace(join(stacks, STACK));
    entra.plan();
    entra.apply();
    const made = JSON.parse(entra.run(["output", "-json"]).output) as Record<string, { value: unknown }>;
    const gateway = openInPlace(join(stacks, "wiki"));
    gateway.plan();
    gateway.apply();
    const { reference } = JSON.parse(gateway.run(["output", "-json"]).output) as { reference: { value: object } };
    expect(reference.value).toEqual({
      clientId: made["client_id"]!.value,
      tenantId: made["tenant_id"]!.value,
      issuer: `https://login.microsoftonline.com/${String(made["tenant_id"]!.value)}/v2.0`,
    });
  });
});

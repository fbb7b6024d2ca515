/** However the gateway authenticates, Terraform neither keeps nor prints a secret. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EntraAppInput } from "../../../config/entra-app";
import {
  describeWithAzuread,
  SECRET_OF_ENTRA,
  SECRET_OF_TERRAFORM,
  type AzureadFolder,
} from "../../support/azuread/azuread";
import { rsaCertificate } from "../../support/entra-certificates";
import { EVERY_OPTION, synthesizeEntra } from "../../support/entra-apps";
import { placesOf } from "../../support/secret-search";

describeWithAzuread("no secret is in state, plan or output", ({ open }) => {
  const credentials: Record<string, EntraAppInput["credential"]> = {
    federation: EVERY_OPTION.credential,
    passwords: { type: "password" },
  };
  let secrets: string[];

  beforeAll(async () => {
    const { certificate, privateKey } = await rsaCertificate("wiki");
    credentials["certificates"] = { type: "certificate", certificates: [certificate] };
    const lines = privateKey.split("\n").filter((line) => /^[A-Za-z0-9+/]{64}$/.test(line));
    expect(lines.length).toBeGreaterThan(10);
    secrets = [SECRET_OF_ENTRA, SECRET_OF_TERRAFORM, ...lines];
  });

  const applied = (folder: AzureadFolder) => {
    folder.plan();
    folder.apply();
    const traces = folder.traces();
    expect(Object.keys(traces)).toEqual(expect.arrayContaining(["terraform apply", "state", "plan!tfplan"]));
    expect(traces["state"]).toContain('"azuread_application_registration"');
    return traces;
  };

  test.each(["federation", "certificates", "passwords"])("with %s", (mode) => {
    const app = { ...EVERY_OPTION, credential: credentials[mode], state: undefined } as EntraAppInput;
    const stackDir = synthesizeEntra({ app });
    const traces = applied(open(stackDir));
    const synthesized = readFileSync(join(stackDir, "cdk.tf.json"), "utf8");
    expect(placesOf(secrets, { ...traces, synthesized })).toEqual([]);
  });

  test("the search finds a password that Terraform makes, so Terraform makes none", () => {
    const folder = open(synthesizeEntra());
    const password = { application_id: "${azuread_application_registration.application.id}" };
    writeFileSync(
      join(folder.folder, "password.tf.json"),
      JSON.stringify({ resource: { azuread_application_password: { password } } }),
    );
    expect(placesOf(secrets, applied(folder))).toEqual(["state"]);
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { entraAppSchema, type EntraAppInput } from "../../config/entra-app";
import { EVERY_OPTION, synthesizeEntra } from "../support/entra-apps";
import { rsaCertificate } from "../support/entra-certificates";

const PAGE = readFileSync(join(__dirname, "../../docs/identity/entra.md"), "utf8");
/** Option to what its row says of the default. */
const ROWS = new Map(
  [...PAGE.matchAll(/^\| `app\.([^`]+)` \|.*\| (.+) \|$/gm)].map(([, key, value]) => [key!, value!]),
);
const BY_HAND = PAGE.slice(PAGE.indexOf("\n## Bring your own app"), PAGE.indexOf("\n## Limits"));

type Properties = Record<string, { default?: unknown; properties?: Properties }>;
const { properties } = z.toJSONSchema(entraAppSchema, { io: "input", unrepresentable: "any" }) as unknown as {
  properties: Properties;
};
/** `credential` and `state` are explained as a whole. */
const OPTIONS = Object.entries({
  ...properties,
  ...Object.fromEntries(
    Object.entries(properties["conditionalAccess"]!.properties!).map(([key, value]) => [
      `conditionalAccess.${key}`,
      value,
    ]),
  ),
});

interface Stack {
  resource: Record<string, Record<string, unknown>>;
}
const stackWith = (app: EntraAppInput) =>
  JSON.parse(readFileSync(join(synthesizeEntra({ app }), "cdk.tf.json"), "utf8")) as Stack;
const addressesOf = ({ resource }: Stack) =>
  Object.entries(resource).flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`));

test("names every option, and none that does not exist", () => {
  expect([...ROWS.keys()].sort()).toEqual(OPTIONS.map(([key]) => key).sort());
});

test.each(OPTIONS.filter(([key, { default: value }]) => value !== undefined && !key.includes("exclude")))(
  "says the default of %s",
  (key, { default: value }) => {
    expect(ROWS.get(key)).toBe(`\`${JSON.stringify(value)}\``);
  },
);

test("names every resource that Terraform makes, and no other", async () => {
  const certificates = [(await rsaCertificate("wiki")).certificate];
  const made = [
    ...addressesOf(stackWith(EVERY_OPTION)),
    ...addressesOf(stackWith({ credential: { type: "certificate", certificates } })),
  ];
  const rows = PAGE.slice(PAGE.indexOf("| resource |"), PAGE.indexOf("### Options"));
  const named = [...rows.matchAll(/`(azuread_\w+\.\w+)/g)].map(([, address]) => address!);
  expect(named.sort()).toEqual([...new Set(made)].sort());
});

test("whoever makes the app by hand enters what Terraform would", () => {
  const { resource } = stackWith(EVERY_OPTION);
  const { id_token: claims } = resource["azuread_application_optional_claims"]!["optional_claims"] as {
    id_token: { name: string }[];
  };
  const { audiences } = resource["azuread_application_federated_identity_credential"]!["federated_credential"] as {
    audiences: string[];
  };
  const { redirect_uris: uris } = resource["azuread_application_redirect_uris"]!["web"] as { redirect_uris: string[] };
  const { logout_url: logout } = resource["azuread_application_registration"]!["application"] as { logout_url: string };
  const written = (uri: string) => uri.replace(/(wiki|docs)\.example\.com/, "<host>").replace(/\/main$/, "/<id>");
  for (const value of [...claims.map(({ name }) => name), ...audiences, ...[...uris, logout].map(written)])
    expect(BY_HAND).toContain(`\`${value}\``);
});

import { parseConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import type { PolicyRule } from "../../policy/rule";
import { jsonencodedBytes } from "../../stacks/terraform-text";
import { authSettings, gateSettings } from "../../stacks/settings";

const SMALL = {
  name: "wiki",
  domain: "wiki.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  identityProviders: { main: { issuer: "https://login.example.com", clientId: "wiki" } },
  origin: { type: "s3" },
  policy: [{ path: "/**", allow: "signed-in" }],
};

describe("settings of a config that says little", () => {
  const config = parseConfig(SMALL);

  test("name the site by its domain and the identity provider by its id", () => {
    expect(gateSettings(config).productName).toBe("wiki.example.com");
    expect(authSettings(config).identityProviders["main"]).toMatchObject({ label: "main" });
  });
});

test("a token gets no role that the policy does not mention, and each claim once", () => {
  const config = parseConfig({
    ...SMALL,
    policy: [
      { path: "/b/**", allow: { roles: ["b", "a"] } },
      { path: "/a/**", allow: { roles: ["a"] } },
    ],
    identityHeaders: { "x-gate-team": "department", "x-gate-department": "department", "x-gate-cost": "cost" },
  });
  expect(authSettings(config).identityProviders["main"]?.roles).toEqual({ grant: ["a", "b"] });
  expect(authSettings(config).claims).toEqual(["cost", "department"]);
});

test("a sign-in may ask for what some rule asks of an authentication, each once", () => {
  const rules: PolicyRule[] = [
    { path: "/a/**", allow: { maxAge: 900, acr: ["urn:mfa"] } },
    { path: "/b/**", allow: [{ roles: ["admin"] }, { maxAge: 60 }, { acr: ["urn:key", "urn:mfa"], maxAge: 900 }] },
    { path: "/**", allow: "signed-in" },
  ];
  const config = parseConfig(SMALL);
  expect(authSettings({ ...config, policy: rules as Config["policy"] }).stepUp).toEqual({
    maxAges: [900, 60],
    acr: ["urn:mfa", "urn:key"],
  });
  expect(authSettings(config)).not.toHaveProperty("stepUp");
});

test.each(["none", "client_secret_basic", "client_secret_post"])(
  "twenty companies with a tenant, roles and an e-mail domain of their own fit into the parameter (%s)",
  (clientAuthentication) => {
    const identityProviders = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [
        `company-${i + 10}`,
        {
          label: `Company number ${i + 10}`,
          profile: "entra",
          tenants: [`8eaef023-2b34-4da1-9baa-8bc8c9d6a4${i + 10}`],
          clientId: `0a1b2c3d-0000-1111-2222-3333444455${i + 10}`,
          clientAuthentication,
          roles: { grant: ["staff"] },
          emailDomains: [`company-${i + 10}.example.com`],
        },
      ]),
    );
    const config = parseConfig({ ...SMALL, identityProviders, policy: [{ path: "/**", allow: { roles: ["staff"] } }] });
    expect(jsonencodedBytes(authSettings(config))).toBeLessThanOrEqual(8_192);
  },
);

test("a transmitter's events are in the settings only if they do something", () => {
  const transmitter = {
    issuer: "https://signals.example.com",
    audience: "wiki",
    jwksUri: "https://signals.example.com/keys",
  };
  const settings = (on: object) =>
    authSettings(parseConfig({ ...SMALL, eventTransmitters: { corp: { ...transmitter, on } } })).eventTransmitters[
      "corp"
    ];
  expect(settings({})).toEqual(transmitter);
  expect(settings({ "token-claims-change": "ignore" })).toEqual(transmitter);
  expect(settings({ "token-claims-change": "ignore", "device-compliance-change": "revoke" })).toEqual({
    ...transmitter,
    on: { "device-compliance-change": "revoke" },
  });
});

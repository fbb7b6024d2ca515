import { parseConfig } from "../../config/load";
import { differences } from "../../local/greeting";
import { localConfig, withForeignProvider } from "../../local/local-config";
import { SMALL } from "../support/small-config";

const main = SMALL.identityProviders.main;
const CONFIG = parseConfig({
  ...SMALL,
  identityProviders: {
    vouched: { ...main, clientAuthentication: { method: "aws_assertion", audience: "sts" } },
    signed: { ...main, clientAuthentication: { method: "private_key_jwt" } },
    secret: { ...main, clientAuthentication: "client_secret_post" },
  },
});

test("a client that AWS vouches for is public on this machine, and all others authenticate as they do in AWS", () => {
  const { identityProviders } = localConfig(CONFIG, "app.localhost:8443", "https://localhost:1");
  expect(Object.entries(identityProviders).map(([id, { clientAuthentication: written }]) => [id, written])).toEqual([
    ["vouched", "none"],
    ["signed", { method: "private_key_jwt" }],
    ["secret", "client_secret_post"],
  ]);
});

test("people are told of it, by the name in the config", () => {
  expect(differences(CONFIG)).toContain("at vouched it is a public client instead (aws_assertion)");
  expect(differences(CONFIG)).not.toMatch(/signed|secret/);
  expect(differences(parseConfig(SMALL))).toBe("");
});

test("without an issuer, identity providers are those of the config, at the address of this machine", () => {
  const config = parseConfig({
    ...SMALL,
    identityProviders: {
      ...SMALL.identityProviders,
      other: {
        ...main,
        clientAuthentication: "client_secret_post",
        roles: { grant: [] },
        offeredAt: { hosts: [SMALL.domain] },
      },
    },
  });
  const { identityProviders } = localConfig(config, "app.localhost:8443");
  expect(identityProviders).toEqual({
    ...config.identityProviders,
    other: { ...config.identityProviders["other"], offeredAt: { hosts: ["app.localhost:8443"] } },
  });
});

test("a foreign provider takes the place of all others, and grants what the first one does", () => {
  const foreign = { issuer: "https://login.example.org", clientId: "abc" };
  const { config, clientSecrets } = withForeignProvider(CONFIG, { ...foreign, clientSecret: "secret" });
  const { vouched } = CONFIG.identityProviders;
  expect(config.identityProviders).toEqual({
    vouched: { ...vouched, ...foreign, clientAuthentication: "client_secret_basic" },
  });
  expect(clientSecrets).toEqual({ vouched: "secret" });
  expect(withForeignProvider(CONFIG, foreign)).toMatchObject({
    config: { identityProviders: { vouched: { clientAuthentication: "none" } } },
    clientSecrets: {},
  });
});

import { parseConfig } from "../../config/load";
import { differences } from "../../local/greeting";
import { localConfig } from "../../local/local-config";
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

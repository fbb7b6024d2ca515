/** Which scopes a provider is asked for: `offline_access` only where a refresh token needs it. */
import { scopesOf } from "../../identity/profiles";

const BASE = ["openid", "profile", "email"];
const OFFLINE = [...BASE, "offline_access"];
const keycloak = (origin: string) => ({
  authorization_endpoint: `${origin}/realms/company/protocol/openid-connect/auth`,
  scopes_supported: OFFLINE,
});

test.each<[string, Parameters<typeof scopesOf>[0], Parameters<typeof scopesOf>[1], string[]]>([
  ["a provider that offers it", {}, { scopes_supported: OFFLINE }, OFFLINE],
  ["a provider that does not, as Google", {}, { scopes_supported: BASE }, BASE],
  ["a provider that says nothing", {}, {}, BASE],
  ["a provider that says nonsense", {}, { scopes_supported: "offline_access" }, BASE],
  ["Keycloak, which offers it and does not need it", {}, keycloak("https://login.example.com"), BASE],
  ["Keycloak below a path", {}, keycloak("https://login.example.com/auth"), BASE],
  ["what the config says", { scopes: ["openid", "offline_access"] }, {}, ["openid", "offline_access"]],
  ["what the config says at Keycloak", { scopes: OFFLINE }, keycloak("https://login.example.com"), OFFLINE],
  ["the profile of Keycloak", { profile: "keycloak" }, { scopes_supported: OFFLINE }, BASE],
  ["the profile of Google", { profile: "google" }, { scopes_supported: OFFLINE }, BASE],
  ["the profile of Entra ID", { profile: "entra" }, {}, OFFLINE],
  ["the profile of Auth0", { profile: "auth0" }, {}, OFFLINE],
])("%s", (_name, provider, metadata, scopes) => {
  expect(scopesOf(provider, metadata)).toEqual(scopes);
});

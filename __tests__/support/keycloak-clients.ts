/** The gateway's identity providers in the Keycloak tier: each is a client of a realm, of a kind of its own. */
import type { ConfigInput } from "../../config/schema";

export type RealmName = "company" | "levels" | "partner" | "rolling";

interface KeycloakClient {
  realm: RealmName;
  /** What the config says besides issuer and client ID. */
  config: Partial<ConfigInput["identityProviders"][string]>;
  /** https://www.keycloak.org/docs-api/26.4.0/rest-api/index.html#ClientRepresentation */
  keycloak?: {
    publicClient?: boolean;
    clientAuthenticatorType?: string;
    consentRequired?: boolean;
    attributes?: Record<string, string>;
    protocolMappers?: object[];
  };
}

/** Of all confidential clients here. */
export const CLIENT_SECRET = "gateway-secret";
const WITH_SECRET = { clientAuthentication: "client_secret_basic" } as const;
const STAFF = { roles: { grant: ["staff"] } };
const GROUPS = { ...WITH_SECRET, roles: { claim: "groups", grant: ["staff"] } };

/** Groups as Keycloak writes them, with their path. */
export const ODD_ROLES = ["/Domain Users", "/clinic/Ärzte", "/cn=a,ou=b"];

/** By ID. Paths that are not of another one are those of the first. */
export const CLIENTS: Record<string, KeycloakClient> = {
  main: { realm: "company", config: { ...WITH_SECRET, roles: { grant: ["staff", "admin"] } } },
  public: { realm: "company", config: STAFF, keycloak: { publicClient: true } },
  keys: {
    realm: "company",
    config: { ...STAFF, clientAuthentication: { method: "private_key_jwt", algorithm: "ES256" } },
    keycloak: { clientAuthenticatorType: "client-jwt", attributes: { "use.jwks.url": "true" } },
  },
  pushed: {
    realm: "company",
    config: { ...STAFF, ...WITH_SECRET, pushedAuthorizationRequests: true },
    keycloak: { attributes: { "require.pushed.authorization.requests": "true" } },
  },
  asking: { realm: "company", config: { ...STAFF, ...WITH_SECRET }, keycloak: { consentRequired: true } },
  "id-token": { realm: "company", config: GROUPS, keycloak: { protocolMappers: [groupsIn("id.token.claim")] } },
  userinfo: { realm: "company", config: GROUPS, keycloak: { protocolMappers: [groupsIn("userinfo.token.claim")] } },
  directory: {
    realm: "company",
    config: { ...WITH_SECRET, roles: { claim: "groups", grant: ODD_ROLES } },
    keycloak: { protocolMappers: [groupsIn("id.token.claim", "true")] },
  },
  generic: {
    realm: "company",
    config: { ...WITH_SECRET, profile: "generic", roles: { claim: "realm_access.roles", grant: ["staff"] } },
  },
  rotated: { realm: "company", config: { ...STAFF, ...WITH_SECRET } },
  levels: { realm: "levels", config: { ...STAFF, ...WITH_SECRET, offeredAt: { paths: ["/at/levels/**"] } } },
  partner: { realm: "partner", config: { ...STAFF, ...WITH_SECRET } },
  rolling: { realm: "rolling", config: { ...STAFF, ...WITH_SECRET } },
};

/** A page that people open by signing in at a certain provider. */
export function pathOf(id: string): string {
  return `/at/${id}/page`;
}

/** The part of the config. @param keycloak `https://localhost:<port>` */
export function providersAt(keycloak: string): ConfigInput["identityProviders"] {
  const providers = Object.entries(CLIENTS).map(([id, { realm, config }], i) => [
    id,
    {
      profile: "keycloak",
      issuer: `${keycloak}/realms/${realm}`,
      clientId: `gateway-${id}`,
      ...(i > 0 && { offeredAt: { paths: [pathOf(id)] } }),
      ...config,
    },
  ]);
  return Object.fromEntries(providers) as ConfigInput["identityProviders"];
}

export function clientSecrets(): Record<string, string> {
  const confidential = Object.entries(CLIENTS).filter(([, { config }]) => "clientAuthentication" in config);
  return Object.fromEntries(confidential.map(([id]) => [id, CLIENT_SECRET]));
}

/** The client as Keycloak has it. @param gateway `https://app.localhost:<port>` */
export function keycloakClient(id: string, { keycloak = {} }: KeycloakClient, gateway: string): object {
  return {
    ...keycloak,
    clientId: `gateway-${id}`,
    ...(!keycloak.publicClient && { secret: CLIENT_SECRET }),
    redirectUris: [`${gateway}/_gate/callback/${id}`],
    attributes: {
      "pkce.code.challenge.method": "S256",
      "jwks.url": `${gateway}/_gate/jwks.json`,
      "post.logout.redirect.uris": `${gateway}/_gate/signed-out`,
      "backchannel.logout.url": `${gateway}/_gate/backchannel-logout/${id}`,
      "backchannel.logout.session.required": "true",
      ...keycloak.attributes,
    },
    protocolMappers: [ROLES, ...(keycloak.protocolMappers ?? [])],
  };
}

/** Where Keycloak's own scope "roles" puts them, but into ID tokens, too. */
const ROLES = {
  name: "roles",
  protocol: "openid-connect",
  protocolMapper: "oidc-usermodel-realm-role-mapper",
  config: {
    "claim.name": "realm_access.roles",
    multivalued: "true",
    "jsonType.label": "String",
    "id.token.claim": "true",
  },
};

function groupsIn(place: "id.token.claim" | "userinfo.token.claim", fullPath = "false"): object {
  const nowhereElse = { "id.token.claim": "false", "userinfo.token.claim": "false", "access.token.claim": "false" };
  return {
    name: "groups",
    protocol: "openid-connect",
    protocolMapper: "oidc-group-membership-mapper",
    config: { "claim.name": "groups", "full.path": fullPath, ...nowhereElse, [place]: "true" },
  };
}

/**
 * A realm of Keycloak with the gateway among its clients:
 * https://www.keycloak.org/docs-api/26.4.0/rest-api/index.html#RealmRepresentation
 */

export const REALM = "company";
/** Another site, whose users Keycloak remembers. It has no server: its address is a public page. */
export const OTHER_CLIENT = "other-site";

export interface KeycloakUser {
  name: string;
  password: string;
  email: string;
}

/** @param gateway `https://app.localhost:<port>` */
export function realmFor(gateway: string, client: { id: string; secret: string }, users: KeycloakUser[]): object {
  return {
    realm: REALM,
    enabled: true,
    sslRequired: "all",
    // A refresh token can be used once. A second use ends the session.
    revokeRefreshToken: true,
    refreshTokenMaxReuse: 0,
    accessTokenLifespan: 60,
    eventsEnabled: true,
    enabledEventTypes: ["REFRESH_TOKEN", "REFRESH_TOKEN_ERROR"],
    roles: { realm: [{ name: "staff" }] },
    users: users.map(({ name, password, email }) => ({
      username: name,
      email,
      emailVerified: true,
      firstName: name,
      lastName: "Example",
      enabled: true,
      realmRoles: ["staff", `default-roles-${REALM}`],
      credentials: [{ type: "password", value: password, temporary: false }],
    })),
    clients: [
      {
        clientId: client.id,
        secret: client.secret,
        redirectUris: [`${gateway}/_gate/callback/main`],
        attributes: {
          "pkce.code.challenge.method": "S256",
          "post.logout.redirect.uris": `${gateway}/_gate/signed-out`,
          "backchannel.logout.url": `${gateway}/_gate/backchannel-logout/main`,
          "backchannel.logout.session.required": "true",
        },
        protocolMappers: [
          {
            name: "roles",
            protocol: "openid-connect",
            protocolMapper: "oidc-usermodel-realm-role-mapper",
            // Where Keycloak's own scope "roles" puts them, but into ID tokens, too.
            config: {
              "claim.name": "realm_access.roles",
              multivalued: "true",
              "jsonType.label": "String",
              "id.token.claim": "true",
            },
          },
        ],
      },
      { clientId: OTHER_CLIENT, publicClient: true, redirectUris: [`${gateway}/public/other`] },
    ],
  };
}

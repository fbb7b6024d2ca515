/**
 * Realms of Keycloak with the gateway among their clients:
 * https://www.keycloak.org/docs-api/26.4.0/rest-api/index.html#RealmRepresentation
 */
import { CLIENTS, keycloakClient, type RealmName } from "./keycloak-clients";

/** Another site, whose users Keycloak remembers. It has no server: its address is a public page. */
export const OTHER_CLIENT = "other-site";

/** @param gateway `https://app.localhost:<port>` */
export function realmFor(realm: RealmName, gateway: string): object {
  return {
    realm,
    enabled: true,
    sslRequired: "all",
    // A refresh token can be used once. A second use ends the session.
    revokeRefreshToken: true,
    refreshTokenMaxReuse: 0,
    accessTokenLifespan: 60,
    eventsEnabled: true,
    enabledEventTypes: [
      "CODE_TO_TOKEN",
      "CODE_TO_TOKEN_ERROR",
      "PUSHED_AUTHORIZATION_REQUEST",
      "REFRESH_TOKEN",
      "REFRESH_TOKEN_ERROR",
    ],
    roles: { realm: [{ name: "staff" }, { name: "admin" }] },
    clients: [
      ...Object.entries(CLIENTS)
        .filter(([, client]) => client.realm === realm)
        .map(([id, client]) => keycloakClient(id, client, gateway)),
      { clientId: OTHER_CLIENT, publicClient: true, redirectUris: [`${gateway}/public/other`] },
    ],
  };
}

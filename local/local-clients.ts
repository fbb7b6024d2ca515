/** The gateway's clients, and the users, for the local identity provider. */
import { resourcesOf } from "../config/api-checks";
import type { Config } from "../config/schema";
import { resourcePath, resourceUrl } from "../session/resource-metadata";
import { endpointUrls, postLogoutRedirectUris, redirectUris } from "../stacks/endpoint-urls";
import { hostsOf } from "../stacks/settings";
import { registration } from "./client-keys";
import type { Registered } from "./identity-provider";
import { localAuthentication, localClientId } from "./local-config";
import { audienceResources, programFor } from "./program";
import { userClaims } from "./user-claims";
import type { User } from "./users";

/**
 * @param here the config with the addresses of this machine
 * @param config as it was written
 * @param secret of every client that has one
 */
export function registered(
  here: Config,
  config: Config,
  { users, secret }: { users: User[]; secret: string },
): Registered {
  const place = { hosts: [here.domain], basePath: here.basePath };
  const urls = redirectUris(here);
  return {
    clients: Object.entries(config.identityProviders).map(([id, provider]) => ({
      id: provider.clientId ?? localClientId(id),
      ...registration(localAuthentication(provider.clientAuthentication), {
        secret,
        jwksUri: endpointUrls(place, "/jwks.json")[0]!,
      }),
      ...(provider.pushedAuthorizationRequests && { requiresPushedRequests: true }),
      claims: Object.fromEntries(users.map((user) => [user.id, userClaims(user, provider)])),
      redirectUris: urls[id]!,
      postLogoutRedirectUris: postLogoutRedirectUris(here),
      backchannelLogoutUri: endpointUrls(place, `/backchannel-logout/${id}`)[0]!,
    })),
    users,
    claims: Object.values(config.identityHeaders),
    resources: {
      ...audienceResources(here),
      ...Object.fromEntries(
        resourcesOf(here).flatMap(({ pattern, resource }) =>
          hostsOf(here).map((host) => [resourceUrl(host, resourcePath(pattern)), resource.scopes]),
        ),
      ),
    },
    program: programFor(
      here,
      hostsOf(here).map((host) => `https://${host}`),
    ),
  };
}

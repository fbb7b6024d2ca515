import type { Config } from "../config/schema";
import { eachOf } from "./lists";
import { hostsOf } from "./settings";

/** Where a gateway's endpoints are. */
export interface Place {
  /** Every host that the gateway serves, the main one first. */
  hosts: readonly string[];
  basePath: string;
}

/** The URLs of one endpoint, by host. @param path below the base path, such as `/callback/main` */
export function endpointUrls({ hosts, basePath }: Place, path: string): string[] {
  return eachOf(hosts, (host) => `https://${host}${basePath}${path}`);
}

/** By identity provider: the redirect URIs to register there. */
export function redirectUris(config: Config): Record<string, string[]> {
  return Object.fromEntries(
    Object.keys(config.identityProviders).map((id) => [id, endpointUrls(placeOf(config), `/callback/${id}`)]),
  );
}

/** The post-logout redirect URIs to register at each identity provider. */
export function postLogoutRedirectUris(config: Config): string[] {
  return endpointUrls(placeOf(config), "/signed-out");
}

function placeOf(config: Config): Place {
  return { hosts: hostsOf(config), basePath: config.basePath };
}

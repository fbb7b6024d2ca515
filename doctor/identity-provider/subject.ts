/** The input of the checks of an identity provider. */
import type { JWK } from "jose";
import type { IdentityProvider } from "../../config/identity-provider";
import type { Config } from "../../config/schema";
import { endpointUrls } from "../../stacks/endpoint-urls";
import { hostsOf } from "../../stacks/settings";
import type { Findings } from "../finding";
import type { Http } from "../http";

export interface Subject {
  config: Config;
  /** The provider's ID in the config. */
  id: string;
  provider: IdentityProvider;
  issuer: string;
  clientId: string;
  /** Only if the operator asks to check it. */
  clientSecret?: string | undefined;
  http: Http;
}

/** With the result of discovery. */
export interface DiscoveredSubject extends Subject {
  /** The discovery document; nothing in it has been checked. */
  metadata: Readonly<Record<string, unknown>>;
  keys: readonly JWK[];
}

export type Check = (subject: DiscoveredSubject) => Findings | Promise<Findings>;

/** A list of names in a discovery document; undefined if it is not there. */
export function listIn({ metadata }: DiscoveredSubject, name: string): string[] | undefined {
  const value = metadata[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : undefined;
}

export function endpointIn({ metadata }: DiscoveredSubject, name: string): string | undefined {
  const value = metadata[name];
  return typeof value === "string" && URL.canParse(value) ? value : undefined;
}

/** The addresses to register at the provider, by host. @param endpoint such as `callback` */
export function urlsOf({ config, id }: Subject, endpoint: string): string[] {
  return endpointUrls({ hosts: hostsOf(config), basePath: config.basePath }, `/${endpoint}/${id}`);
}

/** The program of the demo: a client of the local identity provider that calls the API of a config in its own name. */
import { apiBehaviors } from "../config/api-checks";
import type { Config } from "../config/schema";
import { conditionsOf } from "../policy/rule";
import type { Program } from "./identity-provider";

/** Like the users and their passwords, for this machine only. */
export const PROGRAM = { id: "demo-program", secret: "program-demo" } as const;

export interface DemoApi {
  /** A path in a behavior that accepts the program's tokens, such as `/api/hello`. */
  path: string;
  /** The resource of the tokens (RFC 8707). */
  resource: string;
  /** The token endpoint, if the config has the addresses of this machine. */
  tokenEndpoint: string;
}

/**
 * An API that takes access tokens of the first identity provider; undefined if there is none. Tokens of Entra ID and
 * Cognito have another form, and a provider with `emailDomains` accepts no program, so the local provider cannot
 * emulate them.
 */
export function demoApi(config: Config): DemoApi | undefined {
  const [id, provider] = Object.entries(config.identityProviders)[0]!;
  if (provider.profile === "entra" || provider.profile === "cognito" || provider.emailDomains) return undefined;
  const issuer = Object.values(config.accessTokens).find(({ identityProvider }) => identityProvider === id);
  const resource = issuer?.audience.find(isUrl);
  const [behavior] = apiBehaviors(config);
  if (!issuer || issuer.require || resource === undefined || !behavior) return undefined;
  const tokenEndpoint = `${provider.issuer}/token`;
  return { tokenEndpoint, resource, path: behavior.pattern.replace(/\/?\*$/, "").replace(/[*?]/g, "x") + "/hello" };
}

/** The APIs for which the local identity provider gives out tokens, besides those that are described at a path. */
export function audienceResources(config: Config): Record<string, string[]> {
  const scopes = [...new Set(conditionsOf(config.policy).flatMap((conditions) => conditions.scopes ?? []))];
  const audiences = Object.values(config.accessTokens).flatMap(({ identityProvider, audience }) =>
    identityProvider === undefined ? [] : audience.filter(isUrl),
  );
  return Object.fromEntries(audiences.map((audience) => [audience, scopes]));
}

/** @param origins of the hosts of the gateway */
export function programFor(config: Config, origins: string[]): Program | undefined {
  return demoApi(config) && { ...PROGRAM, origins };
}

/** Other audiences cannot be named in a request (RFC 8707 section 2). */
function isUrl(audience: string): boolean {
  return URL.canParse(audience) && !audience.includes("#");
}

/** `curl` commands: without a token, as the program, and as the program at a path whose role it lacks. */
export function curlLines({ path, resource, tokenEndpoint }: DemoApi, url: string): [command: string, what: string][] {
  const { id, secret } = PROGRAM;
  const form = `-d grant_type=client_credentials -d resource=${resource}`;
  return [
    [`curl -k ${url}${path}`, "401: there is no token"],
    [
      `token=$(curl -sk -u ${id}:${secret} ${form} ${tokenEndpoint} | sed 's/.*"access_token":"\\([^"]*\\).*/\\1/')`,
      "get one from the local identity provider",
    ],
    [`curl -k -H "Authorization: Bearer $token" ${url}${path}`, "200, if the rule asks for no role"],
    [`curl -k -X POST -H "Authorization: Bearer $token" ${url}${path}`, "403, if the rule asks for a role"],
  ];
}

/** Checks of API behaviors and of the issuers of access tokens that involve more than one option. */
import { canMeet } from "../policy/coverage";
import { rolesOf } from "../policy/rule";
import { resourcePath } from "../session/resource-metadata";
import type { ConfigProblem } from "./error";
import { notInPolicy } from "./identity-provider-checks";
import type { Api } from "./api";
import { sendsAssertion } from "./origins/protection";
import { jobsAreNamed } from "./job-checks";
import type { Config } from "./schema";

type Check = (config: Config) => ConfigProblem[];

/** The API behaviors of a config, in the order in which they are tried; the default behavior is last. */
export function apiBehaviors(config: Config): { pattern: string; place: string; api: Api; origin: Config["origin"] }[] {
  return [
    ...config.behaviors.flatMap(({ path, api, origin }, i) =>
      api ? [{ pattern: path, place: `behaviors[${i}].api`, api, origin }] : [],
    ),
    ...(config.api ? [{ pattern: "*", place: "api", api: config.api, origin: config.origin }] : []),
  ];
}

export function usesApi(config: Config): boolean {
  return apiBehaviors(config).length > 0;
}

/** True if servers get assertions about callers whose tokens the bearer handler verifies. */
export function assertsTokens(config: Config): boolean {
  return apiBehaviors(config).some(({ origin }) => origin && sendsAssertion(origin));
}

/** The behaviors that are described at a well-known path. */
export function resourcesOf(config: Config): { pattern: string; resource: NonNullable<Api["resource"]> }[] {
  return apiBehaviors(config).flatMap(({ pattern, api: { resource } }) => (resource ? [{ pattern, resource }] : []));
}

const issuersAreComplete: Check = ({ accessTokens, identityProviders }) =>
  Object.entries(accessTokens).flatMap(([id, issuer]) => {
    const place = `accessTokens.${id}`;
    const problems: ConfigProblem[] = [];
    const { identityProvider: provider, profile = "generic" } = issuer;
    const known = Object.keys(identityProviders);
    if (provider !== undefined) {
      if (!known.includes(provider))
        problems.push({
          path: `${place}.identityProvider`,
          message: `"${provider}" is not among identityProviders; write ${known.join(" or ")}`,
        });
      for (const name of ["issuer", "profile", "roles"] as const)
        if (issuer[name] !== undefined)
          problems.push({ path: `${place}.${name}`, message: "remove it: identityProvider says it already" });
    } else if (issuer.issuer === undefined && profile !== "github") {
      problems.push({
        path: `${place}.issuer`,
        message: 'write the issuer as its tokens spell it, or identityProvider: "main" for one of this config',
      });
    }
    if (known.includes(id) && provider !== id)
      problems.push({
        path: place,
        message: `an identity provider is called "${id}", too, and rules could not tell them apart; choose another name, or write identityProvider: "${id}"`,
      });
    if (issuer.type !== undefined && profile !== "generic")
      problems.push({
        path: `${place}.type`,
        message: `remove it: the tokens of the profile "${profile}" never say it`,
      });
    return problems;
  });

/**
 * An ID token names the client as its audience. If `typ` does not distinguish it from an access token, only optional
 * claims can (https://openid.net/specs/openid-connect-core-1_0.html#IDToken).
 */
const audiencesAreNoClients: Check = ({ accessTokens, identityProviders }) =>
  Object.entries(accessTokens).flatMap(([id, { type, audience, identityProvider: provider }]) => {
    if (type !== "any" || provider === undefined || !Object.hasOwn(identityProviders, provider)) return [];
    const { clientId } = identityProviders[provider]!;
    return audience.flatMap((name, i) =>
      name === clientId
        ? [
            {
              path: `accessTokens.${id}.audience[${i}]`,
              message: `ID tokens for people who sign in here name the client "${name}", too; name an audience of the API's own, or leave type out`,
            },
          ]
        : [],
    );
  });

const issuersGrantRolesOfThePolicy: Check = ({ accessTokens, policy }) => {
  const known = rolesOf(policy);
  return Object.entries(accessTokens).flatMap(([id, { roles }]) => [
    ...(roles?.grant ?? []).flatMap((name, i) =>
      known.includes(name) ? [] : [{ path: `accessTokens.${id}.roles.grant[${i}]`, message: notInPolicy(name, known) }],
    ),
    ...Object.entries(roles?.map ?? {}).flatMap(([theirs, name]) =>
      roles!.grant.includes(name)
        ? []
        : [
            {
              path: `accessTokens.${id}.roles.map.${theirs}`,
              message: `"${name}" is not among roles.grant; add it there`,
            },
          ],
    ),
  ]);
};

const apiHasServers: Check = (config) =>
  apiBehaviors(config).flatMap(({ pattern, place, api }) => {
    const origin = pattern === "*" ? config.origin : config.behaviors.find(({ path }) => path === pattern)!.origin;
    const problems: ConfigProblem[] = [];
    if (origin?.type === "s3")
      problems.push({ path: place, message: "remove it: a bucket serves files, and cannot tell callers apart" });
    if (origin?.failover)
      problems.push({
        path: place,
        message: "remove it, or origin.failover: with an origin group, CloudFront takes no POST",
      });
    if (api.forwardToken && origin?.type === "lambda-url")
      problems.push({
        path: `${place}.forwardToken`,
        message: "remove it: CloudFront signs requests to a function URL in the same header",
      });
    const { cors } = api;
    if (cors?.credentials && cors.origins.includes("*"))
      problems.push({
        path: `${place}.cors.credentials`,
        message: 'remove it, or name the origins: browsers refuse credentials with "*"',
      });
    if (cors && pattern.slice(0, -1).includes("*"))
      problems.push({
        path: `${place}.cors`,
        message: `CORS needs a pattern whose only "*" is at its end, such as "/api/*"; it is "${pattern}"`,
      });
    return problems;
  });

/** A cached answer is served again without a new check of the caller's address or the time. */
const cachedApisHaveLastingRules: Check = (config) =>
  apiBehaviors(config).flatMap(({ pattern, place }) => {
    const caching = pattern === "*" ? config.caching : config.behaviors.find(({ path }) => path === pattern)!.caching;
    const passing =
      caching === "optimized" && config.policy.find(({ path, allow }) => canMeet(path, pattern) && passes(allow));
    return passing
      ? [
          {
            path: place.replace(/api$/, "caching"),
            message: `write "disabled": the rule for "${passing.path}" depends on the caller's address, country or time, and what the cache answers is not decided again`,
          },
        ]
      : [];
  });

const PASSING = ["networks", "notNetworks", "countries", "notCountries", "during", "maxAge"];

function passes(allow: Config["policy"][number]["allow"]): boolean {
  if (typeof allow === "string") return false;
  return [allow].flat().some((conditions) => PASSING.some((name) => name in conditions));
}

/** Issuers without an API behavior are a mistake. */
const issuersHaveAnApi: Check = (config) =>
  Object.keys(config.accessTokens).length > 0 && !usesApi(config)
    ? [
        {
          path: "accessTokens",
          message: 'no behavior accepts tokens; write api: true at one, such as { path: "/api/*", api: true, … }',
        },
      ]
    : [];

/** A resource is identified by its URL, from which clients find its document. */
const resourcesHaveAPath: Check = (config) =>
  apiBehaviors(config).flatMap(({ pattern, place, api }) => {
    if (!api.resource) return [];
    const problems: ConfigProblem[] = [];
    if (/[*?]/.test(pattern.replace(/\*$/, "")))
      problems.push({
        path: `${place}.resource`,
        message: `a resource needs a pattern whose only "*" is at its end, such as "/mcp*"; it is "${pattern}"`,
      });
    const others = apiBehaviors(config).filter((other) => other.api.resource && other.place !== place);
    if (others.some((other) => resourcePath(other.pattern) === resourcePath(pattern)))
      problems.push({
        path: `${place}.resource`,
        message: `another behavior is the resource "${resourcePath(pattern) || "/"}" too; describe it at one of them`,
      });
    if (!api.resource.authorizationServers && authorizationServerIds(config).length === 0)
      problems.push({
        path: `${place}.resource`,
        message: "say where clients get tokens: write accessTokens, or authorizationServers here",
      });
    return problems;
  });

/**
 * The issuers where people and programs get tokens. CI services and AWS give tokens only to their own jobs and roles.
 */
export function authorizationServerIds({ accessTokens }: Config): string[] {
  return Object.keys(accessTokens).filter(
    (id) => !["github", "gitlab", "aws"].includes(accessTokens[id]!.profile ?? ""),
  );
}

export const API_CHECKS: readonly Check[] = [
  issuersAreComplete,
  jobsAreNamed,
  audiencesAreNoClients,
  issuersGrantRolesOfThePolicy,
  issuersHaveAnApi,
  apiHasServers,
  resourcesHaveAPath,
  cachedApisHaveLastingRules,
];

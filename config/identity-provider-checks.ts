/** Checks of identity providers that involve more than one option. */
import { profileOf } from "../identity/profiles";
import { rolesOf } from "../policy/rule";
import type { ConfigProblem } from "./error";
import { entraAppProblems } from "./entra-app";
import { issuerOf } from "./identity-provider";
import { SERVICE_TOKEN_IDP } from "../session/service-token";
import { placedConditions } from "./requirement-checks";
import type { Config } from "./schema";

type Check = (config: Config) => ConfigProblem[];

/** A check of each provider. */
function ofEach(
  check: (provider: Config["identityProviders"][string], config: Config) => [option: string, message: string][],
): Check {
  return (config) =>
    Object.entries(config.identityProviders).flatMap(([id, provider]) =>
      check(provider, config).map(([option, message]) => ({ path: `identityProviders.${id}.${option}`, message })),
    );
}

export const identityProvidersAreComplete = ofEach((provider) => {
  const { profile, app, pool, clientId } = provider;
  const problems: [string, string][] = [];
  if (issuerOf(provider) === undefined && !pool)
    problems.push(
      profile === "entra"
        ? ["tenants", 'write the ID of your tenant: tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"]']
        : ["issuer", 'write the issuer as its discovery document spells it, such as "https://login.example.com"'],
    );
  if (clientId === undefined && !app && !pool)
    problems.push(["clientId", "write the client ID that the identity provider gave you"]);
  return problems;
});

/**
 * Allowed names of groups and app roles that Terraform makes. Neither a user pool
 * (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html) nor Entra
 * (https://learn.microsoft.com/graph/api/resources/approle) takes spaces, and Entra takes ASCII only.
 */
export const MADE_ROLE_NAME = /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,63}$/;

/** @param role in quotes */
export function cannotMakeRole(role: string): string {
  return `Terraform makes a role here for each of the policy, and cannot make ${role}; rename it in the policy, with letters, digits and . _ : @ / -`;
}

/** A client that Terraform makes must fit the profile, and the config must not name another one beside it. */
export const madeClientsFitTheProfile = ofEach(({ profile, issuer, clientId, app, pool, tenants }, config) => {
  const problems: [string, string][] = [];
  if (app && profile !== "entra") problems.push(["app", 'only the profile "entra" has an app; remove it']);
  if (pool && profile !== "cognito") problems.push(["pool", 'only the profile "cognito" has a pool; remove it']);
  if (pool && issuer !== undefined)
    problems.push(["issuer", "remove it: pool makes a user pool; or remove pool to use an existing one"]);
  if (pool && clientId !== undefined)
    problems.push(["clientId", "remove it: pool makes the client; or remove pool to use an existing one"]);
  if (pool && pool.tokens.refresh < config.session.absolute)
    problems.push(["pool.tokens.refresh", `write at least session.absolute (${config.session.absolute}s)`]);
  const made = app ? "app" : pool ? "pool" : undefined;
  const odd = made && rolesOf(config.policy).find((role) => !MADE_ROLE_NAME.test(role));
  if (odd !== undefined) problems.push([made!, cannotMakeRole(`"${odd}"`)]);
  if (app)
    for (const { path, message } of entraAppProblems({ app, roles: rolesOf(config.policy), tenants: tenants ?? [] }))
      problems.push([`app.${path}`, message]);
  return problems;
});

/** How the gateway authenticates at Entra, by the credential of the app that Terraform makes. */
const METHOD_OF_CREDENTIAL = {
  federated: ["aws_assertion"],
  certificate: ["private_key_jwt"],
  password: ["client_secret_basic", "client_secret_post"],
};

export const credentialsFit = ofEach(({ profile, app, clientAuthentication }) => {
  const method = typeof clientAuthentication === "string" ? clientAuthentication : clientAuthentication.method;
  if (profile === "cognito" && !["none", "client_secret_basic", "client_secret_post"].includes(method))
    return [["clientAuthentication", 'Cognito takes no assertions; write "none" or "client_secret_basic"']];
  const methods = app && METHOD_OF_CREDENTIAL[app.credential.type];
  if (!methods || methods.includes(method)) return [];
  const [first] = methods;
  const write = first!.includes("secret") ? `"${first}"` : `{ method: "${first}" }`;
  return [["clientAuthentication", `write ${write}: app.credential is "${app.credential.type}"`]];
});

export const tenantsAreForEntra = ofEach(({ profile, tenants, issuer }) => {
  if (profile !== "entra")
    return tenants ? [["tenants", 'only the profile "entra" has tenants; remove it, or write profile: "entra"']] : [];
  if (!tenants)
    return issuer === undefined ? [] : [["tenants", "write the IDs of the tenants whose users may sign in"]];
  const isForAll = issuer?.includes("{tenantid}");
  if (issuer !== undefined && !isForAll && (tenants.length > 1 || !issuer.includes(`/${tenants[0]}/`)))
    return [
      [
        "issuer",
        `its tenant is not the one in tenants; leave issuer out, or write "{tenantid}" in the place of the tenant's ID`,
      ],
    ];
  return [];
});

export const providersGrantRolesOfThePolicy = ofEach(({ profile, roles }, { policy, identityProviders }) => {
  const known = rolesOf(policy);
  const problems: [string, string][] = [];
  const isOnly = Object.keys(identityProviders).length === 1;
  if (!roles.grant && !isOnly && known.length > 0)
    problems.push([
      "roles.grant",
      `write which roles of the policy this provider may grant, such as ["${known[0]}"], or [] for none: there are several providers`,
    ]);
  for (const [i, name] of (roles.grant ?? []).entries())
    if (!known.includes(name)) problems.push([`roles.grant[${i}]`, notInPolicy(name, known)]);
  for (const [theirs, name] of Object.entries(roles.map ?? {}))
    if (!(roles.grant ?? known).includes(name))
      problems.push([
        `roles.map.${theirs}`,
        known.includes(name) ? `"${name}" is not among roles.grant; add it there` : notInPolicy(name, known),
      ]);
  const isGranting = known.length > 0 && (roles.grant ? roles.grant.length > 0 : isOnly);
  if (isGranting && !roles.claim && profileOf(profile).roles === undefined)
    problems.push([
      "roles.claim",
      `the profile "${profile}" has no standard claim for roles; write its path, such as '"https://example.com/roles"', or roles: { grant: [] }`,
    ]);
  return problems;
});

export const placesAreServed = ofEach(({ offeredAt }, { domain, alternateDomains }) => {
  const hosts = [domain, ...alternateDomains];
  return (offeredAt?.hosts ?? []).flatMap((host, i): [string, string][] =>
    hosts.includes(host) ? [] : [[`offeredAt.hosts[${i}]`, `"${host}" is not served; write ${hosts.join(" or ")}`]],
  );
});

export function rulesNameProviders(config: Config): ConfigProblem[] {
  const takesTokens = config.api !== undefined || config.behaviors.some(({ api }) => api !== undefined);
  const known = [
    ...new Set([...Object.keys(config.identityProviders), ...Object.keys(config.accessTokens)]),
    ...(takesTokens ? [SERVICE_TOKEN_IDP] : []),
  ];
  return placedConditions(config).flatMap(({ path, conditions: { idp = [] } }) =>
    idp.flatMap((id, place) =>
      known.includes(id)
        ? []
        : [
            {
              path: `${path}.idp[${place}]`,
              message: `"${id}" is not among identityProviders; write ${known.join(" or ")}`,
            },
          ],
    ),
  );
}

/** Roles that an error names. */
const MAX_NAMED = 5;

export function notInPolicy(role: string, known: readonly string[]): string {
  if (known.length === 0) return `no rule of the policy requires "${role}"; remove it`;
  const write = known.length > MAX_NAMED ? "one of its roles" : known.join(" or ");
  return `no rule of the policy requires "${role}"; write ${write}`;
}

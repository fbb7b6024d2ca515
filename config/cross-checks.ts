/** Checks that involve more than one option. Each is a function from a config to its problems. */
import { canMeet, covers } from "../policy/coverage";
import { requirementText } from "../policy/requirement";
import { rolesOf } from "../policy/rule";
import {
  credentialsFit,
  identityProvidersAreComplete,
  madeClientsFitTheProfile,
  notInPolicy,
  providersGrantRolesOfThePolicy,
  rulesNameProviders,
  tenantsAreForEntra,
  placesAreServed,
} from "./identity-provider-checks";
import { API_CHECKS } from "./api-checks";
import { clientAuthenticationProblems } from "./client-authentication";
import { archiveOf } from "./audit";
import { isAttached } from "./distribution";
import { hostsAreDistinguished } from "./host-checks";
import type { ConfigProblem } from "./error";
import { originProblems } from "./origins/checks";
import { policyTestProblems } from "./policy-tests";
import { countriesAreKnown, excludedRolesAreGranted, preflightsMayPass } from "./requirement-checks";
import type { Config } from "./schema";
import { serviceTokensHaveTheirOwnProvider } from "./service-token-checks";
import { sitesHaveAShell, sitesServeWhatIsDecided } from "./site-checks";
import { wafProblems } from "./waf";

const CHECKS: readonly ((config: Config) => ConfigProblem[])[] = [
  lifetimesNest,
  domainsAreDistinct,
  originProblems,
  certificateIsAvailable,
  zonesAreOfServedHosts,
  ruleHostsAreServed,
  rulesLeaveEndpointsAlone,
  rulesAreReachable,
  behaviorsAreDistinct,
  behaviorsHaveARule,
  sitesHaveAShell,
  sitesServeWhatIsDecided,
  hostsAreDistinguished,
  transmittersNameAProvider,
  identityProvidersAreComplete,
  madeClientsFitTheProfile,
  credentialsFit,
  tenantsAreForEntra,
  providersGrantRolesOfThePolicy,
  placesAreServed,
  rulesNameProviders,
  excludedRolesAreGranted,
  preflightsMayPass,
  countriesAreKnown,
  serviceTokensHaveTheirOwnProvider,
  assertionsHaveAnAudience,
  archiveFitsItsBucket,
  hookGrantsRolesOfThePolicy,
  maintenanceAdmitsRolesOfThePolicy,
  pagesTellRolesOfThePolicy,
  tagKeysAreDistinct,
  ...API_CHECKS,
  wafProblems,
  policyTestProblems,
];

export function checkAcross(config: Config): ConfigProblem[] {
  return CHECKS.flatMap((check) => check(config));
}

function lifetimesNest({ session }: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (session.token > session.idle)
    problems.push({ path: "session.token", message: `write at most session.idle (${session.idle}s)` });
  if (session.idle > session.absolute)
    problems.push({ path: "session.idle", message: `write at most session.absolute (${session.absolute}s)` });
  return problems;
}

function archiveFitsItsBucket({ audit, deletionProtection }: Config): ConfigProblem[] {
  if (audit === undefined || audit.archive === true) return [];
  const { bucketArn, ...own } = audit.archive;
  if (bucketArn !== undefined)
    return Object.entries(own)
      .filter(([, value]) => value !== undefined)
      .map(([name]) => ({
        path: `audit.archive.${name}`,
        message: "leave it out: the bucket in bucketArn has a lifecycle and an Object Lock of its own",
      }));
  if (archiveOf({ audit })!.objectLock !== "compliance" || deletionProtection) return [];
  return [
    {
      path: "audit.archive.objectLock",
      message: 'write "governance": nobody could delete a throw-away stage (deletionProtection: false) with this',
    },
  ];
}

function domainsAreDistinct({ domain, alternateDomains, redirectHosts }: Config): ConfigProblem[] {
  const hosts = [
    { path: "domain", host: domain },
    ...alternateDomains.map((host, i) => ({ path: `alternateDomains[${i}]`, host })),
    ...redirectHosts.map((host, i) => ({ path: `redirectHosts[${i}]`, host })),
  ];
  return hosts.flatMap(({ path, host }, i) =>
    hosts.findIndex((other) => other.host === host) < i
      ? [{ path, message: `"${host}" is already listed; remove it` }]
      : [],
  );
}

function certificateIsAvailable(config: Config): ConfigProblem[] {
  const { domain, alternateDomains, redirectHosts, certificateArn, hostedZoneId, hostedZones } = config;
  if (isAttached(config)) return [];
  if (domain.includes("localhost:") || certificateArn || hostedZoneId) return [];
  const without = [domain, ...alternateDomains, ...redirectHosts].filter((host) => hostedZones[host] === undefined);
  if (without.length === 0) return [];
  const message = "write the ARN of a certificate for the domain, or hostedZoneId to have one issued";
  return Object.keys(hostedZones).length === 0
    ? [{ path: "certificateArn", message }]
    : [{ path: "hostedZones", message: `write the zone of ${without.join(" and ")} too, or a certificateArn` }];
}

function zonesAreOfServedHosts(config: Config): ConfigProblem[] {
  const hosts = [config.domain, ...config.alternateDomains, ...config.redirectHosts];
  return Object.keys(config.hostedZones).flatMap((host) =>
    hosts.includes(host)
      ? []
      : [{ path: `hostedZones.${host}`, message: `"${host}" is not served; write ${hosts.join(" or ")}` }],
  );
}

/**
 * A role cannot have two tags whose keys differ by case only, and every resource has the gateway's tag
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules).
 */
function tagKeysAreDistinct({ tags }: Config): ConfigProblem[] {
  const keys = Object.keys(tags);
  const lower = ["edgegate", ...keys.map((key) => key.toLowerCase())];
  return keys.flatMap((key, i) => {
    const first = lower.indexOf(key.toLowerCase());
    if (first > i) return [];
    const other = first === 0 ? "the gateway's own tag" : `"${keys[first - 1]}"`;
    return [{ path: `tags.${key}`, message: `IAM takes it for ${other}; write another key` }];
  });
}

function ruleHostsAreServed(config: Config): ConfigProblem[] {
  const hosts = [config.domain, ...config.alternateDomains];
  return config.policy.flatMap((rule, i) =>
    rule.host === undefined || hosts.includes(rule.host)
      ? []
      : [
          {
            path: `policy[${i}].host`,
            message: `"${rule.host}" is not served; write ${hosts.join(" or ")}, or add it to alternateDomains`,
          },
        ],
  );
}

function rulesLeaveEndpointsAlone(config: Config): ConfigProblem[] {
  return config.policy.flatMap((rule, i) =>
    `/${rule.path.split("/")[1]}` === config.basePath
      ? [
          {
            path: `policy[${i}].path`,
            message: `${config.basePath} is reserved for the gateway's own endpoints; remove the rule`,
          },
        ]
      : [],
  );
}

function rulesAreReachable(config: Config): ConfigProblem[] {
  return config.policy.flatMap((rule, i) => {
    const earlier = config.policy.slice(0, i).findIndex((other) => covers(other, rule));
    return earlier < 0
      ? []
      : [
          {
            path: `policy[${i}]`,
            message: `can never match: policy[${earlier}] (${config.policy[earlier]!.path}) matches all its requests first; move it up or remove it`,
          },
        ];
  });
}

function transmittersNameAProvider({ eventTransmitters, identityProviders }: Config): ConfigProblem[] {
  const known = Object.keys(identityProviders);
  return Object.entries(eventTransmitters).flatMap(([id, { identityProvider }]) =>
    identityProvider === undefined || known.includes(identityProvider)
      ? []
      : [
          {
            path: `eventTransmitters.${id}.identityProvider`,
            message: `"${identityProvider}" is not among identityProviders; write ${known.join(" or ")}`,
          },
        ],
  );
}

function assertionsHaveAnAudience({ identityProviders }: Config): ConfigProblem[] {
  return Object.entries(identityProviders).flatMap(([id, provider]) =>
    clientAuthenticationProblems(provider, `identityProviders.${id}`),
  );
}

function behaviorsAreDistinct(config: Config): ConfigProblem[] {
  return config.behaviors.flatMap(({ path }, i) => {
    if (config.behaviors.findIndex((other) => other.path === path) < i)
      return [{ path: `behaviors[${i}].path`, message: `"${path}" is already listed; remove one` }];
    if (`/${path.split("/")[1]}` === config.basePath)
      return [
        {
          path: `behaviors[${i}].path`,
          message: `${config.basePath}/* is reserved for the gateway's own endpoints; write another path`,
        },
      ];
    return [];
  });
}

/** A behavior that no rule can match denies everything, so a rule is missing. */
function behaviorsHaveARule(config: Config): ConfigProblem[] {
  return config.behaviors.flatMap(({ path }, i) =>
    config.policy.some((rule) => canMeet(rule.path, path))
      ? []
      : [
          {
            path: `behaviors[${i}].path`,
            message: `no policy rule can match "${path}"; add a rule such as { path: "${path.replace(/\*.*$/, "**")}", allow: "signed-in" }`,
          },
        ],
  );
}

/** No other roles are in tokens. */
/**
 * Characters of a requirement in the address of a page. Together with path and query, the address stays below
 * the 8,192 bytes of a URL that CloudFront takes:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-general
 */
const MAX_TOLD = 1_000;

function pagesTellRolesOfThePolicy({ accessDenied, policy }: Config): ConfigProblem[] {
  if (!accessDenied?.tellRoles) return [];
  const known = rolesOf(policy);
  const unknown = accessDenied.tellRoles.flatMap((name, i) =>
    known.includes(name) ? [] : [{ path: `accessDenied.tellRoles[${i}]`, message: notInPolicy(name, known) }],
  );
  const long = policy.flatMap(({ allow, path }, i) => {
    const { length } = encodeURIComponent(requirementText({ allow, escapes: false }, path));
    const message = `what the rule requires has ${length} characters, and a page can tell ${MAX_TOLD}; require fewer roles in one rule, or leave accessDenied.tellRoles out`;
    return length > MAX_TOLD ? [{ path: `policy[${i}].allow`, message }] : [];
  });
  return [...unknown, ...long];
}

function maintenanceAdmitsRolesOfThePolicy({ maintenance, policy }: Config): ConfigProblem[] {
  const known = rolesOf(policy);
  return (maintenance?.allow?.roles ?? []).flatMap((name, i) =>
    known.includes(name) ? [] : [{ path: `maintenance.allow.roles[${i}]`, message: notInPolicy(name, known) }],
  );
}

function hookGrantsRolesOfThePolicy({ signInHook: hook, policy }: Config): ConfigProblem[] {
  const known = rolesOf(policy);
  return (hook?.grant ?? []).flatMap((name, i) =>
    known.includes(name) ? [] : [{ path: `signInHook.grant[${i}]`, message: notInPolicy(name, known) }],
  );
}

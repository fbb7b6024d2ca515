/** Obstacles to attaching the gate to a distribution, and notes. One entry per risk. */
import { MANAGED_CACHE_POLICY } from "../../stacks/caching";
import { behaviorsOf, type AwsDistribution, type PlacedBehavior } from "./distribution";

/** `problem`: must be changed before the gate is attached. `note`: works, but look at it. */
export interface Risk {
  id: string;
  level: "problem" | "note";
  /** The places: paths of behaviors, origins or hosts. */
  places: string[];
  what: string;
  /** What to do. */
  fix: string;
}

type Rule = Omit<Risk, "places"> & { places(distribution: AwsDistribution): string[] };

/** The paths of the behaviors that match. */
const behaviors = (isSo: (placed: PlacedBehavior["behavior"]) => boolean) => (distribution: AwsDistribution) =>
  behaviorsOf(distribution)
    .filter(({ behavior }) => isSo(behavior))
    .map(({ path }) => path);

const RULES: readonly Rule[] = [
  {
    id: "viewer-request-lambda",
    level: "problem",
    what: "a Lambda@Edge function runs on viewer requests, and CloudFront runs no other one beside it",
    fix: "move it to origin-request, or write it as a function for viewerRequest.after",
    places: behaviors(({ LambdaFunctionAssociations: all }) => all.some((one) => one.EventType === "viewer-request")),
  },
  {
    id: "viewer-response-lambda",
    level: "problem",
    what: "a Lambda@Edge function runs on viewer responses; CloudFront does not combine it with the gate",
    fix: "move it to origin-response, or use a response headers policy",
    places: behaviors(({ LambdaFunctionAssociations: all }) => all.some((one) => one.EventType === "viewer-response")),
  },
  {
    id: "plain-http",
    level: "problem",
    what: "plain http is served, in which no session can be sent",
    fix: 'set the viewer protocol policy to "redirect-to-https"',
    places: behaviors(({ ViewerProtocolPolicy }) => ViewerProtocolPolicy === "allow-all"),
  },
  {
    id: "wildcard-host",
    level: "problem",
    what: "the gate serves hosts that it knows by name",
    fix: "write each host that people open into alternateDomains; all others get a 421",
    places: ({ config }) => config.Aliases.filter((alias) => alias.startsWith("*.")),
  },
  {
    id: "staging",
    level: "problem",
    what: "this is a staging distribution of a continuous deployment",
    fix: "attach the gate to the primary one; the staging one needs it too before it gets traffic",
    places: ({ config }) => (config.Staging === true ? ["distribution"] : []),
  },
  {
    id: "viewer-response-function",
    level: "note",
    what: "a function changes responses, also those for people who are signed in",
    fix: "see that it sets no cookie, and no header that lets responses be cached or framed",
    places: behaviors(({ FunctionAssociations: all }) => all.some((one) => one.EventType === "viewer-response")),
  },
  {
    id: "forwarded-values",
    level: "note",
    what: "legacy ForwardedValues say what the origin gets; identity headers are not among it unless all headers are",
    fix: "use a cache policy and an origin request policy of the output policies",
    places: behaviors(({ ForwardedValues }) => !!ForwardedValues),
  },
  {
    id: "cached",
    level: "note",
    what: "responses are cached: everyone whom the policy lets in gets the same ones",
    fix: "if the origin makes pages for single users there, use policies.server, which caches nothing",
    places: behaviors(
      ({ CachePolicyId, ForwardedValues }) =>
        !ForwardedValues && CachePolicyId !== MANAGED_CACHE_POLICY.CachingDisabled,
    ),
  },
  {
    id: "signed-urls",
    level: "note",
    what: "CloudFront wants signed URLs or cookies there; people then need them and a session",
    fix: "remove the trusted signers or key groups if only the gate should decide",
    places: behaviors(({ TrustedSigners, TrustedKeyGroups }) => TrustedSigners || TrustedKeyGroups),
  },
  {
    id: "open-origin",
    level: "note",
    what: "servers that may answer anyone who finds them, without the gate",
    fix: "write originSecret: { send: true } and let them check the secret, or close them in another way (docs/origins.md)",
    places: ({ config }) =>
      config.Origins.Items.filter(({ CustomOriginConfig }) => !!CustomOriginConfig).map(({ DomainName }) => DomainName),
  },
  {
    id: "no-web-acl",
    level: "note",
    what: "nothing limits requests to the gateway's endpoints",
    fix: "attach a web ACL with a rate limit for /_gate/* (docs/attach.md)",
    places: ({ config }) => (config.WebACLId ? [] : ["distribution"]),
  },
];

/** Problems first. */
export function risksOf(distribution: AwsDistribution): Risk[] {
  return RULES.map(({ places, ...rule }) => ({ ...rule, places: places(distribution) })).filter(
    ({ places }) => places.length > 0,
  );
}

/** Checks of origins that involve more than one option. */
import type { ConfigProblem } from "../error";
import type { Config } from "../schema";
import { partsOfFunction } from "./lambda-url";
import { forwardsHost, originsOf, targetsOf, type Origin, type ServerOrigin, type SingleOrigin } from "./origin";
import { isOpen, protectionOf, sendsAssertion, sendsSecret } from "./protection";

export function originProblems(config: Config): ConfigProblem[] {
  return [
    ...originsOf(config).flatMap(({ path, origin }) => [
      ...notElsewhere(path, origin, config),
      ...bothBuckets(path, origin),
      ...functionElsewhere(path, origin),
      ...unprotected(path, origin),
    ]),
    ...targetsOf(config).flatMap(({ path, origin }) => [
      ...unlikeFailovers(path, origin),
      ...halfOfMissing(path, origin),
    ]),
    ...sentTwice(config),
    ...unaskedAssertion(config),
    ...sharedAssertions(config),
  ];
}

/** For the gateway's own distribution, each origin says whether it gets the secret. */
function sentTwice({ origin, originSecret }: Config): ConfigProblem[] {
  return origin && originSecret.send
    ? [{ path: "originSecret.send", message: "remove it, and write secretHeader: true for each server that checks it" }]
    : [];
}

/** For the gateway's own distribution, each origin says whether it gets assertions, and all have one audience. */
function unaskedAssertion({ assertion, ...config }: Config): ConfigProblem[] {
  if (!config.origin) return [];
  const asking = originsOf(config).filter(({ origin }) => sendsAssertion(origin));
  if (assertion && asking.length === 0)
    return [{ path: "assertion", message: "no origin gets it: write assertion: true for each server that checks it" }];
  if (assertion) return [];
  return asking.map(({ path }) => ({
    path: `${path}.assertion`,
    message: 'say whom it is for: write assertion: { audience: "https://…" } beside origin',
  }));
}

/** A cached answer is for all users, so it must not depend on the user. */
function sharedAssertions({ origin, caching, behaviors }: Config): ConfigProblem[] {
  const targets = [
    ...(origin ? [{ path: "origin", origin, caching }] : []),
    ...behaviors.map((behavior, i) => ({ ...behavior, path: `behaviors[${i}].origin` })),
  ];
  return targets.flatMap(({ path, origin, caching }) =>
    caching === "optimized" && sendsAssertion(origin)
      ? [{ path: `${path}.assertion`, message: "remove it: with caching, one answer is for all users alike" }]
      : [],
  );
}

/**
 * CloudFront answers 403 if a distribution is its own origin:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html
 */
function notElsewhere(path: string, origin: SingleOrigin, { domain, alternateDomains }: Config): ConfigProblem[] {
  if (origin.type === "s3" || ![domain, ...alternateDomains].includes(origin.domainName)) return [];
  const name = origin.domainName;
  return [
    {
      path: `${path}.domainName`,
      message:
        origin.type === "vpc"
          ? `"${name}" is a domain of the gateway; write another name. With host: "viewer", the server's certificate may be for "${name}" all the same`
          : `"${name}" is a domain of the gateway, so requests would return to it; write the host name of the server behind it, such as "origin.${name}"`,
    },
  ];
}

function bothBuckets(path: string, origin: SingleOrigin): ConfigProblem[] {
  return origin.type === "s3" && origin.existingBucket && origin.bucketName !== undefined
    ? [{ path: `${path}.bucketName`, message: "remove it: existingBucket already says which bucket" }]
    : [];
}

function functionElsewhere(path: string, origin: SingleOrigin): ConfigProblem[] {
  if (origin.type !== "lambda-url") return [];
  const { region } = partsOfFunction(origin.functionArn);
  const ofUrl = origin.domainName.split(".")[2]!;
  return region === ofUrl
    ? []
    : [
        {
          path: `${path}.functionArn`,
          message: `the function is in ${region} and the URL in ${ofUrl}; write the ARN of the URL's function`,
        },
      ];
}

function unprotected(path: string, origin: SingleOrigin): ConfigProblem[] {
  if (protectionOf(origin) === undefined)
    return [
      {
        path,
        message: `anybody who finds ${(origin as ServerOrigin).domainName} can go around the gateway; write secretHeader: true and let the server check it, use type: "vpc", or write open: true if it may be open (docs/origins.md)`,
      },
    ];
  return isOpen(origin) && sendsSecret(origin)
    ? [{ path: `${path}.open`, message: "remove it: secretHeader keeps others out" }]
    : [];
}

/**
 * A bucket answers 403 for a missing file, and the site handler makes that a 404. AWS does not document which of the
 * two triggers a failover.
 */
function halfOfMissing(path: string, { type, failover }: Origin): ConfigProblem[] {
  if (type !== "s3" || !failover || failover.on.includes(403) === failover.on.includes(404)) return [];
  return [
    { path: `${path}.failover.on`, message: "write both 403 and 404 for what is missing in a bucket, or neither" },
  ];
}

/** Both origins of a failover get the same requests: those of their behavior. */
function unlikeFailovers(path: string, origin: Origin): ConfigProblem[] {
  if (!origin.failover) return [];
  const { failover, ...first } = origin;
  const second = failover.to;
  const problem = (place: string, message: string) => [{ path: `${path}.failover.to${place}`, message }];
  if ((first.type === "s3") !== (second.type === "s3"))
    return problem(
      ".type",
      "write an S3 origin for an S3 origin, and a server for a server: both get the same requests, and buckets get no identity",
    );
  if (forwardsHost(first) !== forwardsHost(second))
    return problem("", `let both servers get the same Host: ${JSON.stringify(hostOf(first))}`);
  if (sendsSecret(first) !== sendsSecret(second))
    return problem("", `let both servers get the secret header, or none: secretHeader: ${sendsSecret(first)}`);
  if (sendsAssertion(first) !== sendsAssertion(second))
    return problem("", `let both servers get assertions, or none: assertion: ${sendsAssertion(first)}`);
  if (JSON.stringify(first) === JSON.stringify(second)) return problem("", "write another origin than the first");
  return [];
}

function hostOf(origin: SingleOrigin): "viewer" | "origin" {
  return forwardsHost(origin) ? "viewer" : "origin";
}

import type { Construct } from "constructs";
import type { Config } from "../../config/schema";
import { Caching, type CachePolicies } from "../caching";
import type { Rim, RimProps } from "./rim";

/** IDs of CloudFront's policies, by what the origin of a behavior is. */
export interface PoliciesToChoose {
  responseHeadersPolicyId: string;
  /** Servers that build pages for the user: they get everything, the identity headers too, and nothing is cached. */
  server: CachePolicies;
  /** The same for servers that need the host that people opened. */
  serverByHost: CachePolicies;
  /** Servers that get the origin secret; undefined if the gate sends none. No other policy here passes it on. */
  serverWithSecret?: CachePolicies;
  /** Files for all users alike, which the origin marks as cacheable. They never learn who is asking. */
  shared: CachePolicies;
  /** The same, from a server that gets the origin secret. */
  sharedWithSecret?: CachePolicies;
  /** The files of a bucket. */
  bucket: CachePolicies;
}

/** The distribution, its origins, DNS, certificate, web ACL and access logs are somebody else's. */
export function attachedRim(scope: Construct, { config, protection }: RimProps): Rim {
  const { distribution } = config;
  return {
    ...(typeof distribution === "object" && { distributionId: distribution.id }),
    logs: {},
    siteBuckets: [],
    originAccess: {},
    policies: policiesToChoose(new Caching(scope, "cache", config), config, protection.responseHeadersPolicyId),
  };
}

function policiesToChoose(caching: Caching, config: Config, responseHeadersPolicyId: string): PoliciesToChoose {
  return {
    responseHeadersPolicyId,
    server: caching.policiesForServer({ byHost: false, withSecret: false }, "disabled"),
    serverByHost: caching.policiesForServer({ byHost: true, withSecret: false }, "disabled"),
    ...(config.originSecret.send && {
      serverWithSecret: caching.policiesForServer({ byHost: false, withSecret: true }, "disabled"),
      sharedWithSecret: caching.policiesForServer({ byHost: false, withSecret: true }, "optimized"),
    }),
    shared: caching.policiesForServer({ byHost: false, withSecret: false }, "optimized"),
    bucket: caching.policiesForBucket("optimized"),
  };
}

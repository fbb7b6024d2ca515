/**
 * How a site is delivered: the distribution, and the resources around its edge functions. Either the gateway makes its own
 * (managed-delivery.ts), or it is attached to an existing distribution (attached-delivery.ts).
 */
import type { ITerraformDependable } from "cdktf";
import type { Artifacts } from "../../build/artifacts";
import type { Config } from "../../config/schema";
import type { Protection } from "../associations";
import type { CachePolicies } from "../caching";
import type { ResponseHeaders } from "../response-headers";

export interface DeliveryProps {
  config: Config;
  artifacts: Artifacts;
  protection: Protection;
  responseHeaders: ResponseHeaders;
  /** Resources that must exist before DNS sends people here. */
  before: readonly ITerraformDependable[];
}

/** IDs of CloudFront's policies, by what the origin of a behavior is. */
export interface PoliciesToChoose {
  responseHeadersPolicyId: string;
  /** Servers that build pages for the user: they get everything, including identity headers, and nothing is cached. */
  server: CachePolicies;
  /** The same for servers that need the host that people opened. */
  serverByHost: CachePolicies;
  /** Servers that get the origin secret; undefined if the gate sends none. No other policy here passes it on. */
  serverWithSecret?: CachePolicies;
  /** Servers that get assertions, and the origin secret if the gate sends it; undefined if the gate makes none. */
  serverWithAssertion?: CachePolicies;
  /** Files for all users alike, which the origin marks as cacheable. They never get the user's identity. */
  shared: CachePolicies;
  /** The same, from a server that gets the origin secret. */
  sharedWithSecret?: CachePolicies;
  /** The files of a bucket. */
  bucket: CachePolicies;
}

export interface Delivery {
  /** Undefined if it is not known. */
  distributionId?: string;
  /** Undefined if the distribution is not the gateway's. */
  distribution?: {
    /** In the stack. */
    name: string;
    domainName: string;
  };
  /** The function that redirects hosts to the main one, and the distribution in front of it. */
  redirect?: { functionArn: string; domainName: string };
  /** Log groups that the gateway makes. */
  logs: { access?: string; webAcl?: string };
  siteBuckets: readonly string[];
  /** By origin: how its owner must grant access to the distribution. */
  originAccess: Readonly<Record<string, string>>;
  /** The policies that the owner of an existing distribution can choose from. */
  policies?: PoliciesToChoose;
}

import { CloudfrontCachePolicy } from "@cdktf/provider-aws/lib/cloudfront-cache-policy";
import { Construct } from "constructs";
import type { Config, Origin } from "../config/schema";

/**
 * IDs are the same in every account:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 */
export const MANAGED_CACHE_POLICY = {
  CachingDisabled: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  CachingOptimized: "658327ea-f89d-4fab-a63d-7e88639e58f6",
} as const;

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html */
const MANAGED_ORIGIN_REQUEST_POLICY = {
  AllViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
} as const;

export interface CachePolicies {
  cachePolicyId: string;
  originRequestPolicyId?: string;
}

/**
 * What a behavior caches and what its origin receives. An origin that learns who is asking is never cached, and a
 * cached origin never learns it. Either way, the gate decides before the cache.
 */
export class Caching extends Construct {
  readonly #name: string;
  #shared: CloudfrontCachePolicy | undefined;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.#name = `${config.name}-shared`;
  }

  policiesFor(type: Origin["type"], caching: "disabled" | "optimized"): CachePolicies {
    const table = {
      // Nothing but the path reaches the bucket; origin access control signs the request.
      "s3 disabled": () => ({ cachePolicyId: MANAGED_CACHE_POLICY.CachingDisabled }),
      "s3 optimized": () => ({ cachePolicyId: MANAGED_CACHE_POLICY.CachingOptimized }),
      // Not the Host header: the origin's certificate is for its own name.
      "custom disabled": () => ({
        cachePolicyId: MANAGED_CACHE_POLICY.CachingDisabled,
        originRequestPolicyId: MANAGED_ORIGIN_REQUEST_POLICY.AllViewerExceptHostHeader,
      }),
      "custom optimized": () => ({ cachePolicyId: this.#sharedPolicy().id }),
    };
    return table[`${type} ${caching}` as const]();
  }

  /**
   * Caches what a custom origin marks as cacheable, for all users. The managed policy CachingOptimized does not fit:
   * its minimum TTL of one second overrides `no-store` and `private`
   * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html#ExpirationDownloadDist).
   */
  #sharedPolicy(): CloudfrontCachePolicy {
    this.#shared ??= new CloudfrontCachePolicy(this, "shared", {
      name: this.#name,
      comment: "Keeps what the origin marks as cacheable, for all users alike",
      minTtl: 0,
      defaultTtl: 0,
      maxTtl: 31_536_000,
      parametersInCacheKeyAndForwardedToOrigin: {
        cookiesConfig: { cookieBehavior: "none" },
        headersConfig: { headerBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: "all" },
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
      },
    });
    return this.#shared;
  }
}

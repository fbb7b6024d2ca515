import { CloudfrontCachePolicy } from "@cdktf/provider-aws/lib/cloudfront-cache-policy";
import { CloudfrontOriginRequestPolicy } from "@cdktf/provider-aws/lib/cloudfront-origin-request-policy";
import { Construct } from "constructs";
import { forwardsHost, type SingleOrigin } from "../config/origins/origin";
import { sendsAssertion, sendsSecret, usesOriginSecret } from "../config/origins/protection";
import type { Config } from "../config/schema";
import { comparesCountries } from "../policy/rule";
import { ASSERTION_HEADER } from "../session/assertion";
import { ORIGIN_SECRET_HEADER } from "../session/origin-secret";

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
  AllViewer: "216adef6-5c7f-47e4-b989-5492eafa07d3",
  AllViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
} as const;

/**
 * Headers that distinguish callers: the token, or the gate's statement about a session. The handler gets the same
 * headers. A policy allows ten
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html).
 */
const API_KEY = ["Authorization", "Origin", "X-Gate-Requirement", "X-Gate-Roles", "X-Gate-Session", "X-Gate-User"];

/**
 * A function gets this header only if a policy of the behavior has it. If none has, a viewer could send it
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html).
 */
const COUNTRY_HEADER = "CloudFront-Viewer-Country";

const COMMENTS = { whitelist: "Only", allExcept: "All but", allViewerAndWhitelistCloudFront: "All and" } as const;

export interface CachePolicies {
  cachePolicyId: string;
  originRequestPolicyId?: string;
}

/** Optional parts of the requests that a server gets. */
export interface ServerHeaders {
  /** The viewer's `Host`. */
  byHost?: boolean;
  /** The origin secret. */
  withSecret?: boolean;
  /** Assertions about the user. */
  withAssertion?: boolean;
}

/**
 * What a behavior caches and what its origin receives. An origin that gets the user's identity is never cached, and a
 * cached origin never gets it. Either way, the gate decides before the cache.
 */
export class Caching extends Construct {
  readonly #name: string;
  readonly #hasOriginSecret: boolean;
  readonly #hasAssertion: boolean;
  /** Headers that CloudFront adds for the gate. */
  readonly #added: string[];
  /** Seconds for which a cached answer of an API may outlive the revocation of its caller. */
  readonly #longestForCaller: number;
  readonly #shared = new Map<string, CloudfrontCachePolicy>();
  readonly #requests = new Map<string, CloudfrontOriginRequestPolicy>();

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.#name = config.name;
    this.#hasOriginSecret = usesOriginSecret(config);
    this.#hasAssertion = config.assertion !== undefined;
    this.#added = comparesCountries(config.policy) ? [COUNTRY_HEADER] : [];
    this.#longestForCaller = config.session.token;
  }

  policiesFor(origin: SingleOrigin, caching: "disabled" | "optimized"): CachePolicies {
    if (origin.type === "s3") return this.policiesForBucket(caching);
    const [withSecret, withAssertion] = [sendsSecret(origin), sendsAssertion(origin)];
    return this.policiesForServer({ byHost: forwardsHost(origin), withSecret, withAssertion }, caching);
  }

  /** Nothing but the path reaches a bucket; origin access control signs the request. */
  policiesForBucket(caching: "disabled" | "optimized"): CachePolicies {
    return {
      cachePolicyId: MANAGED_CACHE_POLICY[caching === "optimized" ? "CachingOptimized" : "CachingDisabled"],
      ...this.#withHeaders([]),
    };
  }

  policiesForServer(server: ServerHeaders, caching: "disabled" | "optimized"): CachePolicies {
    const { byHost = false, withSecret = false, withAssertion = false } = server;
    if (caching === "optimized") {
      const cachePolicyId = this.#sharedPolicy(byHost).id;
      // Not part of the cache key: a new value must not empty the cache.
      return { cachePolicyId, ...this.#withHeaders(withSecret ? [ORIGIN_SECRET_HEADER] : []) };
    }
    return {
      cachePolicyId: MANAGED_CACHE_POLICY.CachingDisabled,
      originRequestPolicyId:
        this.#added.length > 0
          ? // The config has checked that no required header is missing (config/requirement-checks.ts).
            this.#requestPolicy("viewer_and_country", "allViewerAndWhitelistCloudFront", this.#added)
          : this.#without({
              host: !byHost,
              secret: this.#hasOriginSecret && !withSecret,
              assertion: this.#hasAssertion && !withAssertion,
            }),
    };
  }

  /** Only these headers, and those that the gate needs. */
  #withHeaders(headers: string[]): Pick<CachePolicies, "originRequestPolicyId"> {
    const items = [...headers, ...this.#added];
    if (items.length === 0) return {};
    const id = [...(headers.length > 0 ? ["secret"] : []), ...(this.#added.length > 0 ? ["country"] : [])].join("_");
    return { originRequestPolicyId: this.#requestPolicy(id, "whitelist", items) };
  }

  /**
   * For a behavior for programs. Requests of different callers, or that need something different, must never share a cache key, even
   * if nothing is cached: CloudFront answers simultaneous requests with one key by one response of the origin
   * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-traffic-spikes).
   */
  policiesForApi(origin: SingleOrigin, caching: "disabled" | "optimized"): CachePolicies {
    const server = {
      byHost: forwardsHost(origin),
      withSecret: sendsSecret(origin),
      withAssertion: sendsAssertion(origin),
    };
    const { originRequestPolicyId } = this.policiesForServer(server, caching);
    const cachePolicyId = this.#apiPolicy(server.byHost, caching).id;
    return { cachePolicyId, ...(originRequestPolicyId !== undefined && { originRequestPolicyId }) };
  }

  /**
   * `disabled` has a maximum TTL of one second, because CloudFront takes no key without a TTL: "when all are 0, the other
   * settings are not valid" (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html). So
   * a cacheable answer is kept for a second, for the same caller, cookies and language. `Accept-Encoding` is not in the
   * key: nothing is compressed here.
   *
   * `optimized` has a maximum TTL of `session.token`: a cached answer is not checked against revocations. In the worst
   * case, a session token of a revoked caller is accepted for as long. A service token can be valid for a year.
   */
  #apiPolicy(byHost: boolean, caching: "disabled" | "optimized"): CloudfrontCachePolicy {
    const isCached = caching === "optimized";
    const id = `api${isCached ? "_shared" : ""}${byHost ? "_by_host" : ""}`;
    const headers = [
      ...API_KEY,
      byHost ? "Host" : "X-Forwarded-Host",
      ...(isCached ? [] : ["Accept", "Accept-Language"]),
    ];
    const known =
      this.#shared.get(id) ??
      new CloudfrontCachePolicy(this, id, {
        name: `${this.#name}-${id.replaceAll("_", "-")}`,
        comment: isCached ? "Keeps what the origin marks as cacheable, for one caller" : "Keeps callers apart",
        minTtl: 0,
        defaultTtl: 0,
        maxTtl: isCached ? this.#longestForCaller : 1,
        parametersInCacheKeyAndForwardedToOrigin: {
          cookiesConfig: { cookieBehavior: isCached ? "none" : "all" },
          headersConfig: { headerBehavior: "whitelist", headers: { items: headers } },
          queryStringsConfig: { queryStringBehavior: "all" },
          enableAcceptEncodingBrotli: isCached,
          enableAcceptEncodingGzip: isCached,
        },
      });
    this.#shared.set(id, known);
    return known;
  }

  /**
   * Like the managed policies, but without the secret and the assertion. The gate sets these without knowing the
   * request's origin. An origin that must not have them could otherwise pose as the gateway, or as the user, at servers
   * that trust them.
   */
  #without({ host, secret, assertion }: { host: boolean; secret: boolean; assertion: boolean }): string {
    if (!secret && !assertion) return MANAGED_ORIGIN_REQUEST_POLICY[host ? "AllViewerExceptHostHeader" : "AllViewer"];
    const suffix = !assertion ? "" : secret ? "_unmarked" : "_unasserted";
    return this.#requestPolicy((host ? "viewer_without_host" : "viewer") + suffix, "allExcept", [
      ...(host ? ["host"] : []),
      ...(secret ? [ORIGIN_SECRET_HEADER] : []),
      ...(assertion ? [ASSERTION_HEADER] : []),
    ]);
  }

  /** @returns the policy's ID */
  #requestPolicy(id: string, headerBehavior: keyof typeof COMMENTS, items: string[]): string {
    const isForAll = headerBehavior !== "whitelist";
    const known =
      this.#requests.get(id) ??
      new CloudfrontOriginRequestPolicy(this, id, {
        name: `${this.#name}-${id.replaceAll("_", "-")}`,
        comment: `${COMMENTS[headerBehavior]} ${items.join(" and ")}`,
        cookiesConfig: { cookieBehavior: isForAll ? "all" : "none" },
        headersConfig: { headerBehavior, headers: { items } },
        queryStringsConfig: { queryStringBehavior: isForAll ? "all" : "none" },
        // The distribution stops using a policy before that is deleted.
        lifecycle: { createBeforeDestroy: true },
      });
    this.#requests.set(id, known);
    return known.id;
  }

  /**
   * Caches what a server marks as cacheable, for all users. The managed policy CachingOptimized does not fit: its
   * minimum TTL of one second overrides `no-store` and `private`
   * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html#ExpirationDownloadDist).
   *
   * @param byHost for a server that gets the viewer's `Host`: what it answers for one host must not be served on
   *   another. Without this, CloudFront's cache key has the path but no host
   *   (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html)
   */
  #sharedPolicy(byHost: boolean): CloudfrontCachePolicy {
    const id = byHost ? "shared_by_host" : "shared";
    const known =
      this.#shared.get(id) ??
      new CloudfrontCachePolicy(this, id, {
        name: `${this.#name}-${id.replaceAll("_", "-")}`,
        comment: `Keeps what the origin marks as cacheable, for all users alike${byHost ? ", by host" : ""}`,
        minTtl: 0,
        defaultTtl: 0,
        maxTtl: 31_536_000,
        parametersInCacheKeyAndForwardedToOrigin: {
          cookiesConfig: { cookieBehavior: "none" },
          headersConfig: byHost
            ? { headerBehavior: "whitelist", headers: { items: ["Host"] } }
            : { headerBehavior: "none" },
          queryStringsConfig: { queryStringBehavior: "all" },
          enableAcceptEncodingBrotli: true,
          enableAcceptEncodingGzip: true,
        },
      });
    this.#shared.set(id, known);
    return known;
  }
}

import {
  CloudfrontDistribution,
  type CloudfrontDistributionDefaultCacheBehavior,
  type CloudfrontDistributionViewerCertificate,
} from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { Construct } from "constructs";
import type { Api } from "../config/api";
import type { Config, Origin } from "../config/schema";
import { resourcesOf } from "../config/api-checks";
import {
  ALL_METHODS,
  authBehavior,
  CACHED_METHODS,
  gateAssociation,
  resourceMetadataBehavior,
  type Protection,
} from "./associations";
import type { Caching } from "./caching";
import type { ResponseHeaders } from "./response-headers";
import { originId, targetId } from "./origins/ids";
import { isS3, type Origins } from "./origins/origins";

export interface DistributionProps {
  config: Config;
  /** The origin of the default behavior. */
  origin: Origin;
  origins: Origins;
  caching: Caching;
  protection: Protection;
  responseHeaders: ResponseHeaders;
  /** The Lambda@Edge version on the answers of buckets; undefined without a bucket. */
  siteArn: string | undefined;
  /** Undefined for none. */
  webAclArn: string | undefined;
  /** The hosts that CloudFront itself must know: all but those that only the local edge serves. */
  aliases: readonly string[];
  certificateArn: string | undefined;
}

const READ_METHODS = ["GET", "HEAD", "OPTIONS"];

/** The distribution. The gateway's own endpoints come first; every other request passes the gate. */
export class Distribution extends Construct {
  readonly id: string;
  readonly arn: string;
  readonly domainName: string;
  readonly hostedZoneId: string;
  readonly #resource: CloudfrontDistribution;

  constructor(scope: Construct, id: string, props: DistributionProps) {
    super(scope, id);
    const { config, origin } = props;
    const distribution = new CloudfrontDistribution(this, "Resource", {
      comment: `${config.domain} behind edgegate`,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      priceClass: "PriceClass_All",
      waitForDeployment: true,
      ...(props.webAclArn === undefined ? {} : { webAclId: props.webAclArn }),
      aliases: [...props.aliases],
      origin: props.origins.definitions,
      ...(props.origins.groups.length === 0 ? {} : { originGroup: props.origins.groups }),
      orderedCacheBehavior: [
        // A single origin, because a group takes no POST.
        { ...authBehavior(props.protection), targetOriginId: originId(origin) },
        ...(resourcesOf(config).length > 0
          ? [{ ...resourceMetadataBehavior(props.protection), targetOriginId: originId(origin) }]
          : []),
        ...config.behaviors.map(({ path, origin, caching, api }) => ({
          pathPattern: path,
          ...(api ? apiBehavior(props, origin, caching, api) : gatedBehavior(props, origin, caching)),
        })),
      ],
      defaultCacheBehavior: config.api
        ? apiBehavior(props, origin, config.caching ?? "disabled", config.api)
        : gatedBehavior(props, origin, config.caching ?? (isS3(origin) ? "optimized" : "disabled")),
      viewerCertificate: viewerCertificate(props.certificateArn),
      restrictions: { geoRestriction: { restrictionType: "none" } },
    });
    this.id = distribution.id;
    this.arn = distribution.arn;
    this.domainName = distribution.domainName;
    this.hostedZoneId = distribution.hostedZoneId;
    this.#resource = distribution;
  }

  /** The resource's name in the stack. */
  get name(): string {
    return this.#resource.friendlyUniqueId;
  }
}

function gatedBehavior(
  props: DistributionProps,
  origin: Origin,
  caching: "disabled" | "optimized",
): CloudfrontDistributionDefaultCacheBehavior {
  return {
    targetOriginId: targetId(origin),
    viewerProtocolPolicy: "redirect-to-https",
    // With an origin group, CloudFront takes no other methods:
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html
    allowedMethods: isS3(origin) || origin.failover ? READ_METHODS : ALL_METHODS,
    cachedMethods: CACHED_METHODS,
    compress: caching === "optimized",
    ...props.caching.policiesFor(origin, caching),
    responseHeadersPolicyId: props.protection.responseHeadersPolicyId,
    functionAssociation: [gateAssociation(props.protection)],
    ...(isS3(origin) && {
      lambdaFunctionAssociation: [{ eventType: "origin-response", lambdaArn: props.siteArn! }],
    }),
  };
}

/** A behavior for programs. Its gate passes on tokens that the handler on origin requests verifies. */
function apiBehavior(
  props: DistributionProps,
  origin: Origin,
  caching: "disabled" | "optimized",
  { cors }: Api,
): CloudfrontDistributionDefaultCacheBehavior {
  const { gateArn, bearerArn } = props.protection.api!;
  return {
    ...gatedBehavior(props, origin, caching),
    ...props.caching.policiesForApi(origin, caching),
    ...(cors && { responseHeadersPolicyId: props.responseHeaders.withCors(cors) }),
    functionAssociation: [{ eventType: "viewer-request", functionArn: gateArn }],
    lambdaFunctionAssociation: [{ eventType: "origin-request", lambdaArn: bearerArn }],
    // There is no redirect from http: clients would follow it unnoticed, and keep sending their token in the clear.
    viewerProtocolPolicy: "https-only",
  };
}

/**
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
 */
export function viewerCertificate(certificateArn: string | undefined): CloudfrontDistributionViewerCertificate {
  if (certificateArn === undefined) return { cloudfrontDefaultCertificate: true };
  return { acmCertificateArn: certificateArn, sslSupportMethod: "sni-only", minimumProtocolVersion: "TLSv1.2_2021" };
}

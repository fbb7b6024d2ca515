import type { CloudfrontDistributionOrigin } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control";
import { Construct } from "constructs";
import type { Config, Origin } from "../config/schema";
import { SiteBucket } from "./site-bucket";

type S3Origin = Extract<Origin, { type: "s3" }>;
type CustomOrigin = Extract<Origin, { type: "custom" }>;

/** The origins of a config. Behaviors with equal origins share one. */
export class Origins extends Construct {
  readonly definitions: CloudfrontDistributionOrigin[];
  readonly buckets: SiteBucket[];

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const origins = new Map([config, ...config.behaviors].map(({ origin }) => [originId(origin), origin]));
    const buckets = new Map(
      [...origins.values()].filter(isS3).map((origin) => [originId(origin), siteBucket(scope, config, origin)]),
    );
    const accessControl = buckets.size > 0 ? s3AccessControl(this, config) : undefined;

    this.buckets = [...buckets.values()];
    this.definitions = [...origins].map(([originId, origin]) =>
      isS3(origin)
        ? { originId, domainName: buckets.get(originId)!.domainName, originAccessControlId: accessControl!.id }
        : { originId, ...customOrigin(origin) },
    );
  }
}

/** Derived from the origin, not from its position in the config, so that reordering behaviors changes no origin. */
export function originId(origin: Origin): string {
  if (isS3(origin)) return origin.bucketName === undefined ? "site" : `site-${origin.bucketName}`;
  return `${origin.domainName}:${origin.httpsPort}${origin.path ?? ""}`;
}

export function isS3(origin: Origin): origin is S3Origin {
  return origin.type === "s3";
}

function siteBucket(scope: Construct, config: Config, origin: S3Origin): SiteBucket {
  const { bucketName } = origin;
  return new SiteBucket(
    scope,
    originId(origin),
    bucketName === undefined ? { bucketPrefix: `${config.name}-` } : { bucket: bucketName },
    config,
  );
}

/** CloudFront signs every request to the bucket, whatever the viewer sends. */
function s3AccessControl(scope: Construct, config: Config): CloudfrontOriginAccessControl {
  return new CloudfrontOriginAccessControl(scope, "access_control", {
    name: `${config.name}-s3`,
    description: `Signs the requests of ${config.name} to its buckets`,
    originAccessControlOriginType: "s3",
    signingBehavior: "always",
    signingProtocol: "sigv4",
  });
}

function customOrigin(origin: CustomOrigin): Omit<CloudfrontDistributionOrigin, "originId"> {
  return {
    domainName: origin.domainName,
    ...(origin.path === undefined ? {} : { originPath: origin.path }),
    customOriginConfig: {
      httpPort: 80,
      httpsPort: origin.httpsPort,
      originProtocolPolicy: "https-only",
      originSslProtocols: ["TLSv1.2"],
    },
  };
}

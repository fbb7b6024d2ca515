import type { CloudfrontDistributionOrigin } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { Construct } from "constructs";
import type { S3Origin } from "../../config/origins/s3";
import type { Config, Origin } from "../../config/schema";
import { customOrigin } from "./custom";
import { s3AccessControl, siteBucket } from "./s3";
import type { SiteBucket } from "./site-bucket";

/** The origins of a config. Behaviors with equal origins share one. */
export class Origins extends Construct {
  readonly definitions: CloudfrontDistributionOrigin[];
  readonly buckets: SiteBucket[];

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const origins = new Map([config, ...config.behaviors].map(({ origin }) => [originId(origin), origin]));
    const buckets = new Map(
      [...origins]
        .filter((entry): entry is [string, S3Origin] => isS3(entry[1]))
        .map(([id, origin]) => [id, siteBucket(scope, id, origin, config)]),
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

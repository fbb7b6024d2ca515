import type { CloudfrontDistributionOrigin } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { Construct } from "constructs";
import type { S3Origin } from "../../config/origins/s3";
import type { Config, Origin } from "../../config/schema";
import { customOrigin } from "./custom";
import { SITE_HEADER } from "../../session/site";
import { s3AccessControl, siteBucket } from "./s3";
import type { SiteBucket } from "./site-bucket";
import { siteSettings } from "./site-handler";

/** The origins of a config. Behaviors with equal origins share one. */
export class Origins extends Construct {
  readonly definitions: CloudfrontDistributionOrigin[];
  readonly buckets: SiteBucket[];

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    const origins = new Map([config, ...config.behaviors].map(({ origin }) => [originId(origin), origin]));
    const sites = [...origins.values()].filter(isS3);
    const buckets = new Map(sites.map((origin) => [bucketId(origin), origin]));
    const made = new Map([...buckets].map(([id, origin]) => [id, siteBucket(scope, id, origin, config)]));
    const accessControl = made.size > 0 ? s3AccessControl(this, config) : undefined;

    this.buckets = [...made.values()];
    this.definitions = [...origins].map(([originId, origin]) =>
      isS3(origin)
        ? {
            originId,
            domainName: made.get(bucketId(origin))!.domainName,
            originAccessControlId: accessControl!.id,
            customHeader: [{ name: SITE_HEADER, value: siteSettings(config, origin) }],
          }
        : { originId, ...customOrigin(origin) },
    );
  }
}

/** Derived from the origin, not from its position in the config, so that reordering behaviors changes no origin. */
export function originId(origin: Origin): string {
  if (isS3(origin)) return [bucketId(origin), ...servingId(origin)].join(":");
  return `${origin.domainName}:${origin.httpsPort}${origin.path ?? ""}`;
}

function bucketId({ bucketName }: S3Origin): string {
  return bucketName === undefined ? "site" : `site-${bucketName}`;
}

/** How files are served, if not by default: the same bucket served in another way is another origin. */
function servingId({ index, spa, notFound = "" }: S3Origin): string[] {
  const folders = spa ? "spa" : index === false ? "no-index" : index === "index.html" ? "" : index;
  return folders === "" && notFound === "" ? [] : [folders + notFound];
}

export function isS3(origin: Origin): origin is S3Origin {
  return origin.type === "s3";
}

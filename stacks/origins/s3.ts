import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control";
import type { Construct } from "constructs";
import type { S3Origin } from "../../config/origins/s3";
import type { Config } from "../../config/schema";
import { SiteBucket } from "./site-bucket";

export function siteBucket(scope: Construct, id: string, { bucketName }: S3Origin, config: Config): SiteBucket {
  const name = bucketName === undefined ? { bucketPrefix: `${config.name}-` } : { bucket: bucketName };
  return new SiteBucket(scope, id, name, config);
}

/** CloudFront signs every request to the bucket, whatever the viewer sends. */
export function s3AccessControl(scope: Construct, config: Config): CloudfrontOriginAccessControl {
  return new CloudfrontOriginAccessControl(scope, "access_control", {
    name: `${config.name}-s3`,
    description: `Signs the requests of ${config.name} to its buckets`,
    originAccessControlOriginType: "s3",
    signingBehavior: "always",
    signingProtocol: "sigv4",
  });
}

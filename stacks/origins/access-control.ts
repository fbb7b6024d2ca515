import { CloudfrontOriginAccessControl } from "@cdktf/provider-aws/lib/cloudfront-origin-access-control";
import type { Construct } from "constructs";
import type { Config } from "../../config/schema";

const SIGNED = { s3: "buckets", lambda: "functions" } as const;

/** CloudFront signs every request to origins of this type, and replaces a viewer's `Authorization` header. */
export function accessControl(
  scope: Construct,
  id: string,
  type: keyof typeof SIGNED,
  { name }: Config,
): CloudfrontOriginAccessControl {
  return new CloudfrontOriginAccessControl(scope, id, {
    name: `${name}-${type}`,
    description: `Signs the requests of ${name} to its ${SIGNED[type]}`,
    originAccessControlOriginType: type,
    signingBehavior: "always",
    signingProtocol: "sigv4",
  });
}

import type { CloudfrontDistributionOrigin } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudfrontVpcOrigin } from "@cdktf/provider-aws/lib/cloudfront-vpc-origin";
import type { Construct } from "constructs";
import type { VpcOrigin } from "../../config/origins/vpc";
import type { Config } from "../../config/schema";
import { connectionOf, timeoutsOf } from "./connection";

export function portOf({ protocol, port }: VpcOrigin): number {
  return port ?? (protocol === "https" ? 443 : 80);
}

/**
 * The parts of an origin that determine its endpoint, without names and paths. Origins with equal parts share one
 * endpoint.
 */
export function endpointOf(origin: VpcOrigin): [arn: string, protocol: string, port: number] {
  return [origin.arn, origin.protocol, portOf(origin)];
}

/**
 * CloudFront's network interface in the VPC.
 *
 * @param key differs whenever {@link endpointOf} does
 */
export function vpcEndpoint(scope: Construct, key: string, origin: VpcOrigin, { name }: Config): CloudfrontVpcOrigin {
  const port = portOf(origin);
  const isHttps = origin.protocol === "https";
  return new CloudfrontVpcOrigin(scope, `vpc_${key}`, {
    vpcOriginEndpointConfig: [
      {
        name: `${name}-${key}`,
        arn: origin.arn,
        httpPort: isHttps ? 80 : port,
        httpsPort: isHttps ? port : 443,
        originProtocolPolicy: `${origin.protocol}-only`,
        originSslProtocols: [{ items: ["TLSv1.2"], quantity: 1 }],
      },
    ],
    // The distribution stops using an endpoint before that is deleted.
    lifecycle: { createBeforeDestroy: true },
  });
}

export function vpcServer(
  origin: VpcOrigin,
  endpoint: CloudfrontVpcOrigin,
): Omit<CloudfrontDistributionOrigin, "originId"> {
  return {
    domainName: origin.domainName,
    ...(origin.path === undefined ? {} : { originPath: origin.path }),
    ...connectionOf(origin),
    vpcOriginConfig: { vpcOriginId: endpoint.id, ...timeoutsOf(origin) },
  };
}

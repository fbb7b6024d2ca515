import { z } from "zod";
import { host, text } from "../fields";
import { assertion, connection, exactPaths, hostHeader, originPath, port } from "./server-options";

/**
 * A load balancer or instance in a private subnet, which CloudFront reaches from inside the VPC:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
 */
export const vpcOrigin = z.strictObject({
  type: z.literal("vpc"),
  arn: text(
    /^arn:aws:(?:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer\/(?:app|net)\/[A-Za-z0-9-]{1,32}\/[0-9a-f]{16}|ec2:[a-z0-9-]+:[0-9]{12}:instance\/i-[0-9a-f]{8,17})$/,
    "the ARN of an internal Application or Network Load Balancer, or of an instance",
  ),
  /** The name in the server's certificate. Nobody resolves it. */
  domainName: host,
  path: originPath,
  /** `http` only leaves TLS out inside the VPC. */
  protocol: z.enum(["https", "http"], 'write "https" or "http"').default("https"),
  /** By default 443, or 80 for `http`. */
  port: port.optional(),
  host: hostHeader,
  assertion,
  exactPaths,
  ...connection,
});

export type VpcOrigin = z.output<typeof vpcOrigin>;

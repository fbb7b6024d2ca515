import type { CloudfrontDistributionOrigin } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import type { Connection } from "../../config/origins/server-options";
import { connectionOf, timeoutsOf } from "./connection";

/** A server that CloudFront reaches over the internet, always with HTTPS. */
export function internetServer(
  origin: { domainName: string; path?: string | undefined; httpsPort?: number } & Connection,
): Omit<CloudfrontDistributionOrigin, "originId"> {
  return {
    domainName: origin.domainName,
    ...(origin.path === undefined ? {} : { originPath: origin.path }),
    ...connectionOf(origin),
    customOriginConfig: {
      httpPort: 80,
      httpsPort: origin.httpsPort ?? 443,
      originProtocolPolicy: "https-only",
      originSslProtocols: ["TLSv1.2"],
      ...timeoutsOf(origin),
    },
  };
}

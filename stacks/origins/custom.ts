import type { CloudfrontDistributionOrigin } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import type { CustomOrigin } from "../../config/origins/custom";

export function customOrigin(origin: CustomOrigin): Omit<CloudfrontDistributionOrigin, "originId"> {
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

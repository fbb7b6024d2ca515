import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudfrontFunction } from "@cdktf/provider-aws/lib/cloudfront-function";
import { Construct } from "constructs";
import { redirectSource } from "../cloudfront/redirect-source";
import type { Config } from "../config/schema";
import { MANAGED_CACHE_POLICY } from "./caching";
import { viewerCertificate } from "./distribution";
import { redirectFunctionName } from "./names";

export interface RedirectProps {
  config: Config;
  /** As in DistributionProps. */
  aliases: readonly string[];
  certificateArn: string;
  webAclArn: string | undefined;
  responseHeadersPolicyId: string;
}

/**
 * Redirects hosts to the main one, with path and query. They have a separate distribution, because the gate has no
 * space for requests that need no decision.
 */
export class Redirect extends Construct {
  readonly functionArn: string;
  readonly domainName: string;
  readonly hostedZoneId: string;

  constructor(scope: Construct, id: string, props: RedirectProps) {
    super(scope, id);
    const { config } = props;
    const redirect = new CloudfrontFunction(this, "function", {
      name: redirectFunctionName(config),
      comment: `Redirects to ${config.domain}`,
      runtime: "cloudfront-js-2.0",
      publish: true,
      code: redirectSource(config.domain),
      lifecycle: { createBeforeDestroy: true },
    });
    this.functionArn = redirect.arn;
    const distribution = new CloudfrontDistribution(this, "Resource", {
      comment: `Redirects to ${config.domain}`,
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      priceClass: "PriceClass_All",
      ...(props.webAclArn !== undefined && { webAclId: props.webAclArn }),
      aliases: [...props.aliases],
      // CloudFront requires one. The function answers every request itself.
      origin: [
        {
          originId: "main",
          domainName: config.domain,
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: "https-only",
            originSslProtocols: ["TLSv1.2"],
          },
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: "main",
        // To https on the same host first, so that browsers see its Strict-Transport-Security.
        viewerProtocolPolicy: "redirect-to-https",
        allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
        cachedMethods: ["GET", "HEAD"],
        cachePolicyId: MANAGED_CACHE_POLICY.CachingDisabled,
        responseHeadersPolicyId: props.responseHeadersPolicyId,
        functionAssociation: [{ eventType: "viewer-request", functionArn: redirect.arn }],
      },
      viewerCertificate: viewerCertificate(props.certificateArn),
      restrictions: { geoRestriction: { restrictionType: "none" } },
    });
    this.domainName = distribution.domainName;
    this.hostedZoneId = distribution.hostedZoneId;
  }
}

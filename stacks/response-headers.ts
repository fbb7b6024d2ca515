import { CloudfrontResponseHeadersPolicy } from "@cdktf/provider-aws/lib/cloudfront-response-headers-policy";
import { Construct } from "constructs";
import type { Config } from "../config/schema";

const ONE_YEAR = 31_536_000;

/**
 * Security headers of every response. `override` where no answer of an origin can be better; elsewhere the origin
 * decides and this is the default for origins that say nothing, such as S3.
 */
export class ResponseHeaders extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.id = new CloudfrontResponseHeadersPolicy(this, "Resource", {
      name: `${config.name}-security-headers`,
      comment: "Security headers of every response",
      securityHeadersConfig: {
        // Not the subdomains: the gateway speaks for its own hosts only.
        strictTransportSecurity: {
          accessControlMaxAgeSec: ONE_YEAR,
          includeSubdomains: false,
          preload: false,
          override: true,
        },
        contentTypeOptions: { override: true },
        // An application that is meant to be framed says so with frame-ancestors, which browsers prefer to this header.
        frameOptions: { frameOption: "SAMEORIGIN", override: false },
        referrerPolicy: { referrerPolicy: "strict-origin-when-cross-origin", override: false },
      },
      customHeadersConfig: {
        // Without it browsers keep pages of their own accord and show them after sign-out.
        items: [{ header: "cache-control", value: "private, no-cache", override: false }],
      },
    }).id;
  }
}

import { CloudfrontResponseHeadersPolicy } from "@cdktf/provider-aws/lib/cloudfront-response-headers-policy";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import { HSTS_SECONDS, ORIGIN_DEFAULTS } from "../session/security-headers";

/**
 * Security headers of every response. `override` is set if no origin can know better. The others are defaults for
 * origins that do not send the header, such as S3.
 */
export class ResponseHeaders extends Construct {
  readonly id: string;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.id = new CloudfrontResponseHeadersPolicy(this, "Resource", {
      name: `${config.name}-security-headers`,
      comment: "Security headers of every response",
      securityHeadersConfig: {
        strictTransportSecurity: {
          accessControlMaxAgeSec: HSTS_SECONDS,
          includeSubdomains: false,
          preload: false,
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: ORIGIN_DEFAULTS["x-frame-options"], override: false },
        referrerPolicy: { referrerPolicy: ORIGIN_DEFAULTS["referrer-policy"], override: false },
      },
      customHeadersConfig: {
        items: [{ header: "cache-control", value: ORIGIN_DEFAULTS["cache-control"], override: false }],
      },
    }).id;
  }
}

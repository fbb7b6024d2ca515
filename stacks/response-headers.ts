import {
  CloudfrontResponseHeadersPolicy,
  type CloudfrontResponseHeadersPolicyCorsConfig,
} from "@cdktf/provider-aws/lib/cloudfront-response-headers-policy";
import { Construct } from "constructs";
import type { Config } from "../config/schema";
import type { CorsSettings } from "../session/access-tokens";
import { HSTS_SECONDS, ORIGIN_DEFAULTS } from "../session/security-headers";

/**
 * Security headers of every response. `override` is set if no origin can know better. The others are defaults for
 * origins that do not send the header, such as S3.
 */
export class ResponseHeaders extends Construct {
  readonly id: string;
  readonly #name: string;
  /** By their settings: policies of behaviors that scripts of other sites may call. */
  readonly #withCors = new Map<string, string>();

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.#name = `${config.name}-security-headers`;
    this.id = this.#policy("Resource", this.#name, "Security headers of every response");
  }

  /** The ID of the policy that also lets scripts of other sites read responses. */
  withCors(cors: CorsSettings): string {
    const key = JSON.stringify(cors);
    const known = this.#withCors.get(key) ?? this.#corsPolicy(this.#withCors.size + 1, cors);
    this.#withCors.set(key, known);
    return known;
  }

  #corsPolicy(number: number, { origins, methods, headers, exposeHeaders, maxAge, credentials }: CorsSettings): string {
    return this.#policy(`cors_${number}`, `${this.#name}-cors-${number}`, "The same, for scripts of other sites", {
      accessControlAllowCredentials: credentials,
      accessControlAllowHeaders: { items: headers },
      accessControlAllowMethods: { items: methods },
      accessControlAllowOrigins: { items: origins },
      accessControlExposeHeaders: { items: ["www-authenticate", ...exposeHeaders] },
      accessControlMaxAgeSec: maxAge,
      // The gate has answered preflights by the same list.
      originOverride: true,
    });
  }

  #policy(id: string, name: string, comment: string, corsConfig?: CloudfrontResponseHeadersPolicyCorsConfig): string {
    return new CloudfrontResponseHeadersPolicy(this, id, {
      name,
      comment,
      ...(corsConfig && { corsConfig, lifecycle: { createBeforeDestroy: true } }),
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

/** What the real provider makes of the distribution. */
import { EVERYTHING } from "../../support/configs";
import { BEHAVIORS, ORIGINS } from "../../support/origins";
import { CONFIGS, NAMES, references, type Name, type Planned, type Values } from "./planned";

const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";
const FUNCTION = ORIGINS.function.domainName;

export function planOfDistribution({ all, one, configuration }: Planned): void {
  describe("of the distribution", () => {
    test.each(NAMES)("decides every behavior of the %s config, the gateway's own endpoints first", (name) => {
      const { basePath } = CONFIGS[name]();
      const expressions = configuration(name, "aws_cloudfront_distribution");
      const ordered = expressions["ordered_cache_behavior"] as Values[];
      const [own, ...others] = ordered;
      expect(own).toMatchObject({ path_pattern: { constant_value: `${basePath}/*` } });
      expect(deciders(own!)).toEqual([["viewer-request", "aws_lambda_function.auth.qualified_arn"]]);
      expect(own!["lambda_function_association"]).toMatchObject([{ include_body: { constant_value: true } }]);
      const { origin, behaviors, api } = CONFIGS[name]();
      const apis = [...behaviors.map((behavior) => behavior.api), api];
      const types = [...behaviors.map((behavior) => behavior.origin.type), origin!.type];
      for (const [i, behavior] of [...others, (expressions["default_cache_behavior"] as Values[])[0]!].entries()) {
        if (apis[i]) {
          // The gate that lets tokens go on needs the handler that verifies them.
          expect(deciders(behavior)).toEqual([
            ["viewer-request", "aws_cloudfront_function.api_gate.arn"],
            ["origin-request", "aws_lambda_function.bearer.qualified_arn"],
          ]);
          continue;
        }
        expect(deciders(behavior)).toEqual([
          ["viewer-request", "aws_cloudfront_function.gate.arn"],
          // Only buckets need what their answers are replaced by.
          ...(types[i] === "s3" ? [["origin-response", "aws_lambda_function.site_handler.qualified_arn"]] : []),
        ]);
      }
      expect(expressions["default_root_object"]).toBeUndefined();
    });

    test("keeps the order of the config's behaviors", () => {
      expect(behaviors("everything").map(({ path_pattern }) => path_pattern)).toEqual([
        "/_door/*",
        "/catalogue/api/*",
        "/assets/*",
        "/downloads/*",
        "/manuals/*",
        "/catalogue/*",
        ...BEHAVIORS.map(({ path }) => path),
        undefined,
      ]);
    });

    // An origin that learns who is asking is not cached; an origin that is cached does not learn it.
    test.each([
      ["/_door/*", "app-origin.example.com:8443/app", CACHING_DISABLED, "", 7, "https-only"],
      ["/assets/*", "site-everything.example-assets:no-index", CACHING_OPTIMIZED, "", 3, "redirect-to-https"],
      ["/downloads/*", "site:spa/downloads/404.html", CACHING_DISABLED, "", 3, "redirect-to-https"],
      ["/manuals/*", "site-everything.example-assets", CACHING_DISABLED, "", 3, "redirect-to-https"],
      ["/catalogue/*", "catalogue.example.com:443", undefined, "", 7, "redirect-to-https"],
      ["/archive/*", "bucket-example-archive", CACHING_OPTIMIZED, "", 3, "redirect-to-https"],
      // CloudFront takes no other methods for a group.
      ["/files/*", "failover-718cde78", CACHING_DISABLED, "", 3, "redirect-to-https"],
      ["/shop/pictures/*", "shop.example.net:443", undefined, "", 7, "redirect-to-https"],
      ["/shop/*", "shop.example.net:443", CACHING_DISABLED, ALL_VIEWER, 7, "redirect-to-https"],
      ["/partner/*", "partner.example.net:443", CACHING_DISABLED, "", 7, "redirect-to-https"],
      ["/prices/*", "shop.example.net:443#1c521656", undefined, "", 7, "redirect-to-https"],
      ["/news/*", "failover-0d4ac6c0", CACHING_DISABLED, ALL_VIEWER_EXCEPT_HOST, 3, "redirect-to-https"],
      ["/app/*", "vpc-app.internal.example.com:8080/app#b20b439a", CACHING_DISABLED, "", 7, "redirect-to-https"],
      ["/orders/*", FUNCTION, CACHING_DISABLED, "", 7, "redirect-to-https"],
      // Both keep callers apart. A redirect would hide that a token was sent in the clear.
      ["/catalogue/api/*", "catalogue.example.com:443", undefined, "", 7, "https-only"],
      [undefined, "app-origin.example.com:8443/app", undefined, "", 7, "https-only"],
    ])(
      "behavior %s: origin %s, cache %s, origin request %s, %i methods, %s",
      (path, origin, cache, request, methods, protocol) => {
        const behavior = behaviors("everything").find(({ path_pattern }) => path_pattern === path)!;
        expect(behavior["target_origin_id"]).toBe(origin);
        expect(behavior["cache_policy_id"]).toBe(cache);
        expect(behavior["origin_request_policy_id"] ?? "").toBe(request);
        expect(behavior["allowed_methods"]).toHaveLength(methods);
        expect(behavior["viewer_protocol_policy"]).toBe(protocol);
      },
    );

    test("is on for IPv6 and HTTP/3, behind the web ACL, and live when the apply is over", () => {
      expect(one("example", "aws_cloudfront_distribution")).toMatchObject({
        enabled: true,
        is_ipv6_enabled: true,
        http_version: "http2and3",
        wait_for_deployment: true,
      });
      expect(references(configuration("example", "aws_cloudfront_distribution")["web_acl_id"])).toContain(
        "aws_wafv2_web_acl.web_acl.arn",
      );
    });

    test("answers for its domains with TLS 1.2_2021; a local domain has neither name nor certificate nor DNS", () => {
      const distribution = one("everything", "aws_cloudfront_distribution", "gateway");
      expect(distribution).toMatchObject({
        aliases: ["admin.example.com", "app.example.com", "docs.example.com"],
        viewer_certificate: [
          {
            acm_certificate_arn: EVERYTHING.certificateArn,
            minimum_protocol_version: "TLSv1.2_2021",
            ssl_support_method: "sni-only",
          },
        ],
      });
      expect(one("local", "aws_cloudfront_distribution")).toMatchObject({
        viewer_certificate: [{ cloudfront_default_certificate: true, acm_certificate_arn: null }],
      });
      expect(one("local", "aws_cloudfront_distribution")["aliases"] ?? []).toEqual([]);
      for (const type of ["aws_route53_record", "aws_acm_certificate"]) expect(all("local", type)).toEqual([]);
    });

    function behaviors(name: Name): Values[] {
      const { ordered_cache_behavior, default_cache_behavior } = one(name, "aws_cloudfront_distribution", "gateway");
      return [...(ordered_cache_behavior as Values[]), ...(default_cache_behavior as Values[])];
    }
  });
}

function deciders(behavior: Values): [unknown, string | undefined][] {
  const of = (block: string, argument: string) =>
    ((behavior[block] ?? []) as Values[]).map((association): [unknown, string | undefined] => [
      (association["event_type"] as Values)["constant_value"],
      references(association[argument])[0],
    ]);
  return [...of("function_association", "function_arn"), ...of("lambda_function_association", "lambda_arn")];
}

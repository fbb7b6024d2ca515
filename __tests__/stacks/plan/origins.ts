/** What the real provider makes of the origins. */
import { isDeepStrictEqual } from "node:util";
import { readSiteSettings } from "../../../session/site";
import { references, type Planned, type Values } from "./planned";

export function planOfOrigins({ all, one, configuration }: Planned): void {
  describe("of the origins", () => {
    test("lets a custom origin's no-store and private count", () => {
      const policies = all("everything", "aws_cloudfront_cache_policy");
      // Two of them keep the callers of APIs apart.
      expect(policies).toHaveLength(4);
      for (const { values } of policies) expect(values).toMatchObject({ min_ttl: 0, default_ttl: 0 });
    });

    test("keeps answers of a server that gets the viewer's Host apart, host by host", () => {
      const keyOf = (policy: string) =>
        one("everything", "aws_cloudfront_cache_policy", policy)["parameters_in_cache_key_and_forwarded_to_origin"];
      expect(keyOf("cache_shared_by_host")).toMatchObject([
        { headers_config: [{ header_behavior: "whitelist", headers: [{ items: ["Host"] }] }] },
      ]);
      expect(keyOf("cache_shared")).toMatchObject([{ headers_config: [{ header_behavior: "none" }] }]);
      const used = configuration("everything", "aws_cloudfront_distribution")["ordered_cache_behavior"] as Values[];
      const policyAt = (path: string) =>
        references(
          used.find(({ path_pattern }) => isDeepStrictEqual(path_pattern, { constant_value: path }))![
            "cache_policy_id"
          ],
        );
      expect(policyAt("/shop/pictures/*")).toContain("aws_cloudfront_cache_policy.cache_shared_by_host.id");
      expect(policyAt("/prices/*")).toContain("aws_cloudfront_cache_policy.cache_shared.id");
    });

    test("sends the origin secret to the servers that are meant to have it, and caches nothing by it", () => {
      const headersOf = (policy: string) =>
        (one("everything", "aws_cloudfront_origin_request_policy", policy)["headers_config"] as Values[]).map(
          ({ header_behavior, headers }) => [header_behavior, ...((headers as Values[])[0]!["items"] as string[])],
        );
      expect(headersOf("cache_secret")).toEqual([["whitelist", "x-gate-origin-secret"]]);
      expect(headersOf("cache_viewer")).toEqual([["allExcept", "x-gate-origin-secret"]]);
      expect(headersOf("cache_viewer_without_host")).toEqual([["allExcept", "host", "x-gate-origin-secret"]]);
      const { ordered_cache_behavior, default_cache_behavior } = configuration(
        "everything",
        "aws_cloudfront_distribution",
      );
      const told = [...(ordered_cache_behavior as Values[]), ...(default_cache_behavior as Values[])].map(
        (behavior) => [
          (behavior["path_pattern"] as { constant_value: string } | undefined)?.constant_value,
          references(behavior["origin_request_policy_id"]).find((name) => name.endsWith(".id")),
        ],
      );
      const policy = (name: string) => `aws_cloudfront_origin_request_policy.cache_${name}.id`;
      expect(Object.fromEntries(told.filter(([, name]) => name !== undefined))).toEqual({
        "/shop/pictures/*": policy("secret"),
        "/prices/*": policy("secret"),
        "/partner/*": policy("viewer"),
        "/app/*": policy("viewer"),
        "/intranet/*": policy("viewer_without_host"),
        "/orders/*": policy("viewer_without_host"),
        "/quotes/*": policy("viewer_without_host"),
        "/v2/*": policy("viewer_without_host"),
        undefined: policy("viewer_without_host"),
      });
      expect(JSON.stringify(all("everything", "aws_cloudfront_cache_policy"))).not.toContain("x-gate");
    });

    test("leaves the origin secret to the key rotator: no value in the plan", () => {
      expect(one("everything", "aws_secretsmanager_secret_rotation", "key_rotator_origin_schedule")).toMatchObject({
        rotate_immediately: true,
        rotation_rules: [{ automatically_after_days: 30 }],
      });
      const versions = all("everything", "aws_secretsmanager_secret_version").map(({ name }) => name);
      expect(versions.filter((name) => name.includes("origin"))).toEqual([]);
    });

    test("waits for a server as the config says, and as CloudFront does if it says nothing", () => {
      expect(originAt("shop.example.net:443#1c521656")).toMatchObject({
        connection_attempts: 1,
        connection_timeout: 1,
        origin_shield: [{ enabled: true, origin_shield_region: "eu-central-1" }],
        custom_origin_config: [{ origin_read_timeout: 120, origin_keepalive_timeout: 120 }],
      });
      expect(originAt("vpc-app.internal.example.com:8080/app#b20b439a")).toMatchObject({
        connection_attempts: 1,
        origin_path: "/app",
        vpc_origin_config: [{ origin_read_timeout: 120, origin_keepalive_timeout: 120 }],
      });
      expect(originAt("shop.example.net:443")).toMatchObject({
        connection_attempts: 3,
        connection_timeout: 10,
        origin_shield: [],
        custom_origin_config: [{ origin_read_timeout: 30, origin_keepalive_timeout: 5 }],
      });
    });

    test("reaches a load balancer through the VPC, over HTTP only where the config says so", () => {
      const endpoints = all("everything", "aws_cloudfront_vpc_origin").map(({ values }) => {
        const [config] = values["vpc_origin_endpoint_config"] as Values[];
        return [config!["origin_protocol_policy"], config!["http_port"], config!["https_port"]];
      });
      expect(endpoints.sort()).toEqual([
        ["http-only", 8080, 443],
        ["https-only", 80, 443],
      ]);
    });

    test("fails over from the first origin of a group to the second", () => {
      const groups = one("everything", "aws_cloudfront_distribution", "gateway")["origin_group"] as Values[];
      const told = groups.map(({ member, failover_criteria }) => [
        (member as Values[]).map(({ origin_id }) => origin_id),
        ...(failover_criteria as Values[]).map(({ status_codes }) => status_codes),
      ]);
      expect(told).toHaveLength(2);
      expect(told).toEqual(
        expect.arrayContaining([
          [
            ["site", "bucket-example-standby"],
            [403, 404],
          ],
          [
            ["shop.example.net:443", "standby.example.net:443"],
            [500, 502, 503, 504],
          ],
        ]),
      );
    });

    test("calls a function with a signature, and only the function that is within reach is opened here", () => {
      expect(one("everything", "aws_cloudfront_origin_access_control", "origin_lambda_access_control")).toMatchObject({
        origin_access_control_origin_type: "lambda",
        signing_behavior: "always",
      });
      const permissions = all("everything", "aws_lambda_permission").filter(
        ({ values }) => values["principal"] === "cloudfront.amazonaws.com",
      );
      expect(
        permissions.map(({ values }) => [values["action"], values["function_name"], values["qualifier"]]).sort(),
      ).toEqual(
        ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"].map((action) => [
          action,
          "arn:aws:lambda:us-east-1:111122223333:function:everything-orders",
          "live",
        ]),
      );
    });

    test("reaches custom origins over TLS 1.2 only, buckets by origin access control only", () => {
      const origins = one("everything", "aws_cloudfront_distribution", "gateway")["origin"] as Values[];
      const customs = origins.flatMap(({ custom_origin_config }) => custom_origin_config as Values[]);
      expect(customs).toHaveLength(9);
      for (const custom of customs)
        expect(custom).toMatchObject({ origin_protocol_policy: "https-only", origin_ssl_protocols: ["TLSv1.2"] });
      expect(one("everything", "aws_cloudfront_origin_access_control", "origin_access_control")).toMatchObject({
        signing_behavior: "always",
        signing_protocol: "sigv4",
        origin_access_control_origin_type: "s3",
      });
      const expressions = configuration("everything", "aws_cloudfront_distribution")["origin"] as Values[];
      const buckets = expressions.filter((origin) => !origin["custom_origin_config"] && !origin["vpc_origin_config"]);
      expect(buckets).toHaveLength(6);
      for (const bucket of buckets)
        expect(references(bucket["origin_access_control_id"])).toContain(
          "aws_cloudfront_origin_access_control.origin_access_control.id",
        );
    });

    test("tells the handler of sites, for each way in which a bucket is served, what to show", () => {
      const origins = one("everything", "aws_cloudfront_distribution", "gateway")["origin"] as Values[];
      const settings = origins.flatMap(({ origin_id, custom_header }) =>
        (custom_header as { name: string; value: string }[]).map(({ name, value }) => {
          const { theme, ...rest } = readSiteSettings(value);
          expect([name, theme]).toEqual(["x-gate-site", expect.objectContaining({ accentColor: "#114422" })]);
          return [origin_id, rest];
        }),
      );
      expect(Object.fromEntries(settings)).toEqual({
        "bucket-example-archive": { folders: "index.html" },
        "bucket-example-standby": { folders: "index.html" },
        site: { folders: "index.html" },
        "site-everything.example-assets": { folders: "index.html" },
        "site-everything.example-assets:no-index": {},
        "site:spa/downloads/404.html": { notFound: "/downloads/404.html" },
      });
    });

    function originAt(id: string): Values {
      const origins = one("everything", "aws_cloudfront_distribution", "gateway")["origin"] as Values[];
      return origins.find(({ origin_id }) => origin_id === id)!;
    }
  });
}

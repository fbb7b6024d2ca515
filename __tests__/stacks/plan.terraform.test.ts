/** What the real provider makes of the synthesized stacks: assertions on its plan, never on the code that made it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { artifacts } from "../../build/artifacts";
import { loadConfig, parseConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { synthesize } from "../../stacks/synthesize";
import { CLIENT_KEYS, EVERYTHING } from "../support/configs";
import { LOGO_URL } from "../support/images/images";
import { BEHAVIORS, ORIGINS } from "../support/origins";
import { review } from "./checkov";
import { describeWithTerraform, type Plan, type PlannedResource } from "../support/terraform";
import { describeWith } from "../support/tools";

const ROOT = join(__dirname, "../..");
const CONFIGS = {
  example: () => loadConfig(join(ROOT, "config/example.ts")),
  minimal: () => loadConfig(join(ROOT, "examples/minimal.ts")),
  everything: () => parseConfig(EVERYTHING),
  issued: () => parseConfig({ ...EVERYTHING, certificateArn: undefined }),
  local: () =>
    parseConfig({
      ...EVERYTHING,
      domain: "app.localhost:8443",
      alternateDomains: [],
      hostedZoneId: undefined,
      hostedZones: {},
      identityProviders: Object.fromEntries(
        Object.entries(EVERYTHING.identityProviders).map(([id, provider]) => [
          id,
          { ...provider, roles: { grant: [] }, offeredAt: undefined },
        ]),
      ),
      policy: [{ path: "/**", allow: "signed-in" }],
      signInHook: { ...EVERYTHING.signInHook, grant: [] },
      maintenance: {},
    }),
} satisfies Record<string, () => Config>;
const FUNCTION = ORIGINS.function.domainName;
type Name = keyof typeof CONFIGS;
const NAMES = Object.keys(CONFIGS) as Name[];

const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";
const ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

describeWithTerraform("the plan", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-plans-"));
  const plans = new Map<Name, Plan>();
  const folders = new Map<Name, string>();
  afterAll(() => rmSync(outdir, { recursive: true }));

  test.each(NAMES)("of the %s config is valid and without warnings", (name) => {
    const { stackDir } = synthesize(CONFIGS[name](), { outdir: join(outdir, name) });
    const terraform = open(stackDir);
    if (name === "everything") {
      expect(JSON.parse(terraform.run(["validate", "-json"]).output)).toMatchObject({ valid: true, diagnostics: [] });
    }
    const made = terraform.plan();
    expect(made.output).not.toContain("Warning:");
    plans.set(name, made);
    folders.set(name, stackDir);
  });

  const plan = (name: Name) => plans.get(name)!;
  const all = (name: Name, type: string) => plan(name).resources.filter((resource) => resource.type === type);
  const one = (name: Name, type: string, resourceName?: string): Values => {
    const found = all(name, type).filter((resource) => resourceName === undefined || resource.name === resourceName);
    expect(found.map(({ address }) => address)).toHaveLength(1);
    return found[0]!.values as Values;
  };
  const configuration = (name: Name, type: string): Values => {
    const { configuration } = JSON.parse(plan(name).json) as {
      configuration: { root_module: { resources: (PlannedResource & { expressions: Values })[] } };
    };
    return configuration.root_module.resources.find((resource) => resource.type === type)!.expressions;
  };

  describe("of the distribution", () => {
    test.each(NAMES)("decides every behavior of the %s config, the gateway's own endpoints first", (name) => {
      const { basePath } = CONFIGS[name]();
      const expressions = configuration(name, "aws_cloudfront_distribution");
      const ordered = expressions["ordered_cache_behavior"] as Values[];
      const [own, ...others] = ordered;
      expect(own).toMatchObject({ path_pattern: { constant_value: `${basePath}/*` } });
      expect(deciders(own!)).toEqual([["viewer-request", "aws_lambda_function.auth.qualified_arn"]]);
      expect(own!["lambda_function_association"]).toMatchObject([{ include_body: { constant_value: true } }]);
      const { origin, behaviors } = CONFIGS[name]();
      const types = [...behaviors.map((behavior) => behavior.origin.type), origin.type];
      for (const [i, behavior] of [...others, (expressions["default_cache_behavior"] as Values[])[0]!].entries()) {
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
      [undefined, "app-origin.example.com:8443/app", CACHING_DISABLED, "", 7, "redirect-to-https"],
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

    test("lets a custom origin's no-store and private count", () => {
      const policies = all("everything", "aws_cloudfront_cache_policy");
      expect(policies).toHaveLength(2);
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
      expect(buckets).toHaveLength(4);
      for (const bucket of buckets)
        expect(references(bucket["origin_access_control_id"])).toContain(
          "aws_cloudfront_origin_access_control.origin_access_control.id",
        );
    });

    test("tells the handler of sites, for each way in which a bucket is served, what to show", () => {
      const origins = one("everything", "aws_cloudfront_distribution", "gateway")["origin"] as Values[];
      const settings = origins.flatMap(({ origin_id, custom_header }) =>
        (custom_header as { name: string; value: string }[]).map(({ name, value }) => {
          const { theme, ...rest } = JSON.parse(decodeURIComponent(value)) as Values;
          expect([name, theme]).toEqual(["x-gate-site", expect.objectContaining({ accentColor: "#114422" })]);
          return [origin_id, rest];
        }),
      );
      expect(Object.fromEntries(settings)).toEqual({
        "site-everything.example-assets": { folders: "index.html" },
        "site-everything.example-assets:no-index": {},
        "site:spa/downloads/404.html": { notFound: "/downloads/404.html" },
      });
    });

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

    function originAt(id: string): Values {
      const origins = one("everything", "aws_cloudfront_distribution", "gateway")["origin"] as Values[];
      return origins.find(({ origin_id }) => origin_id === id)!;
    }

    function behaviors(name: Name): Values[] {
      const { ordered_cache_behavior, default_cache_behavior } = one(name, "aws_cloudfront_distribution", "gateway");
      return [...(ordered_cache_behavior as Values[]), ...(default_cache_behavior as Values[])];
    }
  });

  describe("of names and certificates", () => {
    test("points every domain at the distribution, IPv4 and IPv6", () => {
      const records = all("everything", "aws_route53_record").map(({ name, index, values }) => [
        name,
        index,
        values["type"],
        values["name"],
      ]);
      const hosts = ["admin", "app", "docs"].map((host) => `${host}.example.com`);
      expect(records).toEqual([
        ...hosts.map((host) => ["alias_ipv4", host, "A", host]),
        ...hosts.map((host) => ["alias_ipv6", host, "AAAA", host]),
        ["redirect_alias_ipv4", "example.com", "A", "example.com"],
        ["redirect_alias_ipv6", "example.com", "AAAA", "example.com"],
      ]);
    });

    test("makes each record in the zone of its host, and overwrites only what the config lets it", () => {
      const zoneOf = (name: Name, record: string) =>
        Object.fromEntries(
          all(name, "aws_route53_record")
            .filter((resource) => resource.name === record)
            .map(({ index, values }) => [index, values["zone_id"]]),
        );
      const [zone, docs] = [EVERYTHING.hostedZoneId, EVERYTHING.hostedZones!["docs.example.com"]];
      const expected = { "admin.example.com": zone, "app.example.com": zone, "docs.example.com": docs };
      expect(zoneOf("everything", "alias_ipv4")).toEqual(expected);
      expect(zoneOf("issued", "certificate_records")).toEqual({ ...expected, "example.com": zone });
      const overwrites = (name: Name) =>
        new Set(
          all(name, "aws_route53_record").flatMap((record) =>
            record.name.includes("alias") ? [record.values["allow_overwrite"]] : [],
          ),
        );
      expect(overwrites("everything")).toEqual(new Set([true]));
      expect(overwrites("example")).toEqual(new Set([false]));
    });

    test("makes alias records last: people come when keys, logs and files are there", () => {
      const { configuration } = JSON.parse(plan("example").json) as {
        configuration: { root_module: { resources: { address: string; depends_on?: string[] }[] } };
      };
      const record = configuration.root_module.resources.find(
        ({ address }) => address === "aws_route53_record.alias_ipv4",
      )!;
      expect(record.depends_on).toEqual([
        "aws_secretsmanager_secret_rotation.key_rotator_schedule",
        "aws_secretsmanager_secret_rotation.key_rotator_origin_schedule",
        "aws_cloudwatch_log_delivery.access_logs_delivery",
        "aws_s3_bucket_policy.site_policy",
      ]);
    });

    test("redirects hosts by a distribution of their own, behind the same web ACL", () => {
      expect(one("everything", "aws_cloudfront_distribution", "redirect")).toMatchObject({
        aliases: ["example.com"],
        default_cache_behavior: [{ viewer_protocol_policy: "redirect-to-https" }],
        viewer_certificate: [{ minimum_protocol_version: "TLSv1.2_2021" }],
      });
    });

    test("makes and validates a certificate where none is given, and none where one is", () => {
      expect(one("example", "aws_acm_certificate")).toMatchObject({
        domain_name: "handbook.example.com",
        validation_method: "DNS",
      });
      expect(all("example", "aws_acm_certificate_validation")).toHaveLength(1);
      expect(all("example", "aws_route53_record").filter(({ name }) => name === "certificate_records")).toMatchObject([
        { index: "handbook.example.com" },
      ]);
      expect(all("everything", "aws_acm_certificate")).toEqual([]);
    });

    test("validates a new certificate for every domain of the config with everything", () => {
      const domains = ["app.example.com", "docs.example.com", "admin.example.com", "example.com"];
      expect(one("issued", "aws_acm_certificate")).toMatchObject({
        domain_name: domains[0],
        subject_alternative_names: [...domains].sort(),
      });
      const records = all("issued", "aws_route53_record").filter(({ name }) => name === "certificate_records");
      expect(records.map(({ index }) => index)).toEqual([...domains].sort());
    });
  });

  describe("of the gate", () => {
    test.each(NAMES)("is the built file, the settings, the policy and the sites of the %s config", (name) => {
      const gate = one(name, "aws_cloudfront_function", "gate");
      expect(gate).toMatchObject({ runtime: "cloudfront-js-2.0", publish: true });
      const built = readFileSync(artifacts().gate, "utf8");
      const code = gate["code"] as string;
      expect(code.startsWith(`${built}\n`)).toBe(true);
      const [settings, ...policy] = code.slice(built.length + 1).split("\n");
      const config = CONFIGS[name]();
      const parsed = JSON.parse(/^var S=(.*);$/.exec(settings!)![1]!) as Values;
      expect(parsed).toMatchObject({
        basePath: config.basePath,
        hosts: [config.domain, ...config.alternateDomains],
        identityHeaders: Object.entries(config.identityHeaders),
      });
      // The policy of a closed site calls the one of its rules.
      expect(policy.join("\n")).toMatch(
        config.maintenance
          ? /^function opened\(h,m,s,p\)\{\n[^]*\}\nfunction policy\(h,m,s,p\)\{[^\n]*\}\n$/
          : /^function policy\(h,m,s,p\)\{\n[^]*\}\n(?:var F;|function F\(p\)\{.*\})\n$/,
      );
      expect(parsed["closed"]).toBe(
        { everything: "Tue, 01 Dec 2026 08:00:00 GMT", issued: "Tue, 01 Dec 2026 08:00:00 GMT", local: "300" }[
          name as string
        ],
      );
      expect(references(configuration(name, "aws_cloudfront_function")["key_value_store_associations"])).toContain(
        "aws_cloudfront_key_value_store.session_store.arn",
      );
    });
  });

  describe("of the auth handler", () => {
    test("is a numbered version for the edge, of the size that viewer events take", () => {
      expect(one("example", "aws_lambda_function", "auth")).toMatchObject({
        publish: true,
        runtime: "nodejs22.x",
        memory_size: 128,
        timeout: 5,
        handler: "index.handler",
        function_name: "handbook-auth",
      });
    });

    test("reads its settings as written in the config, text that looks like a template included", () => {
      const parameter = one("everything", "aws_ssm_parameter");
      expect(parameter).toMatchObject({ name: "/edgegate/everything-auth", type: "String" });
      expect(JSON.parse(parameter["insecure_value"] as string)).toEqual({
        version: 1,
        basePath: "/_door",
        hosts: ["app.example.com", "docs.example.com", "admin.example.com"],
        session: { absolute: 43_200, idle: 7_200, token: 300 },
        identityProviders: {
          staff: {
            label: "Staff ${not a template} %{nor this}",
            issuer: "https://login.example.com/tenant",
            clientId: "everything",
            clientAuthentication: "client_secret_post",
            roles: { grant: ["admin", "ops@example.com", "staff"], prefix: "door-" },
            emailDomains: ["example.com"],
            signingAlgorithms: ["PS512", "ES384"],
            authorizationParameters: { ui_locales: "de en", acr_values: "urn:${no}:template" },
            offeredAt: { hosts: ["admin.example.com"], paths: ["/catalogue/**"] },
          },
          "partner-a": {
            label: "partner-a",
            issuer: "https://id.partner.example",
            clientId: "p-1",
            clientAuthentication: "client_secret_basic",
            roles: { claim: 'realm."a.b".groups', map: { "Partner Staff": "staff" }, grant: ["staff"] },
            trustEmail: true,
          },
          "partner-b": {
            label: "partner-b",
            issuer: "https://sso.partner.example",
            clientId: "p-2",
            clientAuthentication: { method: "private_key_jwt", algorithm: "PS256", audience: "endpoint" },
            pushedAuthorizationRequests: true,
            dpop: true,
          },
          "partner-c": {
            label: "partner-c",
            issuer: "https://partner-c.okta.com",
            clientId: "p-3",
            clientAuthentication: { method: "private_key_jwt", kmsKeys: CLIENT_KEYS, audience: "endpoint" },
          },
          contractors: {
            label: "contractors",
            issuer: "https://login.microsoftonline.com/0a1b2c3d-0000-1111-2222-333344445555/v2.0",
            clientId: "c-1",
            clientAuthentication: {
              method: "aws_assertion",
              audience: "api://AzureADTokenExchange",
              algorithm: "RS256",
            },
          },
          customers: {
            label: "customers",
            issuer: "https://customers.example.net",
            clientId: "public",
            clientAuthentication: "none",
            scopes: ["openid"],
          },
          corp: {
            label: "corp",
            profile: "entra",
            issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
            tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490", "5b6e7a1c-0f0e-4c55-8a3f-111122223333"],
            clientId: "0a1b2c3d-0000-1111-2222-333344445555",
            clientAuthentication: "none",
            roles: { grant: ["staff"] },
          },
        },
        eventTransmitters: {
          corp: {
            issuer: "https://signals.example.com",
            audience: "https://app.example.com",
            jwksUri: "https://signals.example.com/keys",
            identityProvider: "staff",
            on: {
              "device-compliance-change": "revoke",
              "token-claims-change": "revoke",
              "account-credential-change-required": "revoke",
            },
          },
        },
        onReuse: "revoke-user",
        signInHook: {
          url: "https://people.example.com/gateway?tenant=1",
          audience: "urn:people",
          timeout: 1,
          grant: ["admin"],
        },
        claims: ["department", "office"],
        // Terraform sorts the providers.
        providerOrder: ["staff", "partner-a", "customers", "corp", "partner-b", "partner-c", "contractors"],
        theme: {
          productName: "Everything – für alle",
          accentColor: "#114422",
          support: "https://help.example.com/new?id={reference}",
          logo: LOGO_URL,
          favicon: LOGO_URL,
          languages: ["de", "en", "fr"],
          texts: {
            de: { signedOutTitle: "Bis bald ${not a template} %{nor this}" },
            en: { getHelp: 'Ask <us> & "them"', mailSubject: "{site}: help" },
          },
        },
        maintenance: {
          until: "2026-12-01T09:00:00+01:00",
          message: "We are moving to ${not a template} <soon>.",
          admitsSome: true,
        },
        aws: {
          sessionKeysSecret: "edgegate/everything/session-keys",
          clientSecrets: {
            staff: "edgegate/everything/idp/staff",
            "partner-a": "edgegate/everything/idp/partner-a",
            "partner-b": "edgegate/everything/idp/partner-b",
          },
          sessionsTable: "everything-sessions",
          revocationsTable: "everything-revocations",
          revocationQueue: "everything-revocations",
          signOutQueue: "everything-sign-outs",
        },
      });
    });

    test("may read exactly its parameter and its secrets, use the ledger, ask for revocations, tell of events, sign as a client and write its log", () => {
      const policy = JSON.parse(one("everything", "aws_iam_role_policy", "auth_permissions")["policy"] as string) as {
        Statement: Values[];
      };
      expect(policy.Statement.map(({ Effect, Action, Resource }) => [Effect, Action, Resource])).toEqual([
        ["Allow", "ssm:GetParameter", "arn:aws:ssm:us-east-1:*:parameter/edgegate/everything-auth"],
        [
          "Allow",
          "secretsmanager:GetSecretValue",
          [
            "arn:aws:secretsmanager:us-east-1:*:secret:edgegate/everything/session-keys-??????",
            "arn:aws:secretsmanager:us-east-1:*:secret:edgegate/everything/idp/staff-??????",
            "arn:aws:secretsmanager:us-east-1:*:secret:edgegate/everything/idp/partner-a-??????",
            "arn:aws:secretsmanager:us-east-1:*:secret:edgegate/everything/idp/partner-b-??????",
          ],
        ],
        [
          "Allow",
          ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
          "arn:aws:logs:*:*:log-group:/aws/lambda/us-east-1.everything-auth:*",
        ],
        [
          "Allow",
          [
            "dynamodb:BatchGetItem",
            "dynamodb:BatchWriteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
          ],
          "arn:aws:dynamodb:us-east-1:*:table/everything-sessions",
        ],
        [
          "Allow",
          ["dynamodb:BatchGetItem", "dynamodb:GetItem"],
          "arn:aws:dynamodb:us-east-1:*:table/everything-revocations",
        ],
        [
          "Allow",
          "sqs:SendMessage",
          ["arn:aws:sqs:us-east-1:*:everything-revocations", "arn:aws:sqs:us-east-1:*:everything-sign-outs"],
        ],
        ["Allow", "events:PutEvents", "arn:aws:events:us-east-1:*:event-bus/default"],
        ["Allow", ["kms:GetPublicKey", "kms:Sign"], CLIENT_KEYS],
        ["Allow", "sts:GetWebIdentityToken", "*"],
        ["Allow", ["kms:Decrypt", "kms:GenerateDataKey"], EVERYTHING.kmsKeyArn],
      ]);
      expect(policy.Statement.flatMap(({ Condition }) => Condition ?? [])).toEqual([
        { StringEquals: { "events:source": "edgegate" } },
        {
          "ForAllValues:StringEquals": { "sts:IdentityTokenAudience": ["api://AzureADTokenExchange", "urn:people"] },
          StringEquals: { "sts:SigningAlgorithm": ["RS256"] },
          NumericLessThanEquals: { "sts:DurationSeconds": "300" },
        },
        {
          StringEquals: {
            "kms:ViaService": ["dynamodb", "secretsmanager", "sqs"].map(
              (service) => `${service}.us-east-1.amazonaws.com`,
            ),
          },
        },
      ]);
      const trust = JSON.parse(one("everything", "aws_iam_role", "auth_role")["assume_role_policy"] as string) as {
        Statement: Values[];
      };
      expect(trust.Statement).toEqual([
        {
          Sid: "Run",
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { Service: ["edgelambda.amazonaws.com", "lambda.amazonaws.com"] },
        },
      ]);
    });

    test("finds the secrets that its settings name, and not the one of the servers", () => {
      const { aws } = JSON.parse(one("everything", "aws_ssm_parameter")["insecure_value"] as string) as {
        aws: { sessionKeysSecret: string; clientSecrets: Record<string, string> };
      };
      const named = [aws.sessionKeysSecret, ...Object.values(aws.clientSecrets)];
      expect(
        all("everything", "aws_secretsmanager_secret")
          .map(({ values }) => values["name"])
          .sort(),
      ).toEqual([...named, "edgegate/everything/origin"].sort());
    });
  });

  test("makes a place for every secret and no value: without variables they are put by hand", () => {
    for (const name of NAMES) expect(all(name, "aws_secretsmanager_secret_version")).toEqual([]);
    expect(all("everything", "aws_secretsmanager_secret")).toHaveLength(5);
  });

  describe("of the web ACL", () => {
    test("has stable names, priorities and order", () => {
      const acl = one("everything", "aws_wafv2_web_acl");
      expect(acl).toMatchObject({ name: "everything-gateway", scope: "CLOUDFRONT" });
      expect(byPriority(acl).map(({ priority, name }) => [priority, name])).toEqual([
        [10, "blocked-addresses"],
        [20, "allowed-addresses"],
        [30, "countries"],
        [100, "rate-gateway"],
        [110, "rate-api"],
        [300, "ip-reputation"],
        [310, "anonymous-ip"],
        [320, "known-bad-inputs"],
        [330, "common"],
        [350, "sql"],
        [370, "unix"],
        [500, "bot-control"],
        [510, "account-takeover"],
        [900, "exempted"],
      ]);
      expect(byPriority(one("minimal", "aws_wafv2_web_acl")).map(({ priority, name }) => [priority, name])).toEqual([
        [100, "rate-gateway"],
        [110, "rate-site"],
        [300, "ip-reputation"],
        [320, "known-bad-inputs"],
        [330, "common"],
        [900, "exempted"],
      ]);
    });

    test("has address sets of one version each", () => {
      expect(
        all("everything", "aws_wafv2_ip_set").map(({ name, values }) => [
          name,
          values["ip_address_version"],
          values["addresses"],
        ]),
      ).toEqual([
        ["web_acl_allow-ipv4", "IPV4", ["192.0.2.0/24"]],
        ["web_acl_block-ipv4", "IPV4", ["198.51.100.7/32"]],
        ["web_acl_block-ipv6", "IPV6", ["2001:db8::/32"]],
      ]);
    });

    test("has a page of its own for what it blocks, within 4 KB", () => {
      const pages = one("everything", "aws_wafv2_web_acl")["custom_response_body"] as Values[];
      expect(pages.map(({ key, content_type }) => [key, content_type]).sort()).toEqual([
        ["blocked", "TEXT_HTML"],
        ["limited", "TEXT_HTML"],
      ]);
      for (const { content } of pages) {
        expect(Buffer.byteLength(String(content))).toBeLessThanOrEqual(4_096);
        expect(content).toContain("Everything – für alle");
      }
    });

    test("samples no requests: they would show cookies and codes", () => {
      expect(plan("everything").json).not.toContain('"sampled_requests_enabled":true');
    });
  });

  describe("of buckets, logs and tags", () => {
    test("keeps buckets private, encrypted, versioned and without ACLs", () => {
      expect(
        all("everything", "aws_s3_bucket").map(({ name, values }) => [
          name,
          values["bucket"] ?? values["bucket_prefix"],
        ]),
      ).toEqual([
        ["site", "everything-"],
        ["site-everything_example-assets", "everything.example-assets"],
      ]);
      const closed = {
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      };
      const expected = {
        aws_s3_bucket_public_access_block: closed,
        aws_s3_bucket_ownership_controls: { rule: [{ object_ownership: "BucketOwnerEnforced" }] },
        aws_s3_bucket_server_side_encryption_configuration: {
          rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: "AES256" }] }],
        },
        aws_s3_bucket_versioning: { versioning_configuration: [{ status: "Enabled" }] },
      };
      for (const [type, values] of Object.entries(expected)) {
        expect(all("everything", type).map((resource) => resource.values)).toMatchObject([values, values]);
      }
    });

    test("logs what the gate decided, and nothing that carries a code, a cookie or a token", () => {
      const fields = one("example", "aws_cloudwatch_log_delivery")["record_fields"] as string[];
      expect(fields).toEqual(
        expect.arrayContaining(["viewer-request-log-data", "x-edge-request-id", "c-ip", "cs-uri-stem", "sc-status"]),
      );
      expect(fields.filter((field) => /query|cookie|referer|headers/i.test(field))).toEqual([]);
    });

    test("keeps every log group for the configured time", () => {
      const kept = ({ values }: PlannedResource) => [values["name"], values["retention_in_days"], values["kms_key_id"]];
      const functions = [
        "us-east-1.everything-auth",
        "everything-key-rotator",
        "everything-revocations",
        "everything-revoker",
        "us-east-1.everything-site",
      ];
      expect(all("everything", "aws_cloudwatch_log_group").map(kept)).toEqual([
        ...functions.map((name) => [`/aws/lambda/${name}`, 365, EVERYTHING.logKmsKeyArn]),
        ["aws-waf-logs-everything", 365, EVERYTHING.logKmsKeyArn],
      ]);
      expect(all("example", "aws_cloudwatch_log_group").map(kept)).toContainEqual([
        "/aws/vendedlogs/cloudfront/handbook",
        90,
        null,
      ]);
    });

    test("delivers access logs to the config's bucket instead of a log group", () => {
      expect(one("everything", "aws_cloudwatch_log_delivery_destination")).toMatchObject({
        output_format: "json",
        delivery_destination_configuration: [{ destination_resource_arn: "arn:aws:s3:::example-logs" }],
      });
    });

    test("gives every role the config's boundary, path and prefix", () => {
      const roles = all("everything", "aws_iam_role").map(({ values }) => values as Values);
      expect(roles.map((role) => role["name"])).toEqual(
        ["auth", "key-rotator", "revocations", "revoker", "site"].map((name) => `team-everything-${name}`),
      );
      for (const role of roles)
        expect(role).toMatchObject({ path: "/teams/", permissions_boundary: EVERYTHING.iam!.permissionsBoundaryArn });
    });

    test("lets no other account have the gateway", () => {
      const file = join(outdir, "everything/stacks/everything/cdk.tf.json");
      const { provider } = JSON.parse(readFileSync(file, "utf8")) as { provider: { aws: Values[] } };
      expect(provider.aws).toMatchObject([{ allowed_account_ids: [EVERYTHING.accountId] }]);
    });

    test("tags everything with the gateway's name and the config's tags, as they are written", () => {
      const tagged = plan("everything").resources.filter(({ values }) => "tags_all" in values);
      expect(tagged.length).toBeGreaterThan(8);
      for (const { address, values } of tagged) {
        expect([address, values["tags_all"]]).toEqual([
          address,
          { edgegate: "everything", owner: "platform", "cost centre/Köln": "42 = a+b@c:d_e.f-g" },
        ]);
      }
    });
  });

  test("puts nothing into the store: records are data", () => {
    for (const name of NAMES)
      expect(plan(name).resources.filter(({ type }) => type.startsWith("aws_cloudfrontkeyvaluestore"))).toEqual([]);
  });

  test("tells what to register at the identity providers and which secrets to fill", () => {
    expect(plan("everything").outputs["redirect_uris"]!.value).toMatchObject({
      "partner-a": ["app", "docs", "admin"].map((host) => `https://${host}.example.com/_door/callback/partner-a`),
    });
    expect(plan("example").outputs["secret_names"]!.value).toEqual(["edgegate/handbook/idp/main"]);
  });

  describeWith("checkov", "reviewed by checkov", (checkov) => {
    test("fails no check without a reason, and has no reason without need", () => {
      const { passed, ...rest } = review(checkov, { example: plan("example").json, issued: plan("issued").json });
      expect(rest).toEqual({ parsingErrors: 0, withoutReason: [], withoutNeed: [] });
      expect(passed).toBeGreaterThan(250);
    });
  });

  describeWith("tflint", "reviewed by tflint", (tflint) => {
    test.each(["example", "issued"] as const)("of the %s config has no issue", (name) => {
      const { status, stdout } = spawnSync(tflint, ["--format=json"], { cwd: folders.get(name)!, encoding: "utf8" });
      expect(JSON.parse(stdout)).toEqual({ issues: [], errors: [] });
      expect(status).toBe(0);
    });
  });

  test("has names that people can read: no hash in any address", () => {
    for (const name of NAMES)
      for (const { address } of plan(name).resources) expect(address).not.toMatch(/_[0-9A-F]{8}\b/);
  });
});

type Values = Record<string, unknown>;

function deciders(behavior: Values): [unknown, string | undefined][] {
  const of = (block: string, argument: string) =>
    ((behavior[block] ?? []) as Values[]).map((association): [unknown, string | undefined] => [
      (association["event_type"] as Values)["constant_value"],
      references(association[argument])[0],
    ]);
  return [...of("function_association", "function_arn"), ...of("lambda_function_association", "lambda_arn")];
}

function references(expression: unknown): string[] {
  return (expression as { references?: string[] } | undefined)?.references ?? [];
}

function byPriority(acl: Values): Values[] {
  return [...(acl["rule"] as Values[])].sort((a, b) => (a["priority"] as number) - (b["priority"] as number));
}

/** What the web ACL does with requests, by the plan of the real provider. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import type { ConfigInput } from "../../config/schema";
import { synthesize } from "../../stacks/synthesize";
import { EVERYTHING } from "../support/configs";
import { SMALL } from "../support/small-config";
import { describeWithTerraform, type PlannedResource } from "../support/terraform";
import { judge, type WafRequest } from "../support/web-acl";

const PUSH = "/_gate/backchannel-logout/main";
const EVENTS = "/_gate/events/corp";

/** A wiki that only staff can read, a form that anybody may send, and files that anybody may read. */
const DEFAULTS: Partial<ConfigInput> = {
  origin: { type: "custom", domainName: "wiki-origin.example.com", open: true },
  policy: [
    { path: "/contact", allow: "public" },
    { path: "/news/**", methods: ["GET"], allow: "public" },
    { path: "/offers/{id}", allow: [{ public: true, networks: ["192.0.2.0/24"] }, "signed-in"] },
    { path: "/**", allow: "signed-in" },
  ],
};
const CONFIGS = {
  defaults: DEFAULTS,
  counting: { ...DEFAULTS, waf: { mode: "count" } },
  tuned: {
    ...DEFAULTS,
    basePath: "/_door",
    waf: {
      groups: ["common", "sql", "anonymous-ip"],
      overrides: {
        CrossSiteScripting_BODY: "block",
        SizeRestrictions_QUERYSTRING: "block",
        UserAgent_BadBots_HEADER: "count",
      },
      exempt: [
        { path: "/wiki/*/edit", rules: ["CrossSiteScripting_BODY", "SQLi_BODY"] },
        { path: "/scans/**", rules: ["CrossSiteScripting_BODY", "RestrictedExtensions_URIPATH"] },
      ],
      rateLimits: { site: false, api: { path: "/api/**", limit: 100, window: "1m", key: { header: "x-api-key" } } },
      geo: { allow: ["DE", "FR"] },
      botControl: "common",
    },
  },
  open: {
    ...DEFAULTS,
    policy: [{ path: "/**", allow: "public" }],
    waf: {
      geo: { block: ["FR"] },
      allow: ["192.0.2.0/24"],
      block: ["2001:db8::/32"],
      accountTakeover: { path: "/login", payload: "form", username: "user", password: "password" },
    },
  },
  described: {
    ...DEFAULTS,
    behaviors: [
      {
        path: "/mcp*",
        origin: { type: "custom", domainName: "mcp-origin.example.com", open: true },
        api: { resource: { authorizationServers: ["https://login.example.com"] } },
      },
    ],
  },
} satisfies Record<string, Partial<ConfigInput>>;
type Name = keyof typeof CONFIGS;

describeWithTerraform("the web ACL", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-web-acl-"));
  const plans = new Map<string, PlannedResource[]>();
  afterAll(() => rmSync(outdir, { recursive: true }));

  beforeAll(() => {
    const stacks = Object.entries(CONFIGS).map(([name, more]): [string, string] => [
      name,
      synthesize(parseConfig({ ...SMALL, ...more }), { outdir: join(outdir, name) }).stackDir,
    ]);
    const { resources, output } = open(webAclsOf(stacks, join(outdir, "all"))).plan();
    expect(output).not.toContain("Warning:");
    for (const [name] of stacks)
      plans.set(
        name,
        resources.filter((resource) => resource.name.startsWith(`${name}_`)),
      );
  });

  const one = (name: string, type: string) => {
    const found = plans.get(name)!.filter((resource) => resource.type === type);
    expect(found).toHaveLength(1);
    return found[0]!.values;
  };
  const ask = (name: Name, request: WafRequest) => judge(one(name, "aws_wafv2_web_acl"), request);

  const PASS: [what: string, config: Name, request: WafRequest][] = [
    ["back-channel logout without User-Agent", "defaults", { path: PUSH, matches: ["NoUserAgent_HEADER"] }],
    ["a security event without User-Agent", "defaults", { path: EVENTS, matches: ["NoUserAgent_HEADER"] }],
    [
      "cookies of many sign-ins, at the gateway, which removes some",
      "defaults",
      { path: "/_gate/login", matches: ["SizeRestrictions_Cookie_HEADER"] },
    ],
    [
      "a callback with a long code",
      "defaults",
      { path: "/_gate/callback/main", matches: ["SizeRestrictions_QUERYSTRING", "GenericRFI_QUERYARGUMENTS"] },
    ],
    [
      "a sign-in that returns to a log file",
      "defaults",
      { path: "/_gate/login", matches: ["RestrictedExtensions_QUERYARGUMENTS"] },
    ],
    [
      "HTML and URLs in a page of the wiki",
      "defaults",
      { path: "/wiki/page", matches: ["CrossSiteScripting_BODY", "GenericRFI_BODY", "GenericLFI_BODY"] },
    ],
    ["an upload", "defaults", { path: "/files", matches: ["SizeRestrictions_BODY"] }],
    ["20,000 files for one office in five minutes", "defaults", { path: "/assets/logo.svg", requests: 20_000 }],
    ["an address that AWS itself only counts", "defaults", { path: "/", matches: ["AWSManagedIPDDoSList"] }],
    ["an exempt rule at its path", "tuned", { path: "/wiki/home/edit", matches: ["SQLi_BODY"] }],
    ["two exempt rules", "tuned", { path: "/wiki/a/edit", matches: ["SQLi_BODY", "CrossSiteScripting_BODY"] }],
    ["an exempt rule below its path", "tuned", { path: "/scans/1/x.log", matches: ["RestrictedExtensions_URIPATH"] }],
    ["a rule that the config counts", "tuned", { path: "/", matches: ["UserAgent_BadBots_HEADER"] }],
    ["a flood without a limit", "tuned", { path: "/", requests: 1_000_000 }],
    ["a flood without the counted header", "tuned", { path: "/api/x", requests: 1_000_000 }],
    [
      "a push from a cloud in another country",
      "tuned",
      {
        path: "/_door/backchannel-logout/main",
        country: "US",
        matches: ["HostingProviderIPList", "NoUserAgent_HEADER"],
      },
    ],
    ["a country that is allowed", "tuned", { path: "/", country: "FR" }],
    ["a country that is not blocked", "open", { path: "/", country: "DE" }],
    ["what would be blocked, if nothing is", "counting", { path: "/", matches: ["Log4JRCE_HEADER"], requests: 1e9 }],
    ["exempted rules, if nothing is blocked", "counting", { path: "/", matches: ["NoUserAgent_HEADER"] }],
  ];
  test.each(PASS)("lets pass: %s (%s)", (_, config, request) => {
    expect(ask(config, request)).toMatchObject({ action: "allow" });
  });

  const BLOCK: [what: string, config: Name, request: WafRequest, by: string][] = [
    ["no User-Agent elsewhere", "defaults", { path: "/", matches: ["NoUserAgent_HEADER"] }, "exempted"],
    [
      "no User-Agent at a path like the gateway's",
      "defaults",
      { path: "/_gateway", matches: ["NoUserAgent_HEADER"] },
      "exempted",
    ],
    ["too many cookies elsewhere", "defaults", { path: "/", matches: ["SizeRestrictions_Cookie_HEADER"] }, "exempted"],
    ["a long query elsewhere", "defaults", { path: "/x", matches: ["SizeRestrictions_QUERYSTRING"] }, "exempted"],
    [
      "a script in a query elsewhere",
      "defaults",
      { path: "/x", matches: ["CrossSiteScripting_QUERYARGUMENTS"] },
      "exempted",
    ],
    [
      "a script in a form that anybody may send",
      "defaults",
      { path: "/contact", matches: ["CrossSiteScripting_BODY"] },
      "exempted",
    ],
    [
      "a script in a form that anybody of a network may send",
      "defaults",
      { path: "/offers/7", matches: ["CrossSiteScripting_BODY"] },
      "exempted",
    ],
    [
      "a script beside an upload that only counts",
      "defaults",
      { path: "/contact/", matches: ["SizeRestrictions_BODY", "CrossSiteScripting_BODY"] },
      "exempted",
    ],
    ["a script in a body, on a public site", "open", { path: "/x", matches: ["CrossSiteScripting_BODY"] }, "common"],
    ["an attack that everything knows", "defaults", { path: PUSH, matches: ["Log4JRCE_HEADER"] }, "known-bad-inputs"],
    ["a bad bot at the gateway", "defaults", { path: "/_gate/login", matches: ["UserAgent_BadBots_HEADER"] }, "common"],
    ["a listed address", "defaults", { path: "/", matches: ["AWSManagedIPReputationList"] }, "ip-reputation"],
    ["an exempt rule elsewhere", "tuned", { path: "/wiki/home", matches: ["SQLi_BODY"] }, "exempted"],
    ["an exempt rule below its path", "tuned", { path: "/wiki/home/edit/x", matches: ["SQLi_BODY"] }, "exempted"],
    [
      "an exempt rule at a path that begins alike",
      "tuned",
      { path: "/scansx", matches: ["CrossSiteScripting_BODY"] },
      "exempted",
    ],
    [
      "one that is not exempt beside one that is",
      "tuned",
      { path: "/wiki/a/edit", matches: ["SQLi_BODY", "SQLi_COOKIE"] },
      "sql",
    ],
    [
      "a body that the config blocks everywhere",
      "tuned",
      { path: "/x", matches: ["CrossSiteScripting_BODY"] },
      "exempted",
    ],
    [
      "what the config blocks everywhere, at the gateway too",
      "tuned",
      { path: "/_door/callback/main", matches: ["SizeRestrictions_QUERYSTRING"] },
      "common",
    ],
    ["a cloud's address", "tuned", { path: "/", matches: ["HostingProviderIPList"] }, "exempted"],
    ["a country that is not allowed", "tuned", { path: "/", country: "US" }, "countries"],
    ["a country that is blocked", "open", { path: "/", country: "FR" }, "countries"],
  ];
  test.each(BLOCK)("blocks: %s (%s)", (_, config, request, by) => {
    expect(ask(config, request)).toMatchObject({ action: "block", by, status: 403, page: "blocked" });
  });

  test.each<[Name, WafRequest, string]>([
    ["defaults", { path: "/_gate/login", requests: 2_001 }, "rate-gateway"],
    // CloudFront runs the handler for these spellings, too.
    ["defaults", { path: "//_gate/login", requests: 2_001 }, "rate-gateway"],
    ["defaults", { path: "/./_gate/login", requests: 2_001 }, "rate-gateway"],
    ["defaults", { path: "/x/../_gate/login", requests: 2_001 }, "rate-gateway"],
    ["defaults", { path: "/%5fgate/login", requests: 2_001 }, "rate-gateway"],
    ["defaults", { path: "/x/%2e%2E/_gate/login", requests: 2_001 }, "rate-gateway"],
    ["described", { path: "/_gate/login", requests: 2_001 }, "rate-gateway"],
    ["described", { path: "/.well-known/oauth-protected-resource/mcp", requests: 2_001 }, "rate-gateway"],
    ["described", { path: "/.well-known/oauth-protected-resources", requests: 2_001 }, "rate-gateway"],
    ["described", { path: "//.well-known/oauth-%70rotected-resource", requests: 2_001 }, "rate-gateway"],
    ["defaults", { path: "/", requests: 50_001 }, "rate-site"],
    ["tuned", { path: "/_door/login", requests: 2_001 }, "rate-gateway"],
    ["tuned", { path: "/api", requests: 101, headers: { "x-api-key": "k" } }, "rate-api"],
  ])("limits (%s) %j", (config, request, by) => {
    expect(ask(config, { ...request, requests: request.requests! - 1 })).toMatchObject({ action: "allow" });
    expect(ask(config, request)).toMatchObject({ action: "block", by, status: 429, page: "limited" });
  });

  test.each<[Name, string[]]>([
    ["tuned", ["countries", "anonymous-ip", "common", "sql", "bot-control", "exempted"]],
    [
      "open",
      [
        "blocked-addresses",
        "allowed-addresses",
        "countries",
        "ip-reputation",
        "known-bad-inputs",
        "common",
        "account-takeover",
        "exempted",
      ],
    ],
  ])("of the config %s has the rules that its settings ask for", (config, names) => {
    const rules = one(config, "aws_wafv2_web_acl")["rule"] as { name: string; priority: number }[];
    const inOrder = [...rules].sort((a, b) => a.priority - b.priority).map(({ name }) => name);
    expect(inOrder.filter((name) => !name.startsWith("rate-"))).toEqual(names);
  });

  test("every setting is planned here without the others that it has company of in plan/", () => {
    const planned = Object.values(CONFIGS).flatMap((config) => ("waf" in config ? Object.keys(config.waf ?? {}) : []));
    expect([...new Set(planned)].sort()).toEqual(Object.keys(EVERYTHING.waf as object).sort());
  });

  test("what only counts is in the log, with the name of the rule", () => {
    expect(ask("counting", { path: "/", matches: ["NoUserAgent_HEADER", "Log4JRCE_HEADER"] }).counted).toEqual([
      "known-bad-inputs",
      "NoUserAgent_HEADER",
      "exempted",
    ]);
    expect(ask("defaults", { path: PUSH, matches: ["NoUserAgent_HEADER"] }).counted).toEqual(["NoUserAgent_HEADER"]);
  });

  test("logs what is blocked or counted, without queries, cookies, tokens and keys", () => {
    expect(one("tuned", "aws_cloudwatch_log_group")).toMatchObject({
      name: "aws-waf-logs-wiki",
      retention_in_days: 90,
    });
    const { redacted_fields: redacted, logging_filter: filter } = one(
      "tuned",
      "aws_wafv2_web_acl_logging_configuration",
    );
    const fields = redacted as { query_string: object[]; single_header: { name: string }[] }[];
    expect(fields.filter(({ query_string }) => query_string.length > 0)).toHaveLength(1);
    expect(fields.flatMap(({ single_header }) => single_header.map(({ name }) => name))).toEqual(
      expect.arrayContaining(["authorization", "cookie", "dpop", "proxy-authorization", "referer", "x-api-key"]),
    );
    expect(filter).toEqual([
      {
        default_behavior: "DROP",
        filter: [
          {
            behavior: "KEEP",
            requirement: "MEETS_ANY",
            condition: expect.arrayContaining(
              ["BLOCK", "COUNT"].map((action) => ({ action_condition: [{ action }], label_name_condition: [] })),
            ) as unknown,
          },
        ],
      },
    ]);
  });
});

/**
 * A stack with the web ACLs of several, planned once. The other resources are planned elsewhere, and take long.
 *
 * @param folder created
 */
function webAclsOf(stacks: [name: string, stackDir: string][], folder: string): string {
  const resource: Record<string, Record<string, unknown>> = {};
  let settings: object = {};
  for (const [name, stackDir] of stacks) {
    const text = readFileSync(join(stackDir, "cdk.tf.json"), "utf8").replace(
      /(\baws_(?:wafv2_\w+|cloudwatch_log_group))\.web_acl/g,
      `$1.${name}_web_acl`,
    );
    const { terraform, provider, resource: all } = JSON.parse(text) as Stack;
    settings = { terraform, provider };
    for (const [type, resources] of Object.entries(all))
      for (const [id, values] of Object.entries(resources))
        if (id.startsWith("web_acl")) (resource[type] ??= {})[`${name}_${id}`] = values;
  }
  mkdirSync(folder);
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify({ ...settings, resource }));
  return folder;
}

interface Stack {
  terraform: object;
  provider: object;
  resource: Record<string, Record<string, unknown>>;
}

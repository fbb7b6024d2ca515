/**
 * An exported module is the stack. Modules that are exported from configs with other values are called with the values of
 * each config; everything that Terraform plans for them is compared with its plan of that config's stack.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadConfig, parseConfig } from "../../config/load";
import type { ConfigInput } from "../../config/schema";
import { EVERYTHING } from "../support/configs";
import { largePolicy } from "../support/large-policy";
import { planPairs, writePairs } from "../support/module-pairs";
import { ORIGINS } from "../support/origins";
import { SMALL } from "../support/small-config";
import { describeWithTerraform } from "../support/terraform";

const EXAMPLES = resolve(__dirname, "../../examples");

const STORED = largePolicy(300, 4);

const SERVER: Partial<ConfigInput> = {
  origin: { type: "custom", domainName: "wiki-origin.example.com", open: true },
};

/** Each kind of condition but countries, in configs that need different parts of the gate. */
const CONDITIONS: Record<string, Partial<ConfigInput>> = {
  "conditions-of-people": {
    ...SERVER,
    // A claim that rules compare can be a header, too.
    identityHeaders: { "x-gate-plan": "plan", "x-gate-office": "office" },
    requirements: { paying: { claims: { plan: ["premium", "trial"], "https://example.com/tier": "gold" } } },
    policy: [
      { path: "/premium/**", allow: { require: "paying" } },
      { path: "/profile/{user}", methods: ["PUT"], allow: [{ owner: "user" }, { allRoles: ["admin", "staff"] }] },
      { path: "/teams/{team}/{user}", allow: { owner: { segment: "team", claim: "team" }, notRoles: ["guest"] } },
      { path: "/internal/**", allow: "nobody" },
      { path: "/reports/*", allow: { scopes: ["reports:read"], emailDomains: ["example.com"], idp: ["main"] } },
      { path: "/**", allow: { require: "paying" } },
    ],
  },
  "conditions-of-requests": {
    ...SERVER,
    policy: [
      {
        path: "/office/**",
        methods: ["GET"],
        allow: [
          { public: true, networks: ["198.51.100.0/24"] },
          { during: { from: "2026-12-01T08:00:00Z", days: ["mon", "fri"], hours: "08:00-18:00" } },
          "signed-in",
        ],
      },
      { path: "/**", allow: { notNetworks: ["203.0.113.0/24", "2001:db8::/32"] } },
    ],
  },
  "conditions-of-programs": {
    ...SERVER,
    identityProviders: {
      main: { issuer: "https://login.example.com", clientId: "wiki", roles: { grant: ["admin", "staff"] } },
      corp: {
        issuer: "https://corp.example.com",
        clientId: "corp",
        roles: { claim: "groups", map: { A: "admin" }, grant: ["admin"] },
      },
    },
    accessTokens: {
      main: { identityProvider: "main", audience: ["https://api.example.com"] },
      corp: { identityProvider: "corp", audience: ["urn:api"], claims: ["department"] },
      ci: { profile: "github", audience: ["https://api.example.com"], require: { repository: "example/app" } },
    },
    behaviors: [{ path: "/api/*", origin: ORIGINS["open"]!, api: true }],
    policy: [
      { path: "/api/builds/**", allow: { idp: ["ci", "service-token"] } },
      {
        path: "/api/reports/**",
        allow: { scopes: ["reports:read"], claims: { plan: ["premium"], department: ["a"] } },
      },
      { path: "/api/pay/**", allow: [{ roles: ["admin"], maxAge: "15m" }, { emailDomains: ["example.com"] }] },
      { path: "/**", allow: { roles: ["staff", "admin"] } },
    ],
  },
  "conditions-of-programs-closed": {
    ...SERVER,
    maintenance: { until: "2026-12-01T08:00:00Z" },
    accessTokens: { main: { identityProvider: "main", audience: ["https://api.example.com"] } },
    api: { cors: { origins: "*" } },
    policy: [{ path: "/**", allow: "signed-in" }],
  },
  "conditions-of-an-application": {
    origin: { type: "s3", spa: true, notFound: "/404.html" },
    behaviors: [
      { path: "/api/*", origin: ORIGINS["open"]! },
      { path: "/admin/*", origin: { type: "s3", spa: true } },
    ],
    policy: [
      { path: "/favicon.ico", allow: "signed-in" },
      { path: "/api/public/**", methods: ["GET"], allow: "public" },
      { path: "/admin/**", allow: { allRoles: ["admin", "staff"], maxAge: "15m" } },
      { path: "/reports/**", allow: [{ roles: ["admin"], notRoles: ["guest"] }, { acr: ["mfa"] }] },
      { path: "/**", allow: "signed-in" },
    ],
  },
  "conditions-closed": {
    ...SERVER,
    maintenance: { allow: { roles: ["admin"] } },
    requirements: { strong: [{ roles: ["admin"], acr: ["mfa", "urn:x"] }, { maxAge: "15m" }] },
    policy: [{ path: "/**", allow: { require: "strong" } }],
  },
};

/** Every option is in one of these; those of the list `policy` are in all. */
const OPTIONS: Record<string, Partial<ConfigInput>> = {
  everything: EVERYTHING,
  "own-certificate": { certificateArn: EVERYTHING.certificateArn, alternateDomains: ["docs.example.com"] },
  "hosts-that-redirect": { alternateDomains: ["a.example.com", "b.example.com"], redirectHosts: ["example.com"] },
  "zones-of-their-own": { alternateDomains: ["docs.example.org"], hostedZones: { "docs.example.org": "Z0DOCS" } },
  "no-dns": { manageDns: false },
  "no-domains": { attachDomains: false },
  "no-dashboard": { dashboard: false, reserveConcurrency: false, deletionProtection: false },
  "no-web-acl": { waf: false },
  "own-web-acl": {
    waf: { webAclArn: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/main/0a1b2c3d-0000-1111-2222-333344445555" },
  },
  "own-bucket-for-logs": { accessLogBucketArn: EVERYTHING.accessLogBucketArn, logRetentionDays: 30 },
  keys: {
    kmsKeyArn: EVERYTHING.kmsKeyArn,
    logKmsKeyArn: EVERYTHING.logKmsKeyArn,
    alarmTopicArn: EVERYTHING.alarmTopicArn,
  },
  roles: { iam: EVERYTHING.iam, policy: [{ path: "/**", allow: { roles: ["Ärzte", "admin"] } }] },
  ...CONDITIONS,
  "conditions-of-a-country": {
    policy: [{ path: "/**", allow: [{ public: true, countries: ["DE", "FR"] }, { notCountries: ["US"] }] }],
  },
  // Its hosts are no variables.
  "policy-in-the-store": {
    ...SERVER,
    domain: STORED.hosts[0]!,
    alternateDomains: STORED.hosts.slice(1),
    maintenance: { allow: { roles: ["staff"] } },
    policy: STORED.rules as ConfigInput["policy"],
  },
  closed: {
    maintenance: { until: "2026-12-01T08:00:00Z", message: "Soon.", allow: { roles: ["staff"] } },
    policy: [{ path: "/**", allow: { roles: ["staff"] } }],
  },
  session: { session: EVERYTHING.session, theme: { productName: "Wiki – intern" } },
};

const CASES: Record<string, Partial<ConfigInput>> = {
  small: {},
  ...OPTIONS,
  ...Object.fromEntries(
    Object.entries(ORIGINS).map(([name, origin]) => [`origin-${name.replace(/[^a-z]+/gi, "-")}`, { origin }]),
  ),
};

describeWithTerraform("a module", (open) => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-module-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  // Programs.
  const others = ["attach.ts", "own-app.ts"];
  const examples = readdirSync(EXAMPLES).filter((file) => file.endsWith(".ts") && !others.includes(file));
  const configs = {
    ...Object.fromEntries(Object.entries(CASES).map(([name, more]) => [name, parseConfig({ ...SMALL, ...more })])),
    ...Object.fromEntries(
      examples.map((file) => [`example-${file.replace(".ts", "")}`, loadConfig(join(EXAMPLES, file))]),
    ),
  };
  let planned: ReturnType<typeof planPairs>;

  beforeAll(() => {
    const withWebAcl = ["small", "everything"];
    const pairs = Object.entries(configs).map(([name, config]) => [
      name,
      {
        config,
        hasWebAcl: withWebAcl.includes(name),
        // A policy without conditions can become one with them.
        ...(name in CONDITIONS && { exported: parseConfig(SMALL).policy }),
      },
    ]);
    writePairs(join(folder, "root"), Object.fromEntries(pairs) as Parameters<typeof writePairs>[1]);
    planned = planPairs(open(join(folder, "root")));
  }, 600_000);

  test.each(Object.keys(configs))("of the config %s is planned as the stack", (name) => {
    expect(Object.keys(planned[`stack-${name}`]!).length).toBeGreaterThan(50);
    expect(planned[`module-${name}`]).toEqual(planned[`stack-${name}`]);
  });
});

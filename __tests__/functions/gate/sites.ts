/** The sites whose gates are tested, and the source of each as a deployment would have it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../../config/load";
import type { Config, ConfigInput } from "../../../config/schema";
import { readDistribution } from "../../../local/distribution";
import { synthesize } from "../../../stacks/synthesize";
import { emptyArtifacts } from "../../support/empty-artifacts";

export const COMMON = {
  domain: "app.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  identityProviders: { main: { issuer: "https://login.example.com", clientId: "client" } },
  origin: { type: "custom", domainName: "origin.example.com", open: true },
} as const satisfies Partial<ConfigInput>;

export const SITE_CONFIGS = {
  /** Rules of every kind and no catch-all: what no rule names is denied. */
  handbook: {
    ...COMMON,
    name: "handbook",
    alternateDomains: ["docs.example.com"],
    identityHeaders: { "x-gate-department": "department", "x-gate-office": "office" },
    theme: { productName: "Example Handbook", support: "help@example.com" },
    policy: [
      { host: "docs.example.com", path: "/admin/help", allow: "public" },
      { path: "/", allow: "public" },
      { path: "/public/**", allow: "public" },
      { path: "/exact", allow: "public" },
      { path: "/admin/**", allow: { roles: ["admin"] } },
      { path: "/staff/**", allow: { roles: ["staff", "admin"] } },
      { path: "/ops/**", allow: { roles: ["ops@example.com", "team:a/b.c-d"] } },
      { path: "/groups/**", allow: { roles: ["Ärzte", "Domain Users", "/staff", "cn=a,ou=b"] } },
      { path: "/clinic/**", allow: { roles: ["Ärzte"] }, escapes: true },
      { path: "/reports/*/edit", methods: ["POST"], allow: { roles: ["editor"] } },
      { path: "/reports/**", methods: ["GET"], allow: "signed-in" },
      { path: "/api/**", methods: ["GET", "POST"], allow: "signed-in", preflight: "pass" },
      { path: "/*/print", allow: "public" },
      { path: "/people/*", allow: "signed-in" },
      { path: "/wiki/**", allow: "signed-in" },
      { host: "docs.example.com", path: "/docs-only", allow: "public" },
    ],
  },
  /** Lets everything pass that has a readable path, so that only the path is judged. */
  open: {
    ...COMMON,
    name: "open",
    policy: [
      { path: "/files/**", allow: "public", escapes: true },
      { path: "/vault/**", allow: "signed-in", escapes: true },
      { path: "/api/**", allow: "signed-in", escapes: true, preflight: "pass" },
      { path: "/**", allow: "public" },
    ],
  },
  /** Two identity providers. */
  shared: {
    ...COMMON,
    name: "shared",
    identityProviders: {
      main: { ...COMMON.identityProviders.main, roles: { grant: ["admin"] } },
      partner: { ...COMMON.identityProviders.main, roles: { grant: ["admin"] } },
      third: { ...COMMON.identityProviders.main, roles: { grant: [] } },
    },
    policy: [
      { path: "/corp/**", allow: { idp: ["main"] } },
      { path: "/both/**", allow: { idp: ["main", "partner"] } },
      { path: "/corp-admin/**", allow: { roles: ["admin", "root"], idp: ["main"] } },
      { path: "/files/**", allow: { roles: ["admin"], idp: ["main"] }, escapes: true },
      { path: "/any-admin/**", allow: { roles: ["admin"] } },
      { path: "/**", allow: "signed-in" },
    ],
    accessDenied: { tellRoles: ["admin"] },
  },
  /** Buckets behind most paths: with folders, with applications of one page, and with neither; and an API. */
  buckets: {
    ...COMMON,
    name: "buckets",
    origin: { type: "s3" },
    behaviors: [
      { path: "/api/*", origin: { type: "custom", domainName: "api.example.com", open: true } },
      { path: "/app/*", origin: { type: "s3", bucketName: "example-app", spa: true } },
      { path: "/raw/*", origin: { type: "s3", bucketName: "example-raw", index: false } },
      { path: "/a*z/*.d/x", origin: { type: "s3", bucketName: "example-raw", index: "main.htm" } },
    ],
    policy: [
      { path: "/", allow: "public" },
      { path: "/index.html", allow: "public" },
      { path: "/app/admin/**", allow: { roles: ["admin"] } },
      { path: "/app/**", allow: "signed-in" },
      { path: "/files/**", allow: "public", escapes: true },
      { path: "/favicon.ico", allow: "public" },
      { path: "/**", allow: "public" },
    ],
  },
  /** One page, and nothing else. */
  app: { ...COMMON, name: "app", origin: { type: "s3", spa: true }, policy: [{ path: "/**", allow: "signed-in" }] },
  /** Says as little as can be said, under a base path of its own. */
  door: { ...COMMON, name: "door", basePath: "/_door", policy: [{ path: "/**", allow: "signed-in" }] },
  /** Closed until a time, except for the people who work on it. */
  closed: {
    ...COMMON,
    name: "closed",
    identityProviders: {
      main: { ...COMMON.identityProviders.main, roles: { grant: ["ops"] } },
      partner: { ...COMMON.identityProviders.main, roles: { grant: ["ops"] } },
    },
    maintenance: { until: "2026-12-01T09:00:00+01:00", allow: { roles: ["Domain Admins", "ops"] } },
    policy: [
      { path: "/public/**", allow: "public" },
      { path: "/files/**", allow: "public", escapes: true },
      { path: "/api/**", allow: "signed-in", preflight: "pass" },
      { path: "/staff/**", allow: { roles: ["staff", "root"] } },
      { path: "/corp/**", allow: { roles: ["staff"], idp: ["main"] } },
      { path: "/ops/**", allow: { roles: ["ops", "Domain Admins"] } },
      { path: "/wiki/**", allow: "signed-in" },
    ],
  },
  /** Closed for everybody, who knows for how long. */
  shut: {
    ...COMMON,
    name: "shut",
    maintenance: {},
    policy: [
      { path: "/public/**", allow: "public" },
      { path: "/**", allow: "signed-in" },
    ],
  },
  /** Its server knows the gateway by a secret. */
  marked: {
    ...COMMON,
    name: "marked",
    origin: { type: "custom", domainName: "origin.example.com", secretHeader: true },
    policy: [
      { path: "/public/**", allow: "public" },
      { path: "/**", allow: "signed-in" },
    ],
  },
  /** Its server gets the secret and assertions. */
  asserted: {
    ...COMMON,
    name: "asserted",
    alternateDomains: ["docs.example.com"],
    origin: { type: "custom", domainName: "origin.example.com", secretHeader: true, assertion: true },
    assertion: { audience: "https://orders.internal.example.com" },
    identityHeaders: { "x-gate-department": "department", "x-gate-office": "office" },
    policy: [
      { path: "/public/**", allow: "public" },
      { path: "/**", allow: "signed-in" },
    ],
  },
} satisfies Record<string, ConfigInput>;

export type Site = keyof typeof SITE_CONFIGS;

export function siteConfig(site: Site): Config {
  return parseConfig(SITE_CONFIGS[site]);
}

/**
 * The source of each site's gate: read from the stack that is synthesized for its config, as Terraform would read it.
 */
export function gateSources(): Record<Site, string>;
export function gateSources<Name extends string>(sites: Record<Name, ConfigInput>): Record<Name, string>;
export function gateSources(sites: Record<string, ConfigInput> = SITE_CONFIGS): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-gate-"));
  try {
    const artifacts = emptyArtifacts(folder);
    const sources = Object.entries(sites).map(([site, config]) => {
      const { stackDir } = synthesize(parseConfig(config), { outdir: join(folder, site), artifacts });
      const gates = readDistribution(join(stackDir, "cdk.tf.json")).behaviors.flatMap(({ gate }) => gate ?? []);
      return [site, gates[0]!];
    });
    return Object.fromEntries(sources) as Record<string, string>;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

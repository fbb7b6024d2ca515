/** The gates that are measured: a typical site, and one with a hundred rules. */
import { readFileSync } from "node:fs";
import type { Allow, PolicyRule } from "../policy/rule";
import { artifacts } from "../build/artifacts";
import { gateWith, type GateFeature } from "../build/gate-features";
import { conditionFeatures } from "../policy/requirement";
import { policySource } from "../policy/source";
import type { Place } from "../sites/place";
import { siteSource } from "../sites/source";
import type { ApiGateSettings } from "../session/access-tokens";
import type { GateSettings } from "../session/settings";

export const SETTINGS: GateSettings = {
  basePath: "/_gate",
  hosts: ["app.example.com"],
  productName: "Example Intranet",
};

/** The issuer whose tokens API behaviors accept, and the site whose scripts may call them. */
export const API_ISSUER = "https://login.example.com/tenant";
export const API_ORIGIN = "https://console.example.com";
export const API_SETTINGS: ApiGateSettings = {
  issuers: [API_ISSUER, "https://token.actions.githubusercontent.com"],
  cors: [
    [
      "*",
      {
        origins: ["https://app.example.com", API_ORIGIN],
        preflight: {
          "allow-credentials": "true",
          "allow-headers": "authorization,content-type",
          "allow-methods": "GET,HEAD,POST,PUT",
          "max-age": "3600",
        },
        answer: { "allow-credentials": "true", "expose-headers": "www-authenticate" },
      },
    ],
  ],
  resources: [["*", '/.well-known/oauth-protected-resource"']],
};

/** `count` rules of the kinds that sites have: mostly one area per rule, some with methods or a deeper path. */
export function sampleRules(count: number): PolicyRule[] {
  const areas = ["reports", "billing", "orders", "catalog", "wiki", "tickets", "builds", "people", "search", "media"];
  const rules: PolicyRule[] = [
    { path: "/", allow: "public" },
    { path: "/assets/**", allow: "public" },
    { path: "/admin/**", allow: { roles: ["admin"] } },
    { path: "/api/v1/users/**", methods: ["GET"], allow: { roles: ["staff", "admin"] } },
    { path: "/api/**", allow: { roles: ["admin"] } },
  ];
  for (let i = 0; rules.length < count - 1; i++) {
    const area = areas[i % areas.length]! + (i < areas.length ? "" : Math.floor(i / areas.length));
    rules.push(
      i % 5 === 4
        ? { path: `/${area}/*/edit`, methods: ["POST"], allow: { roles: ["staff"] } }
        : { path: `/${area}/**`, allow: i % 2 ? "signed-in" : { roles: ["staff"] } },
    );
  }
  rules.push({ path: "/**", allow: "signed-in" });
  return rules;
}

/** A requirement of each kind, on separate paths. Measured one at a time. */
export const KINDS: Readonly<Record<string, Allow>> = {
  "deny rule": "nobody",
  "all of two roles": { allRoles: ["staff", "editor"] },
  "without a role": { notRoles: ["contractor"] },
  scopes: { scopes: ["read", "write"] },
  claim: { claims: { plan: ["pro", "team"] } },
  "e-mail domain": { emailDomains: ["example.com"] },
  "owner or admin": [{ roles: ["admin"] }, { owner: "user" }],
  "owner by a claim": { owner: { segment: "user", claim: "team" } },
  "strength and age": { acr: ["mfa"], maxAge: 900 },
  "address of IPv4 in the last of 8 ranges": {
    networks: [...Array.from({ length: 7 }, (_, i) => `10.${i}.0.0/16`), "192.0.2.0/24"],
  },
  "address of IPv4, with ranges of IPv6": { networks: ["2001:db8::/32", "192.0.2.0/24"] },
  country: { countries: ["DE", "FR"] },
  "time, days and hours": {
    during: {
      from: "2020-01-01T00:00:00Z",
      days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
      hours: "00:00-24:00",
    },
  },
};

/** As {@link sampleRules}, with every fourth rule of an area replaced by one of the kinds that the core has. */
export function mixedRules(count: number): PolicyRule[] {
  const core = ["all of two roles", "without a role", "claim", "owner or admin", "deny rule", "e-mail domain"];
  return sampleRules(count).map((rule, i) =>
    i > 7 && i < count - 1 && i % 4 === 0
      ? { ...rule, path: `/${rule.path.split("/")[1]}/{user}`, allow: KINDS[core[(i / 4) % core.length]!]! }
      : rule,
  );
}

/** The gate as it ships: the base source and what Terraform appends. Keys are in the order of HCL's `jsonencode`. */
export function gateSource(
  rules: readonly PolicyRule[],
  settings: GateSettings = SETTINGS,
  places: readonly Place[] = [],
  features: readonly GateFeature[] = [],
): string {
  const sorted = JSON.stringify(settings, (_, value: unknown) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return `${baseSource(rules, features)}\nvar S=${sorted};\n${policySource(rules)}\n${siteSource(places, [])}\n`;
}

/** The gate without settings and policy, with the features that the rules need. */
export function baseSource(rules: readonly PolicyRule[] = [], features: readonly GateFeature[] = []): string {
  // The handler of API behaviors evaluates conditions.
  const all = features.includes("api") ? features : [...features, ...conditionFeatures(rules)];
  return readFileSync(gateWith(artifacts(), all), "utf8");
}

/** The gates that are measured: a typical site, and one with a hundred rules. */
import { readFileSync } from "node:fs";
import type { PolicyRule } from "../policy/rule";
import { artifacts } from "../build/artifacts";
import { gateWith, type GateFeature } from "../build/gate-features";
import { policySource } from "../policy/source";
import type { Place } from "../sites/place";
import { siteSource } from "../sites/source";
import type { GateSettings } from "../session/settings";

export const SETTINGS: GateSettings = {
  basePath: "/_gate",
  hosts: ["app.example.com"],
  severalProviders: false,
  identityHeaders: [],
  productName: "Example Intranet",
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
  return `${baseSource(features)}\nvar S=${sorted};\n${policySource(rules)}\n${siteSource(places, [])}\n`;
}

/** The gate without settings and policy. */
export function baseSource(features: readonly GateFeature[] = []): string {
  return readFileSync(gateWith(artifacts(), features), "utf8");
}

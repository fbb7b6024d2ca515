/** The source of a gate for rules with conditions, as Terraform joins it, whatever its size. */
import { buildGate } from "../../../build/gate";
import type { GateFeature } from "../../../build/gate-features";
import { policySource } from "../../../policy/source";
import type { PolicyRule } from "../../../policy/rule";
import { siteSource } from "../../../sites/source";

/** With every kind of conditions, and for sites that are closed. */
const BASE = buildGate(["conditions", "hours", "maintenance", "stepup", "viewer"]);
const SETTINGS = {
  basePath: "/_gate",
  hosts: ["app.example.com", "a.example", "b.example"],
  identityHeaders: [["x-gate-department", "department"]],
  productName: "Example",
};

export function sourceWithConditions(rules: readonly PolicyRule[]): string {
  return joined(BASE, policySource(rules));
}

/** @param features of the gate, in any order @param policy the compiled policy */
export function gateSource(features: readonly GateFeature[], policy: string): string {
  const name = [...features].sort().join();
  const base = bases.get(name) ?? buildGate(features);
  bases.set(name, base);
  return joined(base, policy);
}

const bases = new Map<string, string>();

function joined(base: string, policy: string): string {
  return `${base}\nvar S=${JSON.stringify(SETTINGS)};\n${policy}\n${siteSource([], [])}\n`;
}

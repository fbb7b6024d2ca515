/** The source of a gate for rules with conditions, as Terraform joins it, whatever its size. */
import { buildGate } from "../../../build/gate";
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
  return `${BASE}\nvar S=${JSON.stringify(SETTINGS)};\n${policySource(rules)}\n${siteSource([], [])}\n`;
}

/** A review as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), for code scanning. */
import { createHash } from "node:crypto";
import type { Review } from "../review";
import { plain } from "../sentence";
import type { Rule } from "../rule";
import { RULES } from "../rules/index";
import type { Severity } from "../severity";

const LEVELS: Readonly<Record<Severity, string>> = { high: "error", medium: "warning", low: "note" };
/** https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning#reportingdescriptor-object */
const SCORES: Readonly<Record<Severity, string>> = { high: "8.0", medium: "5.0", low: "2.0" };

/** @param plan the name of the reviewed file, as given */
export function reviewSarif({ flags }: Review, plan: string, version: string): object {
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: { name: "edgegate review", version, rules: RULES.map(descriptor) },
        },
        results: flags.map(({ rule, severity, address, message }) => ({
          ruleId: rule,
          ruleIndex: RULES.findIndex(({ id }) => id === rule),
          level: LEVELS[severity],
          message: { text: plain(message) },
          locations: [
            {
              // A plan has no lines that people read; the address says where to look.
              physicalLocation: { artifactLocation: { uri: uriOf(plan) }, region: { startLine: 1 } },
              logicalLocations: [{ fullyQualifiedName: address, kind: "resource" }],
            },
          ],
          partialFingerprints: { "edgegate/v1": fingerprint(rule, address, plain(message)) },
          properties: { severity, "security-severity": SCORES[severity] },
        })),
      },
    ],
  };
}

function descriptor({ id, title, help }: Rule): object {
  return { id, shortDescription: { text: title }, help: { text: help } };
}

/** A relative path, because an absolute one would reveal the build's folder. */
function uriOf(plan: string): string {
  const name = plan === "-" ? "plan.json" : plan.replace(/^.*[\\/]/, "");
  return encodeURIComponent(name);
}

function fingerprint(...parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

/** Deciding values that are known only after the apply, so that the review cannot examine them. */
import { isGate, isSettings } from "../gateway/gateways";
import { documentsOf } from "../iam/documents";
import type { Change } from "../plan/plan";
import { at, hasMark, isMarked } from "../plan/values";
import { say } from "../sentence";
import type { Found, Rule } from "../rule";

/** By type: attributes that decide something. Policy documents and the gate are handled separately. */
const DECIDES: Readonly<Record<string, readonly string[]>> = {
  aws_cloudfront_distribution: ["web_acl_id", "aliases", "viewer_certificate", "enabled"],
  aws_cloudfront_response_headers_policy: ["security_headers_config", "cors_config"],
  aws_wafv2_web_acl: ["rule", "default_action"],
  aws_wafv2_ip_set: ["addresses"],
  aws_cloudwatch_log_group: ["retention_in_days"],
};

export const unknownDecision: Rule = {
  id: "unknown-decision",
  title: "Cannot tell what will decide",
  help: "Write the value out, or apply what it depends on first and plan again.",
  find: ({ changes }) =>
    changes.flatMap((change): Found[] =>
      attributesOf(change)
        .filter((attribute) => isUnknown(change, attribute))
        .map((attribute) => ({
          severity:
            change.type === "aws_cloudfront_function" || change.type === "aws_ssm_parameter" ? "high" : "medium",
          address: change.address,
          message: say`Only the apply will know ${attribute}.`,
        })),
    ),
};

function attributesOf(change: Change): string[] {
  const { type, action } = change;
  if (action === "none" || action === "delete" || action === "forget") return [];
  if (type === "aws_cloudfront_function" && (isGate(change) || change.after?.["code"] === undefined)) return ["code"];
  if (isSettings(change))
    return ["insecure_value", "value"].filter((name) => typeof change.before?.[name] === "string");
  // In a new resource, a policy names resources that are new as well.
  if (action !== "update") return [];
  return [...(DECIDES[type] ?? []), ...documentsOf(change).map(([attribute]) => attribute)];
}

/** `value` of a parameter is computed from `insecure_value` where that is given, and is unknown with each change. */
function isUnknown({ type, before, after, afterUnknown }: Change, attribute: string): boolean {
  if (type === "aws_ssm_parameter" && attribute === "value" && after?.["insecure_value"] !== undefined) return false;
  if (type === "aws_cloudfront_function") return isMarked(afterUnknown, [attribute]);
  return hasMark(afterUnknown, [attribute]) && at(before, [attribute]) !== undefined;
}

/** Logs: without them, an incident cannot be investigated. */
import type { Change, Values } from "../plan/plan";
import { blocks, strings } from "../plan/values";
import { say } from "../sentence";
import { aboutChanges, high, isRemoved, low, medium, type Findings } from "../rule";

/** By type: the log lines that are lost without it. */
const WRITES: Readonly<Record<string, string>> = {
  aws_cloudwatch_log_delivery: "The access log is no longer delivered.",
  aws_cloudwatch_log_delivery_source: "The access log is no longer delivered.",
  aws_cloudwatch_log_delivery_destination: "The access log is no longer delivered.",
  aws_wafv2_web_acl_logging_configuration: "The web ACL no longer logs what it blocks.",
};

export const shortensLogs = aboutChanges({
  id: "shortens-logs",
  title: "Drops logs or keeps them for a shorter time",
  help: "Deleted log lines do not come back. Ask those who must keep them before you apply.",
  types: ["aws_cloudwatch_log_group", "aws_cloudfront_distribution", ...Object.keys(WRITES)],
  examine: (change) => {
    const { type, action, before, after } = change;
    if (type === "aws_cloudwatch_log_group") return group(change);
    if (type === "aws_cloudfront_distribution")
      return [
        action === "update" &&
          blocks(before!["logging_config"]).length > 0 &&
          blocks(after!["logging_config"]).length === 0 &&
          medium(say`The distribution no longer writes its access log to a bucket.`),
      ];
    if (action === "delete") return [medium([WRITES[type]!])];
    return action === "update" ? fields(before!, after!) : [];
  },
});

function group(change: Change): Findings {
  const { before, after } = change;
  const name = String((before ?? after)?.["name"]);
  if (isRemoved(change))
    return [before!["skip_destroy"] !== true && high(say`The log group ${name} is deleted with everything in it.`)];
  if (before === undefined || after === undefined) return [];
  // Zero keeps lines forever.
  const [was, is] = [before, after].map((values) => Number(values["retention_in_days"] ?? 0) || Infinity);
  return [
    is! < was! &&
      medium(say`Lines of ${name} are kept for ${is!} days instead of ${was === Infinity ? "forever" : was!}.`),
  ];
}

/** The fields of the access log, and what the web ACL's log leaves out. */
function fields(before: Values, after: Values): Findings {
  const lost = strings(before["record_fields"]).filter((field) => !strings(after["record_fields"]).includes(field));
  const [was, is] = [before, after].map((values) =>
    blocks(values["redacted_fields"]).map((one) => JSON.stringify(one)),
  );
  const shown = was!.filter((field) => !is!.includes(field));
  const isFiltered = JSON.stringify(before["logging_filter"] ?? []) !== JSON.stringify(after["logging_filter"] ?? []);
  return [
    lost.length > 0 && medium(say`The access log no longer has ${lost.join(", ")}.`),
    shown.length > 0 && high(say`The web ACL's log shows what was left out of it before, such as session cookies.`),
    isFiltered && low(say`Which requests the web ACL logs changes.`),
  ];
}

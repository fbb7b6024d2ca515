/**
 * What WAF does with a request, by a planned web ACL
 * (https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing.html). What AWS's own rules look for nobody
 * knows outside AWS, so a request says which of them it matches.
 */
import { posix } from "node:path";
import { AWS_LABELS, ONLY_COUNTED_BY_AWS } from "./aws-managed-rules";

export interface WafRequest {
  path: string;
  country?: string;
  /** Names of managed rules. */
  matches?: readonly string[];
  /** Requests that came from the address within the window of each rate rule, this one included. */
  requests?: number;
  headers?: Record<string, string>;
}

export interface Verdict {
  action: "allow" | "block";
  /** The rule that decided; undefined for the default action. */
  by?: string;
  status?: number;
  page?: string;
  /** Rules that matched and only counted. */
  counted: string[];
}

type Block = Record<string, unknown>;

const list = (value: unknown): Block[] =>
  value === undefined || value === null ? [] : ((Array.isArray(value) ? value : [value]) as Block[]);
const first = (value: unknown): Block | undefined => list(value)[0];

/** @param acl values of an `aws_wafv2_web_acl` */
export function judge(acl: Block, request: WafRequest): Verdict {
  const labels = new Set<string>();
  const counted: string[] = [];
  const rules = list(acl["rule"]).sort((a, b) => Number(a["priority"]) - Number(b["priority"]));
  for (const rule of rules) {
    const name = String(rule["name"]);
    const statement = first(rule["statement"])!;
    const group = first(statement["managed_rule_group_statement"]);
    if (group) {
      const answer = judgeGroup(group, request, labels, counted);
      if (answer && first(first(rule["override_action"])!["count"])) counted.push(name);
      else if (answer) return { ...answer, by: name, counted };
      continue;
    }
    if (!matches(statement, request, labels)) continue;
    const action = first(rule["action"])!;
    if (first(action["allow"])) return { action: "allow", by: name, counted };
    const block = first(action["block"]);
    if (block) return { ...blocked(block), by: name, counted };
    counted.push(name);
  }
  return { action: "allow", counted };
}

function judgeGroup(
  group: Block,
  request: WafRequest,
  labels: Set<string>,
  counted: string[],
): Omit<Verdict, "by" | "counted"> | undefined {
  const scope = first(group["scope_down_statement"]);
  if (scope && !matches(scope, request, labels)) return undefined;
  const overrides = new Map(
    list(group["rule_action_override"]).map((each) => [each["name"], first(each["action_to_use"])!]),
  );
  for (const [rule, label] of Object.entries(AWS_LABELS[String(group["name"])] ?? {})) {
    if (!request.matches?.includes(rule)) continue;
    labels.add(label);
    const override = overrides.get(rule);
    const block = override ? first(override["block"]) : ONLY_COUNTED_BY_AWS.includes(rule) ? undefined : {};
    if (block) return blocked(block);
    counted.push(rule);
  }
  return undefined;
}

function blocked(block: Block): Omit<Verdict, "by" | "counted"> {
  const response = first(block["custom_response"]);
  return {
    action: "block",
    status: Number(response?.["response_code"] ?? 403),
    ...(response?.["custom_response_body_key"] ? { page: String(response["custom_response_body_key"]) } : {}),
  };
}

function matches(statement: Block, request: WafRequest, labels: ReadonlySet<string>): boolean {
  const inside = (content: unknown) => list(first(content)?.["statement"]);
  const [type, content] = Object.entries(statement).find(([, value]) => list(value).length > 0)!;
  const block = first(content)!;
  switch (type) {
    case "and_statement":
      return inside(content).every((part) => matches(part, request, labels));
    case "or_statement":
      return inside(content).some((part) => matches(part, request, labels));
    case "not_statement":
      return !matches(inside(content)[0]!, request, labels);
    case "label_match_statement":
      return labels.has(String(block["key"]));
    case "geo_match_statement":
      return (block["country_codes"] as string[]).includes(request.country ?? "DE");
    case "byte_match_statement":
      return transformed(block, request.path).startsWith(String(block["search_string"]));
    case "regex_match_statement":
      return new RegExp(String(block["regex_string"])).test(transformed(block, request.path));
    case "rate_based_statement":
      return isOverLimit(block, request, labels);
    case "ip_set_reference_statement":
      return false;
    default:
      throw new Error(`the test does not know ${type}`);
  }
}

/** https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html */
function transformed(statement: Block, path: string): string {
  const steps = list(statement["text_transformation"]).sort((a, b) => Number(a["priority"]) - Number(b["priority"]));
  return steps.reduce((text, { type }) => TRANSFORMATIONS[String(type)]!(text), path);
}

const TRANSFORMATIONS: Record<string, (text: string) => string> = {
  NONE: (text) => text,
  URL_DECODE: (text) => text.replace(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
  NORMALIZE_PATH: (text) => posix.normalize(text),
};

function isOverLimit(rate: Block, request: WafRequest, labels: ReadonlySet<string>): boolean {
  const scope = first(rate["scope_down_statement"]);
  const keys = list(rate["custom_key"]).map((key) => String(first(key["header"])!["name"]));
  return (
    (!scope || matches(scope, request, labels)) &&
    keys.every((name) => request.headers?.[name] !== undefined) &&
    (request.requests ?? 1) > Number(rate["limit"])
  );
}

/**
 * A record of WAF's log, in terms of the config.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
 */
import { groupOfRule, labelOfRule, MANAGED_GROUPS, ruleOfLabel } from "../../config/managed-rules";
import type { Config } from "../../config/schema";
import { rateLimitsOf, type WafRules } from "../../config/waf";
import { pathPatternProblem } from "../../policy/rule";
import { blocksAt } from "../../stacks/web-acl/rules";

interface MatchedRule {
  ruleId: string;
}

/** The members that are used here. Values of redacted fields are `REDACTED`. */
export interface LogRecord {
  /** Unix milliseconds. */
  timestamp: number;
  action: string;
  /** A rule of the web ACL, or `Default_Action`. */
  terminatingRuleId: string;
  ruleGroupList?: readonly {
    terminatingRule?: MatchedRule | null;
    nonTerminatingMatchingRules?: readonly MatchedRule[] | null;
  }[];
  nonTerminatingMatchingRules?: readonly MatchedRule[];
  httpRequest: { clientIp: string; country: string; uri: string; httpMethod: string; requestId: string };
  labels?: readonly { name: string }[];
}

export interface Explanation {
  requestId: string;
  /** Unix seconds. */
  time: number;
  outcome: "blocked" | "counted";
  /** A rule of the web ACL. */
  rule: string;
  /** AWS's rules that decided, if the rule above is about managed rules; otherwise those that only counted. */
  managedRules: { name: string; group: string; label: string }[];
  request: { method: string; path: string; address: string; country: string };
  /** The config that would let such requests pass. */
  config: string;
}

export function explainRecord(config: Config, settings: WafRules, record: LogRecord): Explanation {
  const { clientIp, country, uri, httpMethod, requestId } = record.httpRequest;
  const isBlocked = record.terminatingRuleId !== "Default_Action" && record.action !== "ALLOW";
  const rule = isBlocked ? record.terminatingRuleId : (countedRules(record).at(-1) ?? record.terminatingRuleId);
  const names = managedRules(config, settings, record, isBlocked);
  return {
    requestId,
    time: Math.floor(record.timestamp / 1000),
    outcome: isBlocked ? "blocked" : "counted",
    rule,
    managedRules: names.map((name) => {
      const group = groupOfRule(name);
      return group === undefined
        ? { name, group: "", label: "" }
        : { name, group: `${group} (${MANAGED_GROUPS[group].name})`, label: labelOfRule(name) };
    }),
    request: { method: httpMethod, path: uri, address: clientIp, country },
    config: remedy(config, settings, { rule, names, path: uri, address: clientIp, country }),
  };
}

function countedRules({ nonTerminatingMatchingRules = [] }: LogRecord): string[] {
  return nonTerminatingMatchingRules.map(({ ruleId }) => ruleId);
}

/** The managed rule that blocked in its group; or those whose labels the rule "exempted" found; or all that counted. */
function managedRules(config: Config, settings: WafRules, record: LogRecord, isBlocked: boolean): string[] {
  const groups = record.ruleGroupList ?? [];
  const blocked = groups.flatMap(({ terminatingRule }) => (terminatingRule ? [terminatingRule.ruleId] : []));
  const labeled = (record.labels ?? []).flatMap(({ name }) => ruleOfLabel(name) ?? []);
  const counted = groups.flatMap((group) => (group.nonTerminatingMatchingRules ?? []).map(({ ruleId }) => ruleId));
  const all = [...new Set([...blocked, ...labeled, ...counted])];
  if (!isBlocked) return all;
  if (record.terminatingRuleId !== "exempted") return blocked;
  return all.filter((name) => blocksAt(config, settings, name, record.httpRequest.uri));
}

function remedy(
  config: Config,
  settings: WafRules,
  found: { rule: string; names: readonly string[]; path: string; address: string; country: string },
): string {
  const { rule, names, path, address, country } = found;
  const known = names.filter((name) => groupOfRule(name) !== undefined);
  if (known.length > 0) return `waf: { exempt: [{ path: "${patternOf(path)}", rules: ${JSON.stringify(known)} }] }`;
  const limit = rule.startsWith("rate-") ? rateLimitsOf(config)[rule.slice("rate-".length)] : undefined;
  if (limit) return `waf: { rateLimits: { ${rule.slice("rate-".length)}: { limit: ${2 * limit.limit} } } }`;
  if (rule === "countries" && settings.geo?.allow)
    return `waf: { geo: { allow: ${JSON.stringify([...settings.geo.allow, country])} } }`;
  if (rule === "countries") {
    const others = (settings.geo?.block ?? []).filter((code) => code !== country);
    return `waf: { geo: ${others.length === 0 ? "undefined" : `{ block: ${JSON.stringify(others)} }`} }`;
  }
  if (rule === "blocked-addresses") return `waf: { block: [] } without the range that has ${address}`;
  return `waf: { allow: ["${address}/${address.includes(":") ? 128 : 32}"] }`;
}

/** A pattern for this path alone: a segment that is not plain becomes `*`. A request may have `**` in its path, too. */
function patternOf(path: string): string {
  const isPlain = (segment: string) => !segment.includes("*") && pathPatternProblem(`/${segment}`) === undefined;
  const segments = path.split("/").filter((segment) => segment !== "");
  return `/${segments.map((segment) => (isPlain(segment) ? segment : "*")).join("/")}`;
}

/** The web ACL in front of the gate. */
import type { Change, Values } from "../plan/plan";
import { block, blocks, isSame, strings } from "../plan/values";
import { listed, say } from "../sentence";
import { aboutChanges, high, low, medium, type Findings } from "../rule";

export const weakensWaf = aboutChanges({
  id: "weakens-waf",
  title: "Turns the web ACL off or loosens it",
  help: "Count only for as long as you look for false positives, and exempt single rules on single paths (docs/web-acl.md).",
  types: ["aws_cloudfront_distribution", "aws_wafv2_web_acl", "aws_wafv2_web_acl_association", "aws_wafv2_ip_set"],
  examine: (change) => {
    switch (change.type) {
      case "aws_cloudfront_distribution":
        return distribution(change);
      case "aws_wafv2_ip_set":
        return addresses(change);
      default:
        return webAcl(change);
    }
  },
});

function distribution({ before, after }: Change): Findings {
  const [was, is] = [before?.["web_acl_id"] ?? "", after?.["web_acl_id"] ?? ""];
  if (was === "" || after === undefined || was === is) return [];
  return [
    is === ""
      ? high(say`The distribution has no web ACL any more.`)
      : medium(say`The distribution has another web ACL: ${String(is)}.`),
  ];
}

function webAcl(change: Change): Findings {
  const { before, after } = change;
  // Its successor is there before it goes, and the distribution says which one it has.
  if (change.action === "delete") return [high(say`The web ACL is deleted.`)];
  if (before === undefined || after === undefined) return [];
  const isOpened =
    "allow" in kind(block(before["default_action"])) === false && "allow" in kind(block(after["default_action"]));
  const rules = new Map(blocks(after["rule"]).map((rule) => [String(rule["name"]), rule]));
  const old = new Map(blocks(before["rule"]).map((rule) => [String(rule["name"]), rule]));
  return [
    isOpened && high(say`What no rule matches is allowed; it was blocked.`),
    ...[...old].flatMap(([name, rule]) => {
      const now = rules.get(name);
      return now === undefined ? removed(name, rule) : loosened(name, rule, now);
    }),
    ...[...rules].flatMap(([name, rule]): Findings => {
      const allows = "allow" in kind(block(rule["action"]));
      return [!old.has(name) && allows && medium(say`A new rule, ${name}, allows requests that other rules block.`)];
    }),
  ];
}

/** Only rules that stop something are missed. */
function removed(name: string, rule: Values): Findings {
  const allows = "allow" in kind(block(rule["action"]));
  return allows ? [] : [high(say`The rule ${name} is removed.`)];
}

function loosened(name: string, was: Values, is: Values): Findings {
  const [action, override] = (["action", "override_action"] as const).map((member) =>
    [was, is].map((rule) => Object.keys(kind(block(rule[member])))[0]),
  );
  const [statement, now] = [was, is].map((rule) => block(rule["statement"]));
  const [limit, group] = (["rate_based_statement", "managed_rule_group_statement"] as const).map((member) =>
    [statement!, now!].map((one) => block(one[member])),
  );
  const counted = newlyCounted(group![0]!, group![1]!);
  const [before, after] = limit!.map((one) => Number(one["limit"] ?? 0) / Number(one["evaluation_window_sec"] ?? 300));
  const found: Findings = [
    action![0] !== action![1] &&
      action![1] !== "block" &&
      high(say`The rule ${name} no longer blocks: ${action![1] ?? "none"} instead of ${action![0] ?? "none"}.`),
    override![0] !== override![1] &&
      override![1] === "count" &&
      high(say`The rules of ${name} only count what they match.`),
    counted.length > 0 && medium(say`Of the group ${name}, these only count: ${listed(counted)}.`),
    after! > before! &&
      medium(
        say`The rule ${name} lets an address send ${Math.round(after! * 300)} requests in five minutes instead of ${Math.round(before! * 300)}.`,
      ),
  ];
  const isOtherwise = found.every((one) => one === false) && !isSame(withoutLimit(statement!), withoutLimit(now!));
  return [...found, isOtherwise && low(say`What the rule ${name} matches changes.`)];
}

/** Rules of a managed group that no longer block. */
function newlyCounted(was: Values, is: Values): string[] {
  const countedIn = (group: Values) =>
    blocks(group["rule_action_override"])
      .filter((one) => !("block" in kind(block(one["action_to_use"]))))
      .map((one) => String(one["name"]));
  return countedIn(is).filter((name) => !countedIn(was).includes(name));
}

/** A lower limit is stricter, so it is not flagged. */
function withoutLimit(statement: Values): unknown {
  const rate = block(statement["rate_based_statement"]);
  const group = block(statement["managed_rule_group_statement"]);
  if (group["name"] !== undefined) return { ...group, rule_action_override: undefined };
  return rate["limit"] === undefined ? statement : { ...rate, limit: undefined, evaluation_window_sec: undefined };
}

/** The members of an action block that are set: the provider writes the others as empty lists. */
function kind(action: Values): Values {
  return Object.fromEntries(Object.entries(action).filter(([, value]) => Array.isArray(value) && value.length > 0));
}

function addresses({ action, before, after }: Change): Findings {
  if (action !== "update" || before === undefined || after === undefined) return [];
  const [was, is] = [before, after].map((values) => strings(values["addresses"]));
  const [added, gone] = [is!.filter((one) => !was!.includes(one)), was!.filter((one) => !is!.includes(one))];
  const name = String(after["name"]);
  return [
    added.length > 0 && medium(say`The address list ${name} gets ${listed(added)}.`),
    gone.length > 0 && medium(say`The address list ${name} loses ${listed(gone)}.`),
  ];
}

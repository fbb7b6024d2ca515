/** A plan's changes of the monthly bill that do not depend on the traffic. */
import { deployedIn, usageByMonth, type StackFile } from "../costs/deployed";
import { dollarsFor, PRICES, type Meter, type Usage } from "../costs/prices";
import type { Change, Plan, Values } from "./plan/plan";
import { block, blocks } from "./plan/values";

export interface CostLine {
  meter: Meter;
  service: string;
  what: string;
  before: number;
  after: number;
  /** A month, without free tiers; negative if it gets cheaper. */
  dollars: number;
}

/** @returns the lines that change, in the order of the price list */
export function costDifference(plan: Plan): CostLine[] {
  const [was, is] = [usageOf(plan, ({ before }) => before), usageOf(plan, ({ after }) => after)];
  return (Object.keys(PRICES) as Meter[])
    .map((meter) => {
      const [before, after] = [was[meter] ?? 0, is[meter] ?? 0];
      const { service, what } = PRICES[meter];
      return { meter, service, what, before, after, dollars: dollarsFor(meter, after - before) };
    })
    .filter(({ before, after }) => before !== after);
}

function usageOf({ changes }: Plan, read: (change: Change) => Values | undefined): Usage {
  const resource: StackFile["resource"] = {};
  for (const change of changes) {
    const values = read(change);
    if (values !== undefined) (resource[change.type] ??= {})[change.address] = withoutEmptyBlocks(values);
  }
  return {
    ...usageByMonth(deployedIn({ resource }, 0)),
    paidRuleGroups: paidGroups(Object.values(resource["aws_wafv2_web_acl"] ?? {})),
    keys: Object.keys(resource["aws_kms_key"] ?? {}).length,
    hostedZones: Object.keys(resource["aws_route53_zone"] ?? {}).length,
  };
}

/** The queries of an alarm about metrics, and those that only calculate, differ in a block that a plan writes as []. */
function withoutEmptyBlocks(values: Values): Values {
  const queries = blocks(values["metric_query"]).map((query) =>
    Object.fromEntries(Object.entries(query).filter(([, value]) => !Array.isArray(value) || value.length > 0)),
  );
  const { metric_query: _, ...rest } = values;
  return queries.length === 0 ? rest : { ...rest, metric_query: queries };
}

/** https://aws.amazon.com/waf/pricing/ */
function paidGroups(webAcls: readonly Values[]): number {
  const names = webAcls.flatMap(({ rule }) =>
    blocks(rule).map((one) => block(block(one["statement"])["managed_rule_group_statement"])["name"]),
  );
  return names.filter((name) => /^AWSManagedRules(BotControl|ATP|ACFP|AntiDDoS)RuleSet$/.test(String(name))).length;
}

import { Wafv2WebAcl, type Wafv2WebAclRule } from "@cdktf/provider-aws/lib/wafv2-web-acl";
import { Construct } from "constructs";
import type { Config } from "../config/schema";

/** The label that AWSManagedRulesCommonRuleSet puts on a query string of more than 2,048 bytes. */
const LONG_QUERY_LABEL = "awswaf:managed:aws:core-rule-set:SizeRestrictions_QueryString";

interface Rule {
  name: string;
  /** In Terraform's spelling, because CDKTF passes statements on unchanged. */
  statement: object;
  /** Managed groups keep their own actions (`none`); our rules block. */
  action: Pick<Wafv2WebAclRule, "action" | "overrideAction">;
}

/**
 * In the order of evaluation, cheapest first. The name of a rule never changes; its priority is ten times its position.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
function rules(config: Config): Rule[] {
  return [
    managed("ip-reputation", "AWSManagedRulesAmazonIpReputationList"),
    {
      name: "rate-limit",
      statement: {
        rate_based_statement: { limit: config.waf.rateLimit, aggregate_key_type: "IP", evaluation_window_sec: 300 },
      },
      action: { action: { block: { customResponse: { responseCode: 429 } } } },
    },
    managed("known-bad-inputs", "AWSManagedRulesKnownBadInputsRuleSet"),
    managed("common", "AWSManagedRulesCommonRuleSet", [
      // An upload of more than 8 KB is not an attack: the application decides. The auth handler reads at most 40 KB.
      "SizeRestrictions_BODY",
      // The next rule decides.
      "SizeRestrictions_QUERYSTRING",
    ]),
    {
      // Only the gateway's endpoints accept long queries: an authorization code and a return path can each be almost 2
      // KB.
      name: "long-query",
      statement: {
        and_statement: {
          statement: [
            { label_match_statement: { scope: "LABEL", key: LONG_QUERY_LABEL } },
            { not_statement: { statement: [{ byte_match_statement: pathStartsWith(`${config.basePath}/`) }] } },
          ],
        },
      },
      action: { action: { block: {} } },
    },
  ];
}

/** The web ACL in front of the distribution: requests that it blocks reach neither gate nor handler. */
export class WebAcl extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, config: Config) {
    super(scope, id);
    this.arn = new Wafv2WebAcl(this, "Resource", {
      name: `${config.name}-gateway`,
      description: `In front of ${config.name}`,
      scope: "CLOUDFRONT",
      defaultAction: { allow: {} },
      rule: rules(config).map(({ name, statement, action }, index) => ({
        name,
        priority: (index + 1) * 10,
        statement,
        ...action,
        visibilityConfig: visibility(`${config.name}-${name}`),
      })),
      visibilityConfig: visibility(`${config.name}-gateway`),
      lifecycle: { createBeforeDestroy: true },
    }).arn;
  }
}

function managed(name: string, group: string, countOnly: readonly string[] = []): Rule {
  return {
    name,
    statement: {
      managed_rule_group_statement: {
        vendor_name: "AWS",
        name: group,
        ...(countOnly.length === 0
          ? {}
          : { rule_action_override: countOnly.map((rule) => ({ name: rule, action_to_use: { count: {} } })) }),
      },
    },
    action: { overrideAction: { none: {} } },
  };
}

function pathStartsWith(prefix: string): object {
  return {
    field_to_match: { uri_path: {} },
    positional_constraint: "STARTS_WITH",
    search_string: prefix,
    text_transformation: [{ priority: 0, type: "NONE" }],
  };
}

/**
 * No sampled requests: they would show session cookies and authorization codes to everyone with access to the console.
 */
function visibility(metricName: string): Wafv2WebAclRule["visibilityConfig"] {
  return { cloudwatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}

/** What a synthesized stack has that is billed by the month, whatever the traffic. */

/** `cdk.tf.json`, as far as it is read. */
export interface StackFile {
  resource: Record<string, Record<string, Record<string, unknown>>>;
}

export interface Deployed {
  webAcls: number;
  /** Rules and rule groups of the web ACLs. */
  webAclRules: number;
  /** Web ACL capacity units. */
  capacity: number;
  secrets: number;
  alarms: number;
  /** That Lambda polls. */
  queues: number;
  /** Seconds for which sign-outs are gathered. */
  window: number;
  /** GB of memory, of the auth handler and of each function of the control plane. */
  edgeMemory: number;
  controlPlaneMemory: number;
}

/**
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html has the capacity of each, and
 * which of them cost extra.
 */
const FREE_RULE_GROUPS: Record<string, number> = {
  AWSManagedRulesAdminProtectionRuleSet: 100,
  AWSManagedRulesAmazonIpReputationList: 25,
  AWSManagedRulesAnonymousIpList: 50,
  AWSManagedRulesCommonRuleSet: 700,
  AWSManagedRulesKnownBadInputsRuleSet: 200,
  AWSManagedRulesLinuxRuleSet: 200,
  AWSManagedRulesPHPRuleSet: 100,
  AWSManagedRulesSQLiRuleSet: 200,
  AWSManagedRulesUnixRuleSet: 100,
  AWSManagedRulesWindowsRuleSet: 200,
  AWSManagedRulesWordPressRuleSet: 100,
};

/** @throws Error if a rule has a managed group or a statement whose capacity is not known here */
export function deployedIn({ resource }: StackFile): Deployed {
  const all = (type: string) => Object.values(resource[type] ?? {});
  const rules = all("aws_wafv2_web_acl").flatMap(({ rule }) => rule as { statement: object }[]);
  const numbers = (type: string, attribute: string) => all(type).map((one) => Number(one[attribute] ?? 0));
  const memory = numbers("aws_lambda_function", "memory_size").map((megabytes) => megabytes / 1024);
  return {
    webAcls: all("aws_wafv2_web_acl").length,
    webAclRules: rules.length,
    capacity: rules.reduce((total, { statement }) => total + capacityOf(statement), 0),
    secrets: all("aws_secretsmanager_secret").length,
    alarms: all("aws_cloudwatch_metric_alarm").length,
    queues: all("aws_lambda_event_source_mapping").length,
    window: Math.max(...numbers("aws_lambda_event_source_mapping", "maximum_batching_window_in_seconds")),
    // The handler has the least that Lambda offers.
    edgeMemory: Math.min(...memory),
    controlPlaneMemory: Math.max(...memory),
  };
}

/** Base costs: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html */
function capacityOf(statement: object): number {
  return Object.entries(statement).reduce((total, [kind, value]) => total + capacityOfKind(kind, value as Parts), 0);
}

interface Parts {
  name?: string;
  statement?: object | object[];
  scope_down_statement?: object;
  positional_constraint?: string;
  text_transformation?: { type: string }[];
}

function capacityOfKind(kind: string, parts: Parts): number {
  const nested = [parts.statement ?? [], parts.scope_down_statement ?? []].flat();
  const within = nested.reduce((total, statement) => total + capacityOf(statement), 0);
  const transformations = (parts.text_transformation ?? []).filter(({ type }) => type !== "NONE").length * 10;
  switch (kind) {
    case "and_statement":
    case "or_statement":
    case "not_statement":
      return within;
    case "rate_based_statement":
      return 2 + within;
    case "byte_match_statement":
      return (parts.positional_constraint?.startsWith("CONTAINS") ? 10 : 2) + transformations;
    case "label_match_statement":
    case "geo_match_statement":
    case "ip_set_reference_statement":
    case "asn_match_statement":
      return 1;
    case "size_constraint_statement":
      return 1 + transformations;
    case "regex_match_statement":
      return 3 + transformations;
    case "regex_pattern_set_reference_statement":
      return 25 + transformations;
    case "managed_rule_group_statement": {
      const capacity = FREE_RULE_GROUPS[String(parts.name)];
      if (capacity === undefined)
        throw new Error(`no price for the rule group ${parts.name}; add it in costs/deployed.ts`);
      return capacity + within;
    }
    default:
      throw new Error(`no capacity for a ${kind}; add it in costs/deployed.ts`);
  }
}

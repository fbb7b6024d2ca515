/**
 * AWS's managed rule groups for web ACLs: their names in a config, their capacity, and the label that each rule adds to
 * a request. A rule that AWS adds later keeps its AWS action.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
export interface ManagedGroup {
  /** AWS's name. */
  name: string;
  /** Web ACL capacity units. */
  capacity: number;
  /** The part of its labels after `awswaf:managed:aws:`. */
  namespace: string;
  rules: readonly string[];
}

/** In the order of evaluation, cheapest first. */
export const MANAGED_GROUPS = {
  "ip-reputation": {
    name: "AWSManagedRulesAmazonIpReputationList",
    capacity: 25,
    namespace: "amazon-ip-list",
    rules: ["AWSManagedIPReputationList", "AWSManagedReconnaissanceList", "AWSManagedIPDDoSList"],
  },
  "anonymous-ip": {
    name: "AWSManagedRulesAnonymousIpList",
    capacity: 50,
    namespace: "anonymous-ip-list",
    rules: ["AnonymousIPList", "HostingProviderIPList"],
  },
  "known-bad-inputs": {
    name: "AWSManagedRulesKnownBadInputsRuleSet",
    capacity: 200,
    namespace: "known-bad-inputs",
    rules: [
      "JavaDeserializationRCE_HEADER",
      "JavaDeserializationRCE_BODY",
      "JavaDeserializationRCE_URIPATH",
      "JavaDeserializationRCE_QUERYSTRING",
      "Host_localhost_HEADER",
      "PROPFIND_METHOD",
      "ExploitablePaths_URIPATH",
      "Log4JRCE_HEADER",
      "Log4JRCE_QUERYSTRING",
      "Log4JRCE_BODY",
      "Log4JRCE_URIPATH",
      "ReactJSRCE_BODY",
    ],
  },
  common: {
    name: "AWSManagedRulesCommonRuleSet",
    capacity: 700,
    namespace: "core-rule-set",
    rules: [
      "NoUserAgent_HEADER",
      "UserAgent_BadBots_HEADER",
      "SizeRestrictions_QUERYSTRING",
      "SizeRestrictions_Cookie_HEADER",
      "SizeRestrictions_BODY",
      "SizeRestrictions_URIPATH",
      "EC2MetaDataSSRF_BODY",
      "EC2MetaDataSSRF_COOKIE",
      "EC2MetaDataSSRF_URIPATH",
      "EC2MetaDataSSRF_QUERYARGUMENTS",
      "GenericLFI_QUERYARGUMENTS",
      "GenericLFI_URIPATH",
      "GenericLFI_BODY",
      "RestrictedExtensions_URIPATH",
      "RestrictedExtensions_QUERYARGUMENTS",
      "GenericRFI_QUERYARGUMENTS",
      "GenericRFI_BODY",
      "GenericRFI_URIPATH",
      "CrossSiteScripting_COOKIE",
      "CrossSiteScripting_QUERYARGUMENTS",
      "CrossSiteScripting_BODY",
      "CrossSiteScripting_URIPATH",
    ],
  },
  admin: {
    name: "AWSManagedRulesAdminProtectionRuleSet",
    capacity: 100,
    namespace: "admin-protection",
    rules: ["AdminProtection_URIPATH"],
  },
  sql: {
    name: "AWSManagedRulesSQLiRuleSet",
    capacity: 200,
    namespace: "sql-database",
    rules: [
      "SQLi_QUERYARGUMENTS",
      "SQLiExtendedPatterns_QUERYARGUMENTS",
      "SQLi_BODY",
      "SQLiExtendedPatterns_BODY",
      "SQLi_COOKIE",
    ],
  },
  linux: {
    name: "AWSManagedRulesLinuxRuleSet",
    capacity: 200,
    namespace: "linux-os",
    rules: ["LFI_URIPATH", "LFI_QUERYSTRING", "LFI_HEADER"],
  },
  unix: {
    name: "AWSManagedRulesUnixRuleSet",
    capacity: 100,
    namespace: "posix-os",
    rules: ["UNIXShellCommandsVariables_QUERYARGUMENTS", "UNIXShellCommandsVariables_BODY"],
  },
  windows: {
    name: "AWSManagedRulesWindowsRuleSet",
    capacity: 200,
    namespace: "windows-os",
    rules: [
      "WindowsShellCommands_COOKIE",
      "WindowsShellCommands_QUERYARGUMENTS",
      "WindowsShellCommands_BODY",
      "PowerShellCommands_COOKIE",
      "PowerShellCommands_QUERYARGUMENTS",
      "PowerShellCommands_BODY",
    ],
  },
  php: {
    name: "AWSManagedRulesPHPRuleSet",
    capacity: 100,
    namespace: "php-app",
    rules: [
      "PHPHighRiskMethodsVariables_HEADER",
      "PHPHighRiskMethodsVariables_QUERYSTRING",
      "PHPHighRiskMethodsVariables_BODY",
    ],
  },
  wordpress: {
    name: "AWSManagedRulesWordPressRuleSet",
    capacity: 100,
    namespace: "wordpress-app",
    rules: ["WordPressExploitableCommands_QUERYSTRING", "WordPressExploitablePaths_URIPATH"],
  },
} as const satisfies Record<string, ManagedGroup>;

export type ManagedGroupName = keyof typeof MANAGED_GROUPS;

export const MANAGED_GROUP_NAMES = Object.keys(MANAGED_GROUPS) as ManagedGroupName[];

/** No two groups have a rule of the same name. */
const GROUP_OF_RULE = new Map<string, ManagedGroupName>(
  MANAGED_GROUP_NAMES.flatMap((group) => MANAGED_GROUPS[group].rules.map((rule) => [rule, group] as const)),
);

/** The group that has this rule; undefined if none has. */
export function groupOfRule(rule: string): ManagedGroupName | undefined {
  return GROUP_OF_RULE.get(rule);
}

/** The rule whose name equals `name` except for case; undefined if there is none. */
export function ruleSpelledLike(name: string): string | undefined {
  return [...GROUP_OF_RULE.keys()].find((rule) => rule.toLowerCase() === name.toLowerCase());
}

/** Labels are case-sensitive, and most of them spell their end differently from the rule's name. */
const LABEL_ENDINGS: readonly (readonly [rule: string, label: string])[] = [
  ["_HEADER", "_Header"],
  ["_COOKIE", "_Cookie"],
  ["_BODY", "_Body"],
  ["_URIPATH", "_URIPath"],
  ["_QUERYSTRING", "_QueryString"],
  ["_QUERYARGUMENTS", "_QueryArguments"],
];
const OTHER_LABELS: Record<string, string> = {
  UserAgent_BadBots_HEADER: "BadBots_Header",
  Host_localhost_HEADER: "Host_Localhost_Header",
  PROPFIND_METHOD: "Propfind_Method",
};
/** In these groups, labels are spelled like their rules. */
const PLAIN_LABELS: readonly ManagedGroupName[] = ["unix", "wordpress"];

/** The label that a rule adds to the requests that it matches. @param rule of a group above */
export function labelOfRule(rule: string): string {
  const group = GROUP_OF_RULE.get(rule)!;
  const [from, to] = LABEL_ENDINGS.find(([ending]) => rule.endsWith(ending)) ?? ["", ""];
  const label = PLAIN_LABELS.includes(group)
    ? rule
    : (OTHER_LABELS[rule] ?? rule.slice(0, rule.length - from.length) + to);
  return `awswaf:managed:aws:${MANAGED_GROUPS[group].namespace}:${label}`;
}

/** The rule that adds this label; undefined if no rule of the groups above does. */
export function ruleOfLabel(label: string): string | undefined {
  return [...GROUP_OF_RULE.keys()].find((rule) => labelOfRule(rule) === label);
}

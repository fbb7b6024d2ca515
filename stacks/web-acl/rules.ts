/** The rules of the web ACL that the gateway makes, in the order of evaluation. */
import { labelOfRule, MANAGED_GROUP_NAMES, MANAGED_GROUPS } from "../../config/managed-rules";
import type { Config } from "../../config/schema";
import { withoutNames } from "../../policy/patterns";
import { alternativesOf } from "../../policy/rule";
import { GATEWAY_LIMIT, rateLimitsOf, type RateLimit, type WafRules } from "../../config/waf";
import { resourcesOf } from "../../config/api-checks";
import { METADATA_PATH } from "../../session/resource-metadata";
import {
  all,
  any,
  capacityOf,
  hasLabel,
  holdsForPath,
  isFrom,
  isInSet,
  NORMALIZED,
  not,
  pathMatches,
  pathStartsWith,
  type Statement,
} from "./statements";

export interface Rule {
  /** Never changes: people read it in plans, metrics and logs. */
  name: string;
  /** Fixed by the kind of rule, so that one more setting does not change other rules in a plan. */
  priority: number;
  /** The action for a matching request; `group`: the actions of the managed group's rules. */
  action: "allow" | "block" | "limit" | "group";
  statement: Statement;
  /** Web ACL capacity units, at most. */
  capacity: number;
}

/** The key of the page for blocked requests; that for too many requests is "limited". */
export const BLOCKED_PAGE = "blocked";

/** @returns the ARN of an IP set, which has addresses of one version only */
export type MakeAddressSet = (list: "allow" | "block", version: 4 | 6, addresses: string[]) => string;

/** The capacity of Bot Control and of account takeover prevention, for any settings. */
const CAPACITY_OF_PAID_GROUP = 50;
const SECONDS = { "1m": 60, "2m": 120, "5m": 300, "10m": 600 } as const;

/** Rules that match legitimate requests to the gateway's own endpoints. */
const NOT_FOR_THE_GATEWAY = [
  // Many identity providers push without a user agent.
  "NoUserAgent_HEADER",
  // An authorization code and a return path can each be almost 2 KB.
  "SizeRestrictions_QUERYSTRING",
  // The session, its refresh cookie and sign-ins in progress, on top of what the application sets. At these paths the
  // handler removes excess cookies.
  "SizeRestrictions_Cookie_HEADER",
  // `return_to` has the query of a page, and `iss` is a URL. The handler compares them and passes them to nobody.
  "EC2MetaDataSSRF_QUERYARGUMENTS",
  "GenericLFI_QUERYARGUMENTS",
  "RestrictedExtensions_QUERYARGUMENTS",
  "GenericRFI_QUERYARGUMENTS",
  "CrossSiteScripting_QUERYARGUMENTS",
  "SQLi_QUERYARGUMENTS",
  "SQLiExtendedPatterns_QUERYARGUMENTS",
  "UNIXShellCommandsVariables_QUERYARGUMENTS",
  "WindowsShellCommands_QUERYARGUMENTS",
  "PowerShellCommands_QUERYARGUMENTS",
  "PHPHighRiskMethodsVariables_QUERYSTRING",
];
/** Identity providers push from a cloud. */
const NOT_FOR_PUSHES = ["HostingProviderIPList"];

/**
 * Rules that only count by default. An upload of more than 8 KB is not an attack, and the auth handler reads at most 40
 * KB. AWS itself only counts the other rule.
 */
const COUNTED = ["SizeRestrictions_BODY", "AWSManagedIPDDoSList"];

/** Where a rule blocks; it counts elsewhere. */
interface Scope {
  /** The only paths where it blocks; everywhere if absent. */
  only?: readonly Statement[];
  except: readonly Statement[];
}

export function rulesOf(config: Config, settings: WafRules, makeSet: MakeAddressSet): Rule[] {
  const { geo, botControl, accountTakeover } = settings;
  const pushes = pushPaths(config);
  const isNoPush = not(any(pushes));
  const scopes = scopesOf(config, settings);
  const exempted = exemptedStatement(scopes);
  return [
    ...addressRule("blocked-addresses", 10, "block", settings, makeSet),
    ...addressRule("allowed-addresses", 20, "allow", settings, makeSet),
    ...(geo?.allow ? [rule("countries", 30, "block", all([not(isFrom(geo.allow)), isNoPush]))] : []),
    ...(geo?.block ? [rule("countries", 30, "block", all([isFrom(geo.block), isNoPush]))] : []),
    ...Object.entries(rateLimitsOf(config)).map(([name, limit], i) =>
      rule(
        `rate-${name}`,
        100 + 10 * i,
        "limit",
        rateStatement(limit, name === GATEWAY_LIMIT ? outsideBase(config) : []),
      ),
    ),
    ...MANAGED_GROUP_NAMES.filter((name) => settings.groups.includes(name)).map((name) => {
      const { name: group, capacity, rules } = MANAGED_GROUPS[name];
      const statement = managed(group, { rule_action_override: rules.flatMap((each) => overrideOf(each, scopes)) });
      return rule(name, 300 + 10 * MANAGED_GROUP_NAMES.indexOf(name), "group", statement, capacity);
    }),
    ...(botControl === false
      ? []
      : [rule("bot-control", 500, "group", botControlStatement(botControl, isNoPush), CAPACITY_OF_PAID_GROUP)]),
    ...(accountTakeover
      ? [rule("account-takeover", 510, "group", accountTakeoverStatement(accountTakeover), CAPACITY_OF_PAID_GROUP)]
      : []),
    ...(exempted ? [rule("exempted", 900, "block", exempted)] : []),
  ];
}

function rule(name: string, priority: number, action: Rule["action"], statement: Statement, capacityOfGroup = 0): Rule {
  return { name, priority, action, statement, capacity: capacityOf(statement) + capacityOfGroup };
}

function addressRule(
  name: string,
  priority: number,
  list: "allow" | "block",
  settings: WafRules,
  makeSet: MakeAddressSet,
): Rule[] {
  const sets = ([4, 6] as const).flatMap((version) => {
    const addresses = settings[list].filter((range) => range.includes(":") === (version === 6));
    return addresses.length === 0 ? [] : [isInSet(makeSet(list, version, addresses))];
  });
  return sets.length === 0 ? [] : [rule(name, priority, list, any(sets))];
}

/** The paths to which identity providers and transmitters push. They are programs, not browsers, and run anywhere. */
function pushPaths({ basePath }: Config): Statement[] {
  return ["backchannel-logout", "events"].map((name) => pathStartsWith(`${basePath}/${name}/`));
}

/** Paths of the auth handler that are not below the base path. */
function outsideBase(config: Config): Statement[] {
  return resourcesOf(config).length > 0 ? [pathStartsWith(METADATA_PATH, NORMALIZED)] : [];
}

/** @param others further paths where the limit applies, besides its own path if it has one */
function rateStatement({ path, limit, window, key }: RateLimit, others: readonly Statement[]): Statement {
  return {
    rate_based_statement: {
      limit,
      evaluation_window_sec: SECONDS[window],
      ...(key === "ip"
        ? { aggregate_key_type: "IP" }
        : {
            aggregate_key_type: "CUSTOM_KEYS",
            custom_key: [{ header: { name: key.header, text_transformation: [{ priority: 0, type: "NONE" }] } }],
          }),
      ...(path === undefined ? {} : { scope_down_statement: any([pathMatches(path, NORMALIZED), ...others]) }),
    },
  };
}

function managed(name: string, more: object): Statement {
  return { managed_rule_group_statement: { vendor_name: "AWS", name, ...more } };
}

/** https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-bot.html */
function botControlStatement(level: "common" | "targeted", scope: Statement): Statement {
  return managed("AWSManagedRulesBotControlRuleSet", {
    managed_rule_group_configs: [{ aws_managed_rules_bot_control_rule_set: { inspection_level: level.toUpperCase() } }],
    scope_down_statement: scope,
  });
}

/** https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-atp.html */
function accountTakeoverStatement({
  path,
  payload,
  username,
  password,
}: NonNullable<WafRules["accountTakeover"]>): Statement {
  return managed("AWSManagedRulesATPRuleSet", {
    managed_rule_group_configs: [
      {
        aws_managed_rules_atp_rule_set: {
          login_path: path,
          request_inspection: {
            payload_type: payload === "json" ? "JSON" : "FORM_ENCODED",
            username_field: { identifier: username },
            password_field: { identifier: password },
          },
        },
      },
    ],
  });
}

/** True if the managed rule blocks what it matches at this path. @param name of a rule of a group in use */
export function blocksAt(config: Config, settings: WafRules, name: string, path: string): boolean {
  const scope = scopesOf(config, settings).get(name);
  if (scope === undefined) return true;
  if (scope === "count") return false;
  const isHere = (statement: Statement) => holdsForPath(statement, path);
  return (scope.only?.some(isHere) ?? true) && !scope.except.some(isHere);
}

/**
 * The paths where managed rules block that do not block everywhere. Rules about bodies block where anyone may send one.
 * Elsewhere the gate lets only known users pass, and their wikis and editors send HTML, code and URLs.
 */
function scopesOf(config: Config, settings: WafRules): Map<string, Scope | "count"> {
  const gateway = pathStartsWith(`${config.basePath}/`);
  const pushes = pushPaths(config);
  const open = config.policy.filter(isOpenForBodies).map(({ path }) => withoutNames(path));
  const isOpen = open.includes("/**") ? undefined : [...new Set(open)].map((path) => pathMatches(path));
  const scopes = settings.groups.flatMap((group) =>
    MANAGED_GROUPS[group].rules.map((name: string): [string, Scope | "count"] => {
      const override = settings.overrides[name];
      if (override === "count" || (override === undefined && COUNTED.includes(name))) return [name, "count"];
      const except = [
        ...(override === undefined && NOT_FOR_THE_GATEWAY.includes(name) ? [gateway] : []),
        ...(override === undefined && NOT_FOR_PUSHES.includes(name) ? pushes : []),
        ...settings.exempt.filter(({ rules }) => rules.includes(name)).map(({ path }) => pathMatches(path)),
      ];
      const isOfBodies = group === "common" && name.endsWith("_BODY") && override === undefined;
      if (!isOfBodies || isOpen === undefined) return [name, { except }];
      return [name, isOpen.length === 0 ? "count" : { only: isOpen, except }];
    }),
  );
  return new Map(scopes.filter(([, scope]) => scope === "count" || scope.only || scope.except.length > 0));
}

/** Includes rules where only some visitors need no session, such as those of a country. */
function isOpenForBodies({ allow, methods }: Config["policy"][number]): boolean {
  const isOpen = alternativesOf(allow).some((conditions) => conditions.public);
  return isOpen && (methods?.some((method) => !["GET", "HEAD", "OPTIONS"].includes(method)) ?? true);
}

/** A rule that does not block everywhere only labels requests here: {@link exemptedStatement} reads the labels. */
function overrideOf(name: string, scopes: ReadonlyMap<string, Scope | "count">): object[] {
  const page = { custom_response: { response_code: 403, custom_response_body_key: BLOCKED_PAGE } };
  return [{ name, action_to_use: scopes.has(name) ? { count: {} } : { block: page } }];
}

/**
 * The labels of rules that do not block everywhere, at the paths where they do.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-label-match-examples.html
 */
function exemptedStatement(scopes: ReadonlyMap<string, Scope | "count">): Statement | undefined {
  const byScope = new Map<string, { scope: Scope; labels: Statement[] }>();
  for (const [name, scope] of scopes) {
    if (scope === "count") continue;
    const key = JSON.stringify(scope);
    const { labels } = byScope.get(key) ?? byScope.set(key, { scope, labels: [] }).get(key)!;
    labels.push(hasLabel(labelOfRule(name)));
  }
  const parts = [...byScope.values()].map(({ scope: { only, except }, labels }) =>
    all([any(labels), ...(only ? [any(only)] : []), ...except.map(not)]),
  );
  return parts.length === 0 ? undefined : any(parts);
}

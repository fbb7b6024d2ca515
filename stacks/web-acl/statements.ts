/**
 * Statements of a web ACL, in Terraform's spelling, because CDKTF passes them on unchanged, and what they cost.
 *
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements.html
 */
export type Statement = Readonly<Record<string, unknown>>;

/** Web ACL capacity units of one statement, without those inside. Each type's page has them. */
const CAPACITY: Record<string, number> = {
  // STARTS_WITH, no text transformation
  byte_match_statement: 2,
  regex_match_statement: 3,
  label_match_statement: 1,
  geo_match_statement: 1,
  ip_set_reference_statement: 1,
  rate_based_statement: 2,
  managed_rule_group_statement: 0,
};
const CAPACITY_OF_CUSTOM_KEY = 30;
const CAPACITY_OF_TRANSFORMATION = 10;

interface Transformation {
  priority: number;
  type: "NONE" | "URL_DECODE" | "NORMALIZE_PATH";
}

const NO_TRANSFORMATION: readonly Transformation[] = [{ priority: 0, type: "NONE" }];
/**
 * CloudFront, too, decodes and normalizes a path before it chooses the cache behavior: `//_gate/x` and `/a/../%5Fgate/x` run
 * the handler of `/_gate/*`
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern).
 */
export const NORMALIZED: readonly Transformation[] = [
  { priority: 0, type: "URL_DECODE" },
  { priority: 1, type: "NORMALIZE_PATH" },
];

export function pathStartsWith(prefix: string, transformations = NO_TRANSFORMATION): Statement {
  return {
    byte_match_statement: {
      field_to_match: { uri_path: {} },
      positional_constraint: "STARTS_WITH",
      search_string: prefix,
      text_transformation: transformations,
    },
  };
}

/**
 * A path pattern of the policy. The path is compared as it was sent, unless `transformations` says otherwise: the gate
 * refuses the spellings that an origin could read in another way.
 */
export function pathMatches(pattern: string, transformations = NO_TRANSFORMATION): Statement {
  const segments = pattern.slice(1).split("/");
  const isOpen = segments.at(-1) === "**";
  const fixed = (isOpen ? segments.slice(0, -1) : segments)
    .filter((segment) => segment !== "")
    .map((segment) => `/${segment === "*" ? "[^/]+" : segment.replaceAll(".", "\\.")}`)
    .join("");
  return {
    regex_match_statement: {
      field_to_match: { uri_path: {} },
      regex_string: isOpen ? `^${fixed}(/|$)` : `^${fixed}/?$`,
      text_transformation: transformations,
    },
  };
}

export function hasLabel(key: string): Statement {
  return { label_match_statement: { scope: "LABEL", key } };
}

export function isFrom(countries: readonly string[]): Statement {
  return { geo_match_statement: { country_codes: countries } };
}

export function isInSet(arn: string): Statement {
  return { ip_set_reference_statement: { arn } };
}

/** @param statements at least one */
export function all(statements: readonly Statement[]): Statement {
  return statements.length === 1 ? statements[0]! : { and_statement: { statement: statements } };
}

/** @param statements at least one */
export function any(statements: readonly Statement[]): Statement {
  return statements.length === 1 ? statements[0]! : { or_statement: { statement: statements } };
}

export function not(statement: Statement): Statement {
  return { not_statement: { statement: [statement] } };
}

/** WAF's result of a statement about paths. @param statement of pathStartsWith or pathMatches */
export function holdsForPath(statement: Statement, path: string): boolean {
  const { byte_match_statement: prefix, regex_match_statement: pattern } = statement as {
    byte_match_statement?: { search_string: string };
    regex_match_statement?: { regex_string: string };
  };
  return prefix ? path.startsWith(prefix.search_string) : new RegExp(pattern!.regex_string).test(path);
}

/** The maximum capacity of a statement: AWS may combine parts of the same kind. */
export function capacityOf(statement: Statement): number {
  return Object.entries(statement).reduce((sum, [type, content]) => {
    const {
      statement: inner = [],
      scope_down_statement: scope = {},
      custom_key: keys = [],
      text_transformation: transformations = [],
    } = content as {
      statement?: Statement[];
      scope_down_statement?: Statement;
      custom_key?: object[];
      text_transformation?: Transformation[];
    };
    return (
      sum +
      (CAPACITY[type] ?? 0) +
      inner.reduce((total, part) => total + capacityOf(part), 0) +
      capacityOf(scope) +
      keys.length * CAPACITY_OF_CUSTOM_KEY +
      transformations.filter(({ type }) => type !== "NONE").length * CAPACITY_OF_TRANSFORMATION
    );
  }, 0);
}

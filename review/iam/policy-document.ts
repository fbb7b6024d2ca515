/** IAM policy documents (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html), compared. */
import { canonical, jsonIn, strings } from "../plan/values";

export interface Statement {
  isAllow: boolean;
  actions: string[];
  resources: string[];
  /** Such as `Service:lambda.amazonaws.com`; `*` for everyone; empty in a policy of an identity. */
  principals: string[];
  conditions: Record<string, Record<string, string[]>>;
  /** True if it has NotAction, NotResource or NotPrincipal: it can be compared as a whole only. */
  isNegative: boolean;
  /** The same for statements that are written alike. */
  text: string;
}

/** A new permission. */
export interface Gain {
  action: string;
  resource: string;
  principal: string;
  /** Conditions, or other differences. */
  statement: Statement;
  /** True if a denial was removed or narrowed. */
  isDenialLost: boolean;
}

/** @returns undefined if the text is not a policy document */
export function statementsIn(text: unknown): Statement[] | undefined {
  const json = jsonIn(text);
  if (typeof json !== "object" || json === null) return undefined;
  const { Statement: written } = json as { Statement?: unknown };
  if (typeof written !== "object" || written === null) return undefined;
  return (Array.isArray(written) ? written : [written]).map((one) => statementOf(one as Record<string, unknown>));
}

/** Permissions of the second document that the first does not have. */
export function gains(before: readonly Statement[], after: readonly Statement[]): Gain[] {
  return [
    ...uncovered(allowing(after, true), allowing(before, true), false),
    ...uncovered(allowing(before, false), allowing(after, false), true),
  ];
}

/** True if it covers every action of a service, or more. */
export function isBroadAction(action: string): boolean {
  return /^(\*|[a-z0-9-]+:\*)$/i.test(action);
}

/** True if the principal can be anyone, in any account. */
export function isEverybody(principal: string): boolean {
  return principal === "*" || principal === "AWS:*";
}

/** True if a statement lets in anyone, and no condition limits it. */
export function isOpen({ isAllow, principals, conditions, isNegative }: Statement): boolean {
  return isAllow && (principals.some(isEverybody) || isNegative) && Object.keys(conditions).length === 0;
}

function statementOf(one: Record<string, unknown>): Statement {
  const { Sid: _, ...rest } = one;
  return {
    isAllow: one["Effect"] === "Allow",
    actions: strings(one["Action"]).sort(),
    resources: strings(one["Resource"]).sort(),
    principals: principalsOf(one["Principal"]),
    conditions: conditionsOf(one["Condition"]),
    isNegative: "NotAction" in one || "NotResource" in one || "NotPrincipal" in one,
    text: canonical(rest),
  };
}

function principalsOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return strings(value);
  return Object.entries(value)
    .flatMap(([kind, names]) => strings(names).map((name) => `${kind}:${name}`))
    .sort();
}

function conditionsOf(value: unknown): Statement["conditions"] {
  const operators = Object.entries((value ?? {}) as Record<string, Record<string, unknown>>);
  return Object.fromEntries(
    operators.map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys).map(([key, values]) => [
          key.toLowerCase(),
          (Array.isArray(values) ? values : [values]).map(String).sort(),
        ]),
      ),
    ]),
  );
}

function allowing(statements: readonly Statement[], isAllow: boolean): Statement[] {
  return statements.filter((statement) => statement.isAllow === isAllow);
}

/** Parts that some of the first statements match and none of the second do. */
function uncovered(these: readonly Statement[], those: readonly Statement[], isDenialLost: boolean): Gain[] {
  return these.flatMap((statement) =>
    those.some(({ text }) => text === statement.text)
      ? []
      : triplesOf(statement)
          .filter((triple) => !those.some((other) => covers(other, triple)))
          .map((triple) => ({ ...triple, isDenialLost })),
  );
}

type Triple = Omit<Gain, "isDenialLost">;

function triplesOf(statement: Statement): Triple[] {
  const orNone = (list: readonly string[]) => (list.length === 0 ? [""] : list);
  return orNone(statement.actions).flatMap((action) =>
    orNone(statement.resources).flatMap((resource) =>
      orNone(statement.principals).map((principal) => ({ action, resource, principal, statement })),
    ),
  );
}

function covers(other: Statement, { action, resource, principal, statement }: Triple): boolean {
  if (other.isNegative || statement.isNegative) return false;
  const among = (patterns: readonly string[], text: string) =>
    patterns.length === 0 ? text === "" : patterns.some((pattern) => isWithin(text, pattern));
  return (
    among(
      other.actions.map((one) => one.toLowerCase()),
      action.toLowerCase(),
    ) &&
    among(other.resources, resource) &&
    (other.principals.includes("*") ||
      (other.principals.length === 0 ? principal === "" : other.principals.includes(principal))) &&
    areStricter(statement.conditions, other.conditions)
  );
}

/** True if everything that the first pattern matches the second matches, too. */
function isWithin(text: string, pattern: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, "[^]*")
    .replace(/\?/g, "[^*]");
  return new RegExp(`^${expression}$`).test(text);
}

/** True if a request that meets the first conditions also meets the second. */
function areStricter(these: Statement["conditions"], those: Statement["conditions"]): boolean {
  return Object.entries(those).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) => {
      const mine = these[operator]?.[key];
      if (mine === undefined) return false;
      // One of the values must match; a negation excludes each of them.
      const isNegated = /not|forany|forall|null/i.test(operator);
      return isNegated ? canonical(mine) === canonical(values) : mine.every((value) => values.includes(value));
    }),
  );
}

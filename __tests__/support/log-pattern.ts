/**
 * Filter patterns for JSON log events, as CloudWatch Logs matches them: comparisons, `NOT EXISTS`, `&&` before `||`, and
 * parentheses. A `*` in a text stands for anything.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
const TOKENS = /\s*(\{|\}|\(|\)|&&|\|\||!=|=|>|IS|NOT EXISTS|TRUE|FALSE|\d+|"(?:[^"\\]|\\.)*"|\$\.[\w.-]+)/y;
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
const MAX_LENGTH = 1_024;

type Test = (event: Record<string, unknown>) => boolean;

/** @throws Error for a pattern that is not valid */
export function logPattern(text: string): Test {
  if (text.length > MAX_LENGTH) throw new Error("the pattern is too long");
  const tokens = tokensOf(text);
  const take = (wanted?: string): string => {
    const token = tokens.shift();
    if (token === undefined || (wanted !== undefined && token !== wanted))
      throw new Error(`unexpected ${token ?? "end"} in ${text}`);
    return token;
  };
  const any = (): Test => {
    const first = all();
    if (tokens[0] !== "||") return first;
    take();
    const rest = any();
    return (event) => first(event) || rest(event);
  };
  const all = (): Test => {
    const first = one();
    if (tokens[0] !== "&&") return first;
    take();
    const rest = all();
    return (event) => first(event) && rest(event);
  };
  const one = (): Test => {
    if (tokens[0] === "(") {
      take("(");
      const inner = any();
      take(")");
      return inner;
    }
    const selector = take();
    const operator = take();
    if (operator === "NOT EXISTS") return (event) => valueAt(selector, event) === undefined;
    return comparison(selector, operator, take());
  };
  take("{");
  const test = any();
  take("}");
  if (tokens.length > 0) throw new Error(`more after the pattern ${text}`);
  return test;
}

function comparison(selector: string, operator: string, literal: string): Test {
  const valueOf = (event: Record<string, unknown>) => valueAt(selector, event);
  if (operator === "IS" && ["TRUE", "FALSE"].includes(literal))
    return (event) => valueOf(event) === (literal === "TRUE");
  if (operator === ">" && /^\d+$/.test(literal)) return (event) => Number(valueOf(event)) > Number(literal);
  if (!selector.startsWith("$.") || !literal.startsWith('"') || !["=", "!="].includes(operator))
    throw new Error(`cannot compare ${selector} ${operator} ${literal}`);
  const expected = JSON.parse(literal) as string;
  const form = new RegExp(`^${expected.split("*").map(escaped).join("[^]*")}$`);
  return (event) => {
    const value = valueOf(event);
    if (value === undefined) return false;
    return form.test(String(value)) === (operator === "=");
  };
}

function valueAt(selector: string, event: Record<string, unknown>): unknown {
  if (!selector.startsWith("$.")) throw new Error(`${selector} is no selector`);
  return selector
    .slice(2)
    .split(".")
    .reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], event);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKENS.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKENS.lastIndex < end) {
    const from = TOKENS.lastIndex;
    const found = TOKENS.exec(text);
    if (!found) throw new Error(`not a pattern at ${text.slice(from)}`);
    tokens.push(found[1]!);
  }
  return tokens;
}

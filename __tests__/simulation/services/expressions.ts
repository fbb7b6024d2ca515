/**
 * DynamoDB's expressions, as far as the gateway uses them.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html
 */
import { Refusal } from "./answers";

export type Value = { S: string } | { N: string } | { BOOL: boolean };
export type Item = Record<string, Value>;

export interface Names {
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, Value>;
}

type Operand = (item: Item) => Value | undefined;
type Condition = (item: Item) => boolean;
type Change = (item: Item) => Item;

const TOKEN = /\s*(<>|<=|>=|[=<>(),+-]|[#:]?[A-Za-z_][\w.]*)/y;

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const match = TOKEN.exec(expression);
    if (!match) throw new Refusal("ValidationException", `cannot read the expression ${expression}`);
    tokens.push(match[1]!);
  }
  return tokens;
}

class Parser {
  private at = 0;
  constructor(
    private readonly tokens: string[],
    private readonly names: Names,
  ) {}

  isDone(): boolean {
    return this.at === this.tokens.length;
  }

  takes(word: string): boolean {
    if (this.tokens[this.at]?.toUpperCase() !== word) return false;
    this.at += 1;
    return true;
  }

  expect(word: string): void {
    if (!this.takes(word))
      throw new Refusal("ValidationException", `expected ${word} at ${this.at} of ${this.tokens.join(" ")}`);
  }

  path(): string {
    const token = this.tokens[this.at++] ?? "";
    if (!token.startsWith("#")) return token;
    const name = this.names.ExpressionAttributeNames?.[token];
    if (name === undefined) throw new Refusal("ValidationException", `${token} is not defined`);
    return name;
  }

  operand(): Operand {
    const token = this.tokens[this.at] ?? "";
    if (token.startsWith(":")) {
      this.at += 1;
      const value = this.names.ExpressionAttributeValues?.[token];
      if (value === undefined) throw new Refusal("ValidationException", `${token} is not defined`);
      return () => value;
    }
    if (token === "if_not_exists" && this.tokens[this.at + 1] === "(") {
      this.at += 2;
      const path = this.path();
      this.expect(",");
      const other = this.operand();
      this.expect(")");
      return (item) => item[path] ?? other(item);
    }
    if (token === "size" && this.tokens[this.at + 1] === "(") {
      this.at += 2;
      const path = this.path();
      this.expect(")");
      return (item) => (item[path] && "S" in item[path] ? { N: String(item[path].S.length) } : undefined);
    }
    const path = this.path();
    return (item) => item[path];
  }

  sum(): Operand {
    let left = this.operand();
    for (;;) {
      const sign = this.takes("+") ? 1 : this.takes("-") ? -1 : 0;
      if (sign === 0) return left;
      const [first, second] = [left, this.operand()];
      left = (item) => ({ N: String(numberOf(first(item)) + sign * numberOf(second(item))) });
    }
  }

  or(): Condition {
    let left = this.and();
    while (this.takes("OR")) {
      const [first, second] = [left, this.and()];
      left = (item) => first(item) || second(item);
    }
    return left;
  }

  private and(): Condition {
    let left = this.not();
    while (this.takes("AND")) {
      const [first, second] = [left, this.not()];
      left = (item) => first(item) && second(item);
    }
    return left;
  }

  private not(): Condition {
    if (this.takes("NOT")) {
      const inner = this.not();
      return (item) => !inner(item);
    }
    if (this.tokens[this.at] === "(") {
      this.at += 1;
      const inner = this.or();
      this.expect(")");
      return inner;
    }
    return this.test();
  }

  private test(): Condition {
    const called = this.tokens[this.at] ?? "";
    if (
      this.tokens[this.at + 1] === "(" &&
      ["attribute_exists", "attribute_not_exists", "begins_with", "contains"].includes(called)
    ) {
      this.at += 2;
      const path = this.path();
      const argument = this.takes(",") ? this.operand() : undefined;
      this.expect(")");
      switch (called) {
        case "attribute_exists":
          return (item) => item[path] !== undefined;
        case "attribute_not_exists":
          return (item) => item[path] === undefined;
        case "begins_with":
          return (item) => textOf(item[path]).startsWith(textOf(argument!(item)));
        default:
          return (item) => textOf(item[path]).includes(textOf(argument!(item)));
      }
    }
    const left = this.operand();
    if (this.takes("BETWEEN")) {
      const low = this.operand();
      this.expect("AND");
      const high = this.operand();
      return (item) =>
        compare(left(item), low(item), (order) => order >= 0) && compare(left(item), high(item), (order) => order <= 0);
    }
    if (this.takes("IN")) {
      this.expect("(");
      const all = [this.operand()];
      while (this.takes(",")) all.push(this.operand());
      this.expect(")");
      return (item) => all.some((one) => compare(left(item), one(item), (order) => order === 0));
    }
    const comparator = this.tokens[this.at++] ?? "";
    const holds = COMPARATORS[comparator];
    if (!holds) throw new Refusal("ValidationException", `${comparator} is no comparator`);
    const right = this.operand();
    if (comparator === "<>") return (item) => !compare(left(item), right(item), (order) => order === 0);
    return (item) => compare(left(item), right(item), holds);
  }

  change(): Change {
    const changes: Change[] = [];
    while (!this.isDone()) {
      if (this.takes("SET")) {
        do {
          const path = this.path();
          this.expect("=");
          const value = this.sum();
          changes.push((item) => {
            const found = value(item);
            if (found === undefined) throw new Refusal("ValidationException", `there is no value for ${path}`);
            return { [path]: found };
          });
        } while (this.takes(","));
      } else if (this.takes("REMOVE")) {
        do {
          const path = this.path();
          changes.push(() => ({ [path]: undefined as unknown as Value }));
        } while (this.takes(","));
      } else {
        this.expect("ADD");
        do {
          const path = this.path();
          const value = this.operand();
          changes.push((item) => ({
            [path]: { N: String((item[path] ? numberOf(item[path]) : 0) + numberOf(value(item))) },
          }));
        } while (this.takes(","));
      }
    }
    // Every clause sees the item as it was.
    return (item) => {
      const changed = Object.assign({}, item, ...changes.map((change) => change(item))) as Item;
      return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
    };
  }
}

const COMPARATORS: Record<string, (order: number) => boolean> = {
  "=": (order) => order === 0,
  "<>": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** An attribute that is not there, or of another type, is never equal, smaller or greater. */
function compare(left: Value | undefined, right: Value | undefined, holds: (order: number) => boolean): boolean {
  if (!left || !right) return false;
  if ("N" in left && "N" in right) return holds(Number(left.N) - Number(right.N));
  if ("S" in left && "S" in right) return holds(Buffer.compare(Buffer.from(left.S), Buffer.from(right.S)));
  if ("BOOL" in left && "BOOL" in right) return holds(left.BOOL === right.BOOL ? 0 : 1);
  return false;
}

function numberOf(value: Value | undefined): number {
  if (!value || !("N" in value)) throw new Refusal("ValidationException", "an operand is no number");
  return Number(value.N);
}

function textOf(value: Value | undefined): string {
  return value && "S" in value ? value.S : "";
}

export function condition(expression: string | undefined, names: Names): Condition {
  if (expression === undefined) return () => true;
  const parser = new Parser(tokensOf(expression), names);
  const test = parser.or();
  if (!parser.isDone()) throw new Refusal("ValidationException", `cannot read all of ${expression}`);
  return test;
}

export function update(expression: string, names: Names): Change {
  return new Parser(tokensOf(expression), names).change();
}

/** The attributes that a ProjectionExpression names; undefined for all. */
export function projection(
  expression: string | undefined,
  { ExpressionAttributeNames: names = {} }: Names,
): string[] | undefined {
  return expression?.split(",").map((name) => names[name.trim()] ?? name.trim());
}

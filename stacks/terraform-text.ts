/** Terraform syntax that CDKTF does not generate. */
import { Fn, Op, ref, Token } from "cdktf";

/**
 * Escapes a value from the config for Terraform. In JSON syntax every string is a template, so `${` and `%{` become
 * `$${` and `%%{`. References to resources stay as they are.
 *
 * https://developer.hashicorp.com/terraform/language/syntax/json#string-templates
 */
export function literal<T>(value: T): T;
export function literal(value: unknown): unknown {
  if (typeof value === "string" && Token.isUnresolved(value)) return value;
  if (typeof value === "string") return value.replace(/[$%](?=\{)/g, "$&$&");
  if (Array.isArray(value)) return value.map((item) => literal(item));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [literal(key), literal(item)]));
  }
  return value;
}

/** A sum, also of a number that only Terraform knows. */
export function plus(number: number, more: number): number {
  return Token.isUnresolved(number) ? Token.asNumber(Op.add(number, more)) : number + more;
}

/** Whole minutes of seconds, also of a number that only Terraform knows. */
export function minutes(seconds: number): number {
  return Token.isUnresolved(seconds) ? Token.asNumber(Op.div(seconds, 60)) : seconds / 60;
}

/** The value of a choice, also of one that only Terraform knows. */
export function chosen<K extends string>(values: Readonly<Record<K, string>>, choice: K): string {
  return Token.isUnresolved(choice) ? (Fn.lookup({ ...values }, choice) as string) : values[choice];
}

/** A part of a text between colons; empty if an ARN lacks the part. */
export function partOfArn(arn: string, place: number): string | undefined {
  if (!Token.isUnresolved(arn)) return arn.split(":")[place];
  return Token.asString(Fn.try([Fn.element(Fn.slice(Fn.split(":", arn), place, place + 1), 0), ref("null")]));
}

/** A text, or a value that only Terraform knows, as a part of a longer expression. */
export function textExpression(value: string): string {
  return Token.isUnresolved(value) ? value : JSON.stringify(value);
}

/**
 * The output of Terraform's `jsonencode`: keys sorted, and some characters escaped
 * (https://developer.hashicorp.com/terraform/language/functions/jsonencode).
 */
export function jsonencode(value: unknown): string {
  const escapes: Record<string, string> = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
  };
  return JSON.stringify(sorted(value)).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character]!);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

/** Bytes of what `jsonencode` writes for a value. A value that only Terraform knows counts as an empty text. */
export function jsonencodedBytes(value: unknown): number {
  return Buffer.byteLength(jsonencode(withoutTokens(value)));
}

/** True if it contains a value that only Terraform knows. */
export function hasReference(value: object): boolean {
  return JSON.stringify(value) !== JSON.stringify(withoutTokens(value));
}

function withoutTokens(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, item: unknown) => (Token.isUnresolved(item) ? "" : item)));
}

/**
 * What Terraform's `urlencode(jsonencode(…))` writes for a value: as in HTML forms, a space is a plus sign
 * (https://developer.hashicorp.com/terraform/language/functions/urlencode). Terraform does it itself for values that
 * only it knows.
 */
export function urlencodedJson(value: object): string {
  if (hasReference(value)) return Fn.urlencode(Fn.jsonencode(literal(value)));
  return encodeURIComponent(jsonencode(value))
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

/**
 * A condition: the text has at most `limit` bytes as UTF-8. Terraform's `length` counts characters; base64 without
 * padding has ⌈4n/3⌉ characters for n bytes, which differs for every n.
 *
 * @param expression reference to the text, without `${}`
 */
export function atMostBytes(expression: string, limit: number): string {
  return `\${length(replace(base64encode(${expression}), "=", "")) <= ${Math.ceil((limit * 4) / 3)}}`;
}

/** @returns such as `10,240` */
export function thousands(count: number): string {
  return count.toLocaleString("en");
}

/** Terraform syntax that CDKTF does not generate. */
import { Token } from "cdktf";

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

/**
 * Bytes of what Terraform's `jsonencode` writes for a value. What only Terraform knows counts as an empty text.
 *
 * https://developer.hashicorp.com/terraform/language/functions/jsonencode
 */
export function jsonencodedBytes(value: unknown): number {
  const text = JSON.stringify(value, (_, item: unknown) => (Token.isUnresolved(item) ? "" : item));
  return Buffer.byteLength(text.replace(/[<>&\u2028\u2029]/g, "\\u0000"));
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

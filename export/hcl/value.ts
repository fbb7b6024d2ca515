/** Values of the JSON syntax as expressions. */
import { HclError } from "./error";
import { jsonencoded } from "./jsonencoded";
import { indented, objectText } from "./layout";
import { literalTemplate, onlyExpression, parseTemplate, type Part } from "./template";
import { heredoc, quoted } from "./text";

/** An array of scalars stays on one line up to this width. */
const WIDTH = 100;

export interface ValueOptions {
  /** For errors. */
  place: string;
  /** False if Terraform takes strings literally: in JSON, for an argument that cannot contain references. */
  templates?: boolean;
  /** The provider compares and stores the value as JSON, not as text. */
  isJson?: boolean;
}

/** @throws HclError */
export function expressionOf(value: unknown, options: ValueOptions): string {
  if (typeof value === "string") {
    const parts = partsOf(value, options);
    const long = heredoc(parts);
    // If Terraform takes strings literally, it calls no functions either.
    const isPlain = options.templates !== false || !long?.startsWith("chomp(");
    return onlyExpression(parts) ?? jsonText(parts, options) ?? (isPlain ? long : undefined) ?? quoted(parts);
  }
  return withoutText(value, options);
}

/** An item of a list. It is never a heredoc, which would be hard to read there. */
function itemOf(value: unknown, options: ValueOptions): string {
  if (typeof value !== "string") return withoutText(value, options);
  const parts = partsOf(value, options);
  return onlyExpression(parts) ?? quoted(parts);
}

function withoutText(value: unknown, options: ValueOptions): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (Array.isArray(value)) return listText(value.map((item, i) => itemOf(item, inside(options, i))));
  if (typeof value !== "object") throw new HclError(options.place, `write JSON, not ${String(value)}`);
  return objectText(
    Object.entries(value).map(([key, item]) => [keyOf(key, options), expressionOf(item, inside(options, key))]),
  );
}

export function listText(items: readonly string[]): string {
  const line = `[${items.join(", ")}]`;
  if (items.length < 2 && !line.includes("\n")) return line;
  if (line.length <= WIDTH && !line.includes("\n")) return line;
  return `[\n${indented(items.map((item) => `${item},`).join("\n"))}\n]`;
}

const inside = ({ isJson, ...options }: ValueOptions, key: string | number): ValueOptions => ({
  ...options,
  place: `${options.place}.${key}`,
});

function partsOf(text: string, { templates = true, place }: ValueOptions): Part[] {
  return templates ? parseTemplate(text, place) : literalTemplate(text);
}

/** Keys of objects are templates too. */
function keyOf(key: string, options: ValueOptions): string {
  const parts = partsOf(key, options);
  const expression = onlyExpression(parts);
  if (expression !== undefined) return `(${expression})`;
  return isName(key) ? key : quoted(parts);
}

/** Names that need no quotes. Some words mean something else as an object's key. */
export function isName(key: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) && !["for", "true", "false", "null"].includes(key);
}

function jsonText(parts: readonly Part[], { isJson = false, ...options }: ValueOptions): string | undefined {
  const json = jsonencoded(parts, isJson);
  return json && `jsonencode(${jsonValue(json.value, json.partsOf, options)})`;
}

function jsonValue(value: unknown, parts: (text: string) => Part[], options: ValueOptions): string {
  if (typeof value === "string") {
    const text = parts(value);
    return onlyExpression(text) ?? quoted(text);
  }
  if (Array.isArray(value)) return listText(value.map((item) => jsonValue(item, parts, options)));
  if (typeof value !== "object" || value === null) return String(value);
  return objectText(
    Object.entries(value).map(([key, item]) => [
      isName(key) ? key : quoted(parts(key)),
      jsonValue(item, parts, options),
    ]),
  );
}

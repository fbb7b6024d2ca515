/** JSON strings as arguments of `jsonencode`, if that gives the same string, or an equivalent one. */
import { onlyExpression, type Part } from "./template";

export interface Encoded {
  /** The parsed JSON. Its strings have marks where expressions were. */
  value: unknown;
  /** A string of the value as a template. */
  partsOf: (text: string) => Part[];
}

/** Noncharacters and private-use characters, which never occur in our JSON. */
const MARK = /\uE000(\d+)\uE001/;

/** Attributes that are strings without quotation marks and backslashes, in every resource. */
const PLAIN_TEXT = /^[a-z][\w.[\]"-]*\.(?:arn|id|url|name|bucket|domain_name|function_name|[a-z_]+_arn)$/;

/**
 * @param isJson equal JSON is enough: the order of keys and the escapes of characters may differ
 * @returns undefined if `jsonencode` would change the string's meaning or, without `isJson`, any byte of it
 */
export function jsonencoded(parts: readonly Part[], isJson: boolean): Encoded | undefined {
  const marked = parts.map((part, i) => (part.kind === "literal" ? part.text : `\uE000${i}\uE001`)).join("");
  if (!/^\s*[{[]/.test(marked) || parts.some(hasMark)) return undefined;
  const value = parsed(marked);
  if (value === undefined || !hasContent(value)) return undefined;
  const partsOf = (text: string): Part[] => restored(text, parts);
  const texts = textsIn(value);
  // A number instead of a string would change the JSON, so quotes are only dropped around known strings.
  const arePlain = texts.every((text) => partsOf(text).every((part, _, all) => isPlain(part, all.length === 1)));
  if (!arePlain || !numbersIn(value).every((number) => /^-?\d{1,15}(?:\.\d{1,9})?$/.test(String(number))))
    return undefined;
  return isJson || written(value) === marked ? { value, partsOf } : undefined;
}

function hasMark(part: Part): boolean {
  return part.kind === "literal" && /[\uE000\uE001]/.test(part.text);
}

function isPlain(part: Part, isAlone: boolean): boolean {
  if (part.kind === "literal") return true;
  const expression = onlyExpression([part]);
  if (expression === undefined) return false;
  return PLAIN_TEXT.test(expression) || (!isAlone && /^element\(split\(":", [\w.-]+\.arn\), \d\)$/.test(expression));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function hasContent(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function restored(text: string, parts: readonly Part[]): Part[] {
  return text
    .split(MARK)
    .map((piece, i): Part => (i % 2 === 1 ? parts[Number(piece)]! : { kind: "literal", text: piece }))
    .filter(({ text: piece }) => piece !== "");
}

/** Keys included. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(textsIn)];
}

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/**
 * The output of Terraform's `jsonencode`: no white space, keys sorted by their bytes, some characters escaped.
 *
 * https://developer.hashicorp.com/terraform/language/functions/jsonencode
 */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return `{${entries.map(([key, item]) => `${written(key)}:${written(item)}`).join(",")}}`;
  }
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

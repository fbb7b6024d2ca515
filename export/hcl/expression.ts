/**
 * Expressions in native syntax: finds the end of one, and formats its spaces as `terraform fmt` does.
 *
 * https://github.com/hashicorp/hcl/blob/v2.23.0/hclsyntax/spec.md
 */
import { HclError } from "./error";

export interface Expression {
  text: string;
  /** Position after the expression: of `}`, `~}` or the end. */
  end: number;
}

type Kind = "word" | "number" | "text" | "open" | "close" | "symbol" | "newline" | "nothing";

interface Token {
  kind: Kind;
  text: string;
}

const NOTHING: Token = { kind: "nothing", text: "" };
const WORD = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}_-]*/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SYMBOL = /\.\.\.|::|=>|==|!=|<=|>=|&&|\|\||[-+*/%!<>=?:,.&|]/y;

/**
 * @param from where the expression starts: behind `${`
 * @param place for errors
 * @throws HclError for text that belongs to no expression, and for comments and heredocs
 */
export function readExpression(source: string, from: number, place: string): Expression {
  const tokens: Token[] = [];
  const open: string[] = [];
  let at = from;
  const add = (kind: Kind, text: string, end = at + text.length) => {
    tokens.push({ kind, text });
    at = end;
  };
  while (at < source.length) {
    const character = source[at]!;
    if (open.length === 0 && (character === "}" || source.startsWith("~}", at))) break;
    if (/[ \t\r]/.test(character)) at++;
    else if (character === "\n") add("newline", character);
    else if (character === '"') {
      const string = readString(source, at, place);
      add("text", string.text, string.end);
    } else if ("([{".includes(character)) {
      open.push(")]}"["([{".indexOf(character)]!);
      add("open", character);
    } else if (")]}".includes(character)) {
      if (open.pop() !== character) throw new HclError(place, `“${character}” closes nothing in: ${source}`);
      add("close", character);
    } else if (/#|\/[/*]|<</y.test(source.slice(at, at + 2)))
      throw new HclError(place, `comments and heredocs inside an expression are not printed; write without: ${source}`);
    else {
      const [kind, text] = nextWord(source, at) ?? [];
      if (!kind) throw new HclError(place, `“${character}” belongs to no expression: ${source}`);
      add(kind, text!);
    }
  }
  if (open.length > 0) throw new HclError(place, `“${open.at(-1)}” is missing in: ${source}`);
  return { text: printed(tokens), end: at };
}

function nextWord(source: string, at: number): [Kind, string] | undefined {
  for (const [kind, form] of [
    ["word", WORD],
    ["number", NUMBER],
    ["symbol", SYMBOL],
  ] as const) {
    form.lastIndex = at;
    const found = form.exec(source);
    if (found) return [kind, found[0]];
  }
  return undefined;
}

/** A quoted template in an expression, with its quotes. */
function readString(source: string, from: number, place: string): Expression {
  let text = '"';
  let at = from + 1;
  while (source[at] !== '"') {
    const escape = /^(?:\\[^\n]|\$\$+\{|%%+\{)/.exec(source.slice(at))?.[0];
    if (escape) {
      text += escape;
      at += escape.length;
    } else if (/^[$%]\{/.test(source.slice(at, at + 2))) {
      const template = readSequence(source, at, place);
      text += template.text;
      at = template.end;
    } else if (at >= source.length || source[at] === "\n")
      throw new HclError(place, `a quotation mark is missing in: ${source}`);
    else text += source[at++];
  }
  return { text: `${text}"`, end: at + 1 };
}

/** `${…}` or `%{…}`, with or without `~`. @param from place of `$` or `%` */
export function readSequence(source: string, from: number, place: string): Expression & { inner: string } {
  const start = /^[$%]\{~?/.exec(source.slice(from, from + 3))![0];
  const { text, end } = readExpression(source, from + start.length, place);
  const close = /^~?\}/.exec(source.slice(end, end + 2))?.[0];
  if (!close) throw new HclError(place, `“}” is missing in: ${source}`);
  if (text === "") throw new HclError(place, `the expression is missing between “${start}” and “${close}”: ${source}`);
  const spaced = (text.startsWith("{") ? " " : "") + text + (text.endsWith("}") ? " " : "");
  return { text: start + spaced + close, inner: text, end: end + close.length };
}

/** Lines within brackets are indented; an expression of several lines that has no bracket around it gets one. */
function printed(tokens: Token[]): string {
  const used = withoutEmptyLines(tokens);
  let text = "";
  let depth = 0;
  let isBare = false;
  used.forEach((token, i) => {
    const before = used[i - 1] ?? NOTHING;
    const after = used[i + 1] ?? NOTHING;
    if (token.kind === "open") depth++;
    if (token.kind === "close") depth--;
    if (token.kind === "newline") {
      isBare ||= depth === 0;
      text += `\n${"  ".repeat(depth - (after.kind === "close" ? 1 : 0))}`;
    } else text += token.text + (isSpaced(before, token, after) ? " " : "");
  });
  return isBare ? `(\n  ${text.replaceAll("\n", "\n  ")}\n)` : text;
}

function withoutEmptyLines(tokens: Token[]): Token[] {
  const isText = ({ kind }: Token) => kind !== "newline";
  const first = tokens.findIndex(isText);
  const used = tokens.slice(first < 0 ? tokens.length : first, tokens.findLastIndex(isText) + 1);
  return used.filter((token, i) => isText(token) || isText(used[i + 1]!));
}

/** True if a space follows: https://github.com/hashicorp/hcl/blob/v2.23.0/hclwrite/format.go (`spaceAfterToken`). */
function isSpaced(before: Token, token: Token, after: Token): boolean {
  if (after.kind === "newline" || after.kind === "nothing") return false;
  if (token.kind === "word" && (after.text === "(" || after.text === "::")) return false;
  if (token.text === "::" || token.text === "." || after.text === ".") return false;
  if (after.text === "," || after.text === "...") return false;
  if (token.text === ",") return true;
  if (token.text === "in" && before.kind === "word") return true;
  if (after.text === "[" && ["word", "number", "close"].includes(token.kind)) return false;
  if (token.text === "!") return false;
  if (token.text === "-") return ["word", "number", "text", "close"].includes(before.kind);
  if (token.text === "{" || after.text === "}") return !(token.text === "{" && after.text === "}");
  return token.kind !== "open" && after.kind !== "close";
}

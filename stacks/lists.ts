/**
 * Lists of texts from the config, or lists that only Terraform knows: in an exported module (export/), these are
 * variables.
 */
import type * as Cdktf from "cdktf";

type List = readonly string[];

/** Takes as long to load as all of edgegate does; most commands have no list that Terraform makes. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import is either eager or asynchronous
const cdktf = () => require("cdktf") as typeof Cdktf;

/** True if Terraform makes the list. */
export function isComputed(list: List): boolean {
  return list.some((text) => text.includes("TfToken[")) && cdktf().Token.isUnresolved(list);
}

/** Each text once, in the order of their first occurrences. */
export function distinct(...lists: List[]): string[] {
  return lists.some(isComputed) ? cdktf().Fn.distinct(joined(lists)) : [...new Set(lists.flat())];
}

export function concat(...lists: List[]): string[] {
  return lists.some(isComputed) ? joined(lists) : lists.flat();
}

export function first(list: List): string {
  if (!isComputed(list)) return list[0]!;
  const { Fn, Token } = cdktf();
  return Token.asString(Fn.element([...list], 0));
}

/** The list for an argument that must be left out if it is empty. */
export function unlessEmpty(list: List): string[] | undefined {
  if (!isComputed(list)) return list.length > 0 ? [...list] : undefined;
  const { conditional, Fn, Op, ref, Token } = cdktf();
  const count = Token.asNumber(Fn.lengthOf([...list]));
  return Token.asList(conditional(Op.gte(count, 1), [...list], ref("null")));
}

/** All but the first text. */
export function tail(list: List): string[] {
  if (!isComputed(list)) return list.slice(1);
  const { Fn } = cdktf();
  return Fn.slice([...list], 1, Fn.lengthOf([...list]));
}

/** @param textOf maps a text; it may only add text without percent signs before and after it */
export function eachOf(list: List, textOf: (text: string) => string): string[] {
  if (!isComputed(list)) return list.map(textOf);
  const { Fn, Token } = cdktf();
  return Token.asList(Fn.formatlist(textOf("%s"), [[...list]]));
}

/** A map from each text to the same value. */
export function mapOf(list: List, value: string): Record<string, string> {
  if (!isComputed(list)) return Object.fromEntries(list.map((text) => [text, value]));
  const { forExpression, FOR_EXPRESSION_VALUE, Token } = cdktf();
  return Token.asStringMap(forExpression([...list], value, FOR_EXPRESSION_VALUE));
}

/** A list without texts adds nothing; Terraform would not know its type. */
function joined(lists: readonly List[]): string[] {
  const { Fn, Token } = cdktf();
  return Token.asList(Fn.concat(lists.filter((list) => list.length > 0).map((list) => [...list])));
}

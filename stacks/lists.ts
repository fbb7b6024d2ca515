/**
 * Lists of texts from the config, or lists that only Terraform knows: in an exported module (export/), these are
 * variables.
 */
import { conditional, Fn, FOR_EXPRESSION_VALUE, forExpression, Op, ref, Token } from "cdktf";

type List = readonly string[];

/** True if Terraform makes the list. */
export function isComputed(list: List): boolean {
  return Token.isUnresolved(list);
}

/** Each text once, in the order of their first occurrences. */
export function distinct(...lists: List[]): string[] {
  return lists.some(isComputed) ? Fn.distinct(joined(lists)) : [...new Set(lists.flat())];
}

export function concat(...lists: List[]): string[] {
  return lists.some(isComputed) ? joined(lists) : lists.flat();
}

export function first(list: List): string {
  return isComputed(list) ? Token.asString(Fn.element([...list], 0)) : list[0]!;
}

/** The list for an argument that must be left out if it is empty. */
export function unlessEmpty(list: List): string[] | undefined {
  if (!isComputed(list)) return list.length > 0 ? [...list] : undefined;
  const count = Token.asNumber(Fn.lengthOf([...list]));
  return Token.asList(conditional(Op.gte(count, 1), [...list], ref("null")));
}

/** All but the first text. */
export function tail(list: List): string[] {
  return isComputed(list) ? Fn.slice([...list], 1, Fn.lengthOf([...list])) : list.slice(1);
}

/** @param textOf maps a text; it may only add text without percent signs before and after it */
export function eachOf(list: List, textOf: (text: string) => string): string[] {
  if (!isComputed(list)) return list.map(textOf);
  return Token.asList(Fn.formatlist(textOf("%s"), [[...list]]));
}

/** A map from each text to the same value. */
export function mapOf(list: List, value: string): Record<string, string> {
  if (!isComputed(list)) return Object.fromEntries(list.map((text) => [text, value]));
  return Token.asStringMap(forExpression([...list], value, FOR_EXPRESSION_VALUE));
}

/** A list without texts adds nothing; Terraform would not know its type. */
function joined(lists: readonly List[]): string[] {
  return Token.asList(Fn.concat(lists.filter((list) => list.length > 0).map((list) => [...list])));
}

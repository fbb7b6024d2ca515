/**
 * Type constraints of variables, over several lines if one line would be too long.
 *
 * https://developer.hashicorp.com/terraform/language/expressions/type-constraints
 */
import { readExpression } from "./expression";
import { objectText } from "./layout";

const WIDTH = 80;

/** @param type such as `object({ name = string, paths = optional(list(string), []) })` */
export function typeConstraint(type: string, place: string): string {
  return laidOut(readExpression(type, 0, place).text);
}

function laidOut(type: string): string {
  if (type.length <= WIDTH && !/[{\n]/.test(type)) return type;
  const [, name, inner] = /^(\w+)\((.*)\)$/s.exec(type) ?? [];
  if (name === undefined) return type;
  const [first, ...others] = split(inner!);
  if (name === "object") return `object(${objectText(split(first!.slice(1, -1)).map(attribute))})`;
  return name === "tuple" ? type : `${name}(${[laidOut(first!), ...others].join(", ")})`;
}

function attribute(text: string): [string, string] {
  const [name, type] = [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)];
  return [name.trim(), laidOut(type.trim())];
}

/** Splits at commas and line breaks outside of brackets and strings. */
function split(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  let isString = false;
  for (let at = 0; at < text.length; at++) {
    if (isString && text[at] === "\\") at++;
    else if (text[at] === '"') isString = !isString;
    else if (isString) continue;
    else if ("([{".includes(text[at]!)) depth++;
    else if (")]}".includes(text[at]!)) depth--;
    else if (/[,\n]/.test(text[at]!) && depth === 0) {
      found.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  found.push(text.slice(from).trim());
  return found.filter((part) => part !== "");
}

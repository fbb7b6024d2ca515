/**
 * Reads values from a synthesized `cdk.tf.json` as Terraform would, but without Terraform. Strings are templates
 * (https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping). It knows only the expressions
 * that decide what runs at the edge: `file`, `jsonencode`, `local.x`, arguments of other resources, and the computed
 * attributes in computed-attributes.ts.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { jsonencode } from "../stacks/terraform-text";
import { computedAttribute } from "./computed-attributes";

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface TerraformJson {
  /** All resources of a type, by their name in the stack. */
  resources(type: string): Record<string, JsonObject>;
  /** A JSON value with every template in it evaluated. */
  evaluate(value: Json): Json;
  /** An argument that must be a text. @throws Error if it is not */
  text(value: Json | undefined, where: string): string;
  /** The name of the resource that a reference such as `${aws_lambda_function.auth.qualified_arn}` points to. */
  nameOf(type: string, reference: Json | undefined): string | undefined;
  /** The absolute path of a file that the stack names relative to itself. */
  path(relative: string): string;
}

/** @throws Error if the file does not exist or is not JSON */
export function readTerraformJson(file: string): TerraformJson {
  const stack = JSON.parse(readFileSync(file, "utf8")) as JsonObject;
  const folder = dirname(file);
  const locals = (stack["locals"] ?? {}) as JsonObject;
  const resources = (stack["resource"] ?? {}) as Record<string, Record<string, JsonObject>>;

  const functions: Record<string, (argument: Json) => Json> = {
    file: (argument) => readFileSync(join(folder, String(argument)), "utf8"),
    jsonencode: (argument) => jsonencode(argument),
  };

  function evaluate(value: Json): Json {
    if (typeof value === "string") return template(value);
    if (Array.isArray(value)) return value.map(evaluate);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, evaluate(member)]));
  }

  /** A template that is one expression keeps that expression's type. */
  function template(text: string): Json {
    const parts: Json[] = [];
    let at = 0;
    while (at < text.length) {
      const next = nextTemplate(text, at);
      if (next < 0) {
        parts.push(text.slice(at));
        break;
      }
      // A doubled sign is the text "${" or "%{".
      if (text[next - 1] === text[next]) {
        parts.push(text.slice(at, next) + "{");
        at = next + 2;
        continue;
      }
      if (text[next] === "%") throw unknown(text.slice(next, next + 40));
      if (next > at) parts.push(text.slice(at, next));
      const end = closingBrace(text, next + 2);
      parts.push(expression(text.slice(next + 2, end).trim()));
      at = end + 1;
    }
    return parts.length === 1
      ? parts[0]!
      : parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part))).join("");
  }

  function expression(source: string): Json {
    const call = /^(\w+)\(([^]*)\)$/.exec(source);
    if (call) {
      const known = functions[call[1]!];
      if (!known) throw unknown(source);
      return known(expression(call[2]!.trim()));
    }
    if (/^".*"$/s.test(source)) return template(JSON.parse(source) as string);
    if (source === "path.module") return ".";
    if (!/^[a-z][\w-]*(\.[\w-]+)+$/i.test(source)) throw unknown(source);
    const [root, ...names] = source.split(".");
    const start: Json = root === "local" ? locals : ((resources[root!] ?? {}) as JsonObject);
    const found = names.reduce<Json | undefined>(
      (value, name) => (value && typeof value === "object" && !Array.isArray(value) ? value[name] : undefined),
      start,
    );
    const value = found ?? computed(root!, names);
    if (value === undefined) throw unknown(source);
    return evaluate(value);
  }

  function computed(type: string, [resource, attribute]: string[]): string | undefined {
    const found = resources[type]?.[resource!];
    return (
      found &&
      computedAttribute(type, attribute!, () => String(evaluate(found["name"] ?? found["function_name"] ?? "")))
    );
  }

  function unknown(source: string): Error {
    return new Error(
      `${file}: the local edge cannot evaluate "${source}"; it knows file(…), jsonencode(…), local.… and arguments of resources`,
    );
  }

  return {
    resources: (type) => resources[type] ?? {},
    evaluate,
    text(value, where) {
      const found = value === undefined ? undefined : evaluate(value);
      if (typeof found !== "string") throw new Error(`${file}: ${where} must be a text, not ${JSON.stringify(found)}`);
      return found;
    },
    nameOf(type, reference) {
      const found =
        typeof reference === "string" ? new RegExp(`^\\$\\{${type}\\.([\\w-]+)\\.\\w+\\}$`).exec(reference) : undefined;
      return found?.[1];
    },
    path: (relative) => join(folder, relative),
  };
}

function nextTemplate(text: string, from: number): number {
  const found = text.slice(from).search(/[$%]\{/);
  return found < 0 ? -1 : from + found;
}

function closingBrace(text: string, from: number): number {
  let depth = 1;
  let quoted = false;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (quoted && character === "\\") at++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === "{") depth++;
    else if (!quoted && character === "}" && --depth === 0) return at;
  }
  throw new Error(`a template without its closing brace: ${text.slice(from, from + 80)}`);
}

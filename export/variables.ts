/** The module's variables, in Terraform's JSON syntax: types, defaults and validations. */
import type { z } from "zod";
import type { ModuleOption } from "./options";
import { durationOf, secondsExpression } from "./duration";
import { referenceTo, secondsOf, type Replaced } from "./template";

export interface Validation {
  condition: string;
  error_message: string;
}

export interface Variable {
  type: string;
  description: string;
  default?: unknown;
  nullable: boolean;
  validation?: Validation[];
}

export function variablesOf(all: readonly Replaced[]): Record<string, Variable> {
  const replaced = [...new Map(all.map((each) => [each.place.join("."), each])).values()];
  const names = [...new Set(replaced.map(({ place }) => place[0]!))];
  return Object.fromEntries(
    names.map((name) => {
      const members = replaced.filter(({ place }) => place[0] === name);
      return [name, variableOf(members)];
    }),
  );
}

/** The local value that the stack reads instead of a duration. */
export function localsOf(replaced: readonly Replaced[]): Record<string, string> {
  return Object.fromEntries(
    replaced
      .filter(({ option }) => option.seconds)
      .map((each) => [secondsOf(each), `\${${secondsExpression(referenceTo(each))}}`]),
  );
}

function variableOf(members: readonly Replaced[]): Variable {
  const [only] = members;
  const validation = [...members.flatMap(validationsOf), ...together(members)];
  const common = { nullable: false as const, ...(validation.length > 0 && { validation }) };
  if (members.length === 1 && only!.place.length === 1)
    return {
      type: typeOf(only!),
      description: only!.option.description,
      ...(only!.isRequired ? {} : { default: defaultOf(only!) }),
      ...common,
    };
  const { type, isOptional } = objectType(members, 1);
  return {
    type,
    description: members.map(({ place, option }) => `${place.slice(1).join(".")}: ${option.description}\n`).join(""),
    ...(isOptional && { default: {} }),
    ...common,
  };
}

/** An attribute with a default is optional; so is an object of such attributes only. */
function objectType(members: readonly Replaced[], depth: number): { type: string; isOptional: boolean } {
  const names = [...new Set(members.map(({ place }) => place[depth]!))];
  const attributes = names.map((name) => {
    const inside = members.filter(({ place }) => place[depth] === name);
    const [only] = inside;
    if (only!.place.length === depth + 1) {
      const { isRequired } = only!;
      const type = typeOf(only!);
      return {
        text: `${name} = ${isRequired ? type : `optional(${type}, ${inHcl(defaultOf(only!))})`}`,
        isOptional: !isRequired,
      };
    }
    const { type, isOptional } = objectType(inside, depth + 1);
    return { text: `${name} = ${isOptional ? `optional(${type}, {})` : type}`, isOptional };
  });
  return {
    type: `object({ ${attributes.map(({ text }) => text).join(", ")} })`,
    isOptional: attributes.every(({ isOptional }) => isOptional),
  };
}

function typeOf({ option, value }: Replaced): "string" | "number" | "list(string)" {
  if (Array.isArray(value)) return "list(string)";
  return typeof value === "number" && !option.seconds ? "number" : "string";
}

function defaultOf({ option, value }: Replaced): unknown {
  return option.seconds ? durationOf(Number(value)) : value;
}

/** A text or a number as an expression of Terraform. */
function inHcl(value: unknown): string {
  return JSON.stringify(value).replace(/[$%](?=\{)/g, "$&$&");
}

/** The checks of config/cross-checks.ts that involve several values. */
function together(members: readonly Replaced[]): Validation[] {
  const name = members[0]!.place[0];
  if (name === "session")
    return [
      ["token", "idle"],
      ["idle", "absolute"],
    ].map(([shorter, longer]) => ({
      condition: `\${try(${secondsExpression(`var.session.${shorter}`)} <= ${secondsExpression(`var.session.${longer}`)}, true)}`,
      error_message: `session.${shorter}: write at most session.${longer}.`,
    }));
  if (name === "alternate_domains")
    return [
      {
        condition: "${!contains(var.alternate_domains, var.domain)}",
        error_message: "alternate_domains: domain is already listed; remove it.",
      },
    ];
  return [];
}

function validationsOf(replaced: Replaced): Validation[] {
  const value = referenceTo(replaced);
  return conditionsOf(replaced.option, value).map(({ condition, message }) => ({
    condition: `\${${condition}}`,
    error_message: `${replaced.place.join(".")}: ${sentence(message)}`,
  }));
}

interface Condition {
  condition: string;
  /** The path as in the config's errors. */
  message: string;
}

function conditionsOf(option: ModuleOption, value: string): Condition[] {
  const { seconds, condition, conditions, field } = option;
  if (conditions)
    return conditions.map(({ holds, wrong }) => ({ condition: holds(value), message: messageOf(field, wrong) }));
  const general = messageOf(field, "");
  if (seconds) {
    const length = secondsExpression(value);
    return [
      {
        condition: `can(regex("^[1-9][0-9]{0,5}[${seconds.units ?? "smhd"}]$", ${value})) && try(${length} >= ${seconds.min} && ${length} <= ${seconds.max}, false)`,
        message: general,
      },
    ];
  }
  if (condition) return [{ condition: condition(value), message: general }];
  return schemaConditions(inner(field), value);
}

/** Zod's own description of a schema: https://zod.dev/packages/core */
interface Definition {
  type: string;
  innerType?: z.ZodType;
  options?: z.ZodType[];
  values?: (string | number)[];
  entries?: Record<string, string>;
  checks?: { _zod: { def: Check } }[];
}
interface Check {
  check: string;
  pattern?: RegExp;
  value?: number;
  minimum?: number;
  maximum?: number;
  error?: (issue: unknown) => string | { message: string } | undefined;
}

function definitionOf(field: z.ZodType): Definition {
  return field._zod.def as unknown as Definition;
}

/** The schema without optional wrappers. */
function inner(field: z.ZodType): z.ZodType {
  const { innerType } = definitionOf(field);
  return innerType ? inner(innerType) : field;
}

function schemaConditions(field: z.ZodType, value: string): Condition[] {
  const { type, options, entries, values, checks = [] } = definitionOf(field);
  const allowed =
    type === "enum"
      ? Object.values(entries!)
      : type === "literal"
        ? values!
        : options?.flatMap((option) => definitionOf(option).values ?? []);
  if (allowed) return [{ condition: `contains(${JSON.stringify(allowed)}, ${value})`, message: messageOf(field, "") }];
  return checks.map(({ _zod: { def } }) => ({ condition: checkCondition(def, value), message: messageOfCheck(def) }));
}

function checkCondition(def: Check, value: string): string {
  switch (def.check) {
    case "string_format":
      return `can(regex("${re2(def.pattern!)}", ${value}))`;
    case "min_length":
      return `length(${value}) >= ${def.minimum}`;
    case "max_length":
      return `length(${value}) <= ${def.maximum}`;
    case "number_format":
      return `floor(${value}) == ${value}`;
    case "greater_than":
      return `${value} >= ${def.value}`;
    case "less_than":
      return `${value} <= ${def.value}`;
    default:
      throw new Error(`a module cannot check "${def.check}"; give the option a condition (export/options.ts)`);
  }
}

/** A pattern as text in Terraform, whose regular expressions have no lookahead (https://github.com/google/re2/wiki/Syntax). */
export function re2({ source, flags }: RegExp): string {
  if (/\(\?[=!<]/.test(source)) throw new Error(`a module cannot check /${source}/: it looks ahead`);
  const pattern = (flags.includes("i") ? "(?i)" : "") + source.replaceAll("\\/", "/");
  return pattern
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replace(/[$%](?=\{)/g, "$&$&");
}

function messageOfCheck({ check, error }: Check): string {
  const found = error?.({});
  if (found === undefined) throw new Error(`the check "${check}" of an option has no message of its own`);
  return typeof found === "string" ? found : found.message;
}

/** The config's error message for a wrong value. */
export function messageOf(field: z.ZodType, wrong: unknown): string {
  const { error } = field.safeParse(wrong);
  if (!error) throw new Error(`the wrong value ${JSON.stringify(wrong)} is a right one`);
  return error.issues.at(-1)!.message;
}

/** Terraform requires a whole sentence. Its messages are templates. */
export function sentence(message: string): string {
  return `${message.replace(/[$%](?=\{)/g, "$&$&")}.`;
}

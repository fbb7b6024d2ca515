/** Forms of the JSON syntax: https://developer.hashicorp.com/terraform/language/syntax/json */
import { HclError } from "./error";

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One block or several. @throws HclError for anything else */
export function listOf(value: unknown, place: string): JsonObject[] {
  if (value === null || value === undefined) return [];
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list
    .filter((each) => each !== null)
    .map((each) => {
      if (isObject(each)) return each;
      throw new HclError(place, `this is a block; write an object or a list of objects, not ${JSON.stringify(each)}`);
    });
}

/** Blocks by their labels. */
export function labelled(value: unknown, place: string): [label: string, body: unknown][] {
  return listOf(value, place).flatMap((each) => Object.entries(each).filter(([label]) => label !== "//"));
}

const REFERENCE = /^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*|\.\*|\[(?:\*|\d+|"(?:[^"\\$%]|\\.)*"|[a-z]+\.[a-z]+)\])*$/;

/** An address without quotes: `aws_sqs_queue.dead`, with or without `${}`. @throws HclError */
export function reference(value: unknown, place: string): string {
  const text = typeof value === "string" ? value.replace(/^\$\{\s*(.*?)\s*\}$/s, "$1") : "";
  if (REFERENCE.test(text)) return text;
  throw new HclError(place, `write a reference, such as "aws_sqs_queue.dead", not ${JSON.stringify(value)}`);
}

export function references(value: unknown, place: string): string[] {
  if (!Array.isArray(value)) throw new HclError(place, "write a list of references");
  return value.map((each, i) => reference(each, `${place}.${i}`));
}

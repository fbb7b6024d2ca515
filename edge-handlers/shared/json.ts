/** Type checks for values from JSON. */

export type Members = Record<string, unknown>;

export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

export function isObject(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

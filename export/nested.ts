/** Values in objects of objects. */

export function valueAt(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce((part, key) => (part as Record<string, unknown>)[key], value);
}

/** Sets a value, and creates missing objects on the path. */
export function put(target: unknown, keys: readonly string[], value: unknown): void {
  let parent = target as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) parent = (parent[key] ??= {}) as Record<string, unknown>;
  parent[keys.at(-1)!] = value;
}

/**
 * A map for `for_each`. Its keys are in the addresses of the resources, so people read them in plans, and an item that
 * is added or removed leaves the others as they are.
 */
export function keyed<T, V>(
  items: readonly T[],
  entry: (item: T) => readonly [key: string, value: V],
): Record<string, V> {
  return Object.fromEntries(items.map(entry));
}

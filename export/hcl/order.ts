/** The order of resources: a resource comes right after those that it refers to. */

export interface Ordered {
  address: string;
  /** The JSON with the references. */
  json: unknown;
}

/** By name, so that parts of a construct are together. Before each resource come those that it refers to. */
export function readingOrder<T extends Ordered>(entries: readonly T[]): T[] {
  const byAddress = new Map(entries.map((entry) => [entry.address, entry]));
  const done = new Set<T>();
  const visit = (entry: T) => {
    if (done.has(entry)) return;
    done.add(entry);
    for (const address of addressesIn(entry.json)) {
      const other = byAddress.get(address);
      if (other) visit(other);
    }
    ordered.push(entry);
  };
  const ordered: T[] = [];
  [...entries].sort((a, b) => compare(nameOf(a), nameOf(b)) || compare(a.address, b.address)).forEach(visit);
  return ordered;
}

const nameOf = ({ address }: Ordered) => address.slice(address.lastIndexOf(".") + 1);
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Every text that looks like an address. */
function addressesIn(json: unknown): string[] {
  const found = JSON.stringify(json).match(/(?:\bdata\.)?\b[a-z][a-z0-9]*_[a-z0-9_]+\.[A-Za-z_][\w-]*/g) ?? [];
  return [...new Set(found)].sort();
}

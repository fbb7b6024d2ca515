/** Networks as ranges of numbers: the addresses of IPv6, and after them those of IPv4. */
import { isIPv4, isIPv6 } from "node:net";

/** Both ends belong to it. */
export type Range = readonly [first: bigint, last: bigint];

const IPV4 = 1n << 128n;
/** Every address that there is. */
export const EVERYWHERE: readonly Range[] = [
  [0n, IPV4 - 1n],
  [IPV4, IPV4 + (1n << 32n) - 1n],
];

/** @returns undefined for a text that is not a network, such as one with host bits */
export function rangeOf(cidr: string): Range | undefined {
  const [, address = "", length = ""] = /^([0-9a-f.:]+)\/(0|[1-9][0-9]{0,2})$/.exec(cidr) ?? [];
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : 0;
  const free = bits - Number(length);
  if (bits === 0 || free < 0) return undefined;
  const first = bits === 32 ? IPV4 + numberOf(address.split("."), 8n) : numberOf(groupsOf(address), 16n);
  const size = 1n << BigInt(free);
  return first % size === 0n ? [first, first + size - 1n] : undefined;
}

/** Addresses that are in both. */
export function inBoth(some: readonly Range[], others: readonly Range[]): Range[] {
  return some.flatMap(([first, last]) =>
    others.flatMap(([start, end]): Range[] => {
      const shared: Range = [first > start ? first : start, last < end ? last : end];
      return shared[0] <= shared[1] ? [shared] : [];
    }),
  );
}

/** Addresses of `some` that are in none of `others`. */
export function outside(some: readonly Range[], others: readonly Range[]): Range[] {
  return others.reduce<Range[]>(
    (left, [start, end]) =>
      left.flatMap(([first, last]): Range[] =>
        last < start || end < first
          ? [[first, last]]
          : [
              ...(first < start ? [[first, start - 1n] as const] : []),
              ...(end < last ? [[end + 1n, last] as const] : []),
            ],
      ),
    [...some],
  );
}

function numberOf(parts: readonly string[], bits: bigint): bigint {
  return parts.reduce((sum, part) => (sum << bits) + BigInt(bits === 8n ? part : `0x${part}`), 0n);
}

/** The eight groups of an IPv6 address (RFC 4291 section 2.2). The last two may be written as IPv4. */
function groupsOf(address: string): string[] {
  const hex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a, b, c, d] = parts.slice(0, 4).map((part) => Number(part).toString(16).padStart(2, "0"));
    return `${a}${b}:${c}${d}`;
  });
  const [head = [], tail] = hex.split("::").map((side) => (side === "" ? [] : side.split(":")));
  return tail ? [...head, ...Array<string>(8 - head.length - tail.length).fill("0"), ...tail] : head;
}

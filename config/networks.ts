/** Address ranges as rules compare them. */
import { isIP } from "node:net";
import { bitsOf } from "../policy/networks";

/**
 * A range in canonical form, as in rules: without bits after the prefix, and IPv6 as in RFC 5952 section 4.
 *
 * @param text a range, or an address, which is a range of one
 * @returns undefined if it is neither, or an IPv4 address that is written as IPv6
 */
export function canonicalRange(text: string): string | undefined {
  const [, address, prefix] = /^([^/]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  if (address === undefined || isIP(address) === 0 || address.includes("%")) return undefined;
  const bits = bitsOf(address);
  if ((bits.length !== 32 && bits.length !== 128) || /^0{80}1{16}/.test(bits)) return undefined;
  const length = prefix === undefined ? bits.length : Number(prefix);
  if (length > bits.length) return undefined;
  const first = bits.slice(0, length).padEnd(bits.length, "0");
  return `${first.length === 32 ? ipv4(first) : ipv6(first)}/${length}`;
}

function ipv4(bits: string): string {
  return groups(bits, 8).join(".");
}

/** URLs have addresses in that form (https://url.spec.whatwg.org/#concept-ipv6-serializer). */
function ipv6(bits: string): string {
  const address = groups(bits, 16).map((group) => group.toString(16));
  return new URL(`http://[${address.join(":")}]/`).hostname.slice(1, -1);
}

function groups(bits: string, size: number): number[] {
  return Array.from({ length: bits.length / size }, (_, i) => parseInt(bits.slice(i * size, (i + 1) * size), 2));
}

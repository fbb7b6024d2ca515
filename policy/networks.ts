/**
 * Addresses, and ranges of them (RFC 4632 section 3.1, RFC 4291 section 2.3). Also runs in the gate, where every byte
 * counts: the form of ranges was checked before (config/networks.ts), and addresses come from CloudFront.
 */

/** @returns undefined if the address is unknown; an address of IPv4 that is written as IPv6 is, too */
export function isInNetworks(address: string | undefined, ranges: readonly string[]): boolean | undefined {
  const bits = bitsOf(address || "");
  if ((bits.length !== 32 && bits.length !== 128) || /^0{80}1{16}/.test(bits)) return undefined;
  return ranges.some((range) => {
    const parts = range.split("/");
    const first = bitsOf(parts[0]!);
    const length = +(parts[1] || "x");
    return first.length === bits.length && length >= 0 && first.slice(0, length) === bits.slice(0, length);
  });
}

/** 32 or 128 digits; another number of characters for what is no address. */
export function bitsOf(address: string): string {
  const isIpv4 = address.indexOf(":") < 0;
  const missing = "0:".repeat(Math.max(0, 9 - address.split(":").length));
  // `::` stands for as many groups of zeros as are missing, and is at an end next to an empty group.
  const groups = isIpv4 ? address.split(".") : address.replace("::", ":" + missing).split(":");
  return groups
    .map((group) => ((isIpv4 ? +group : parseInt(group || "0", 16)) + (isIpv4 ? 256 : 65536)).toString(2).slice(1))
    .join("");
}

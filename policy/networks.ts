/** Addresses and ranges (CIDR, RFC 4632 and RFC 4291 section 2.3). Also runs in the gate. */

/** @returns undefined if the address is none. Ranges that are none have no address in them. */
export function isInNetworks(address: string | undefined, ranges: readonly string[]): boolean | undefined {
  const groups = groupsOf(address || "");
  return groups && ranges.some((range) => isInRange(groups, range));
}

function isInRange(groups: readonly number[], range: string): boolean {
  // IPv4 is never in a range of IPv6.
  if (range.indexOf(":") < 0 !== (groups.length === 2)) return false;
  const slash = range.indexOf("/");
  const first = groupsOf(range.slice(0, slash));
  const bits = slash < 0 ? NaN : parseInt(range.slice(slash + 1), 10);
  if (!first || first.length !== groups.length || !(bits >= 0 && bits <= 16 * groups.length)) return false;
  for (let i = 0; i * 16 < bits; i++) {
    const shift = Math.max(0, 16 * (i + 1) - bits);
    if (groups[i]! >> shift !== first[i]! >> shift) return false;
  }
  return true;
}

/**
 * The address in groups of 16 bits: two for IPv4, eight for IPv6. An IPv4 address written as IPv6 (RFC 4291 section
 * 2.5.5.2) is IPv4.
 */
export function groupsOf(address: string): number[] | undefined {
  if (address.indexOf(":") < 0) {
    const bytes = address.split(".");
    if (bytes.length !== 4 || !bytes.every(isByte)) return undefined;
    return [+bytes[0]! * 256 + +bytes[1]!, +bytes[2]! * 256 + +bytes[3]!];
  }
  if (/^::ffff:[\d.]+$/i.test(address) && address.indexOf(".") > 0) return groupsOf(address.slice(7));
  const halves = address.split("::");
  const head = halves[0] ? halves[0].split(":") : [];
  const tail = halves[1] ? halves[1].split(":") : [];
  const zeros = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? zeros < 1 : zeros !== 0)) return undefined;
  const all = head.concat("0".repeat(zeros).split(""), tail);
  if (!all.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  const groups = all.map((group) => parseInt(group, 16));
  const isIpv4 = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
  return isIpv4 ? groups.slice(6) : groups;
}

/** Without leading zeros, which some programs read as octal. */
function isByte(text: string): boolean {
  return /^(0|[1-9]\d{0,2})$/.test(text) && +text < 256;
}

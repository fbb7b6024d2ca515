/**
 * Addresses, and ranges of them (RFC 4632 section 3.1, RFC 4291 section 2.3). Also runs in the gate, to which CloudFront
 * tells addresses of IPv4 in their own form.
 */

/** @returns undefined if the address is unknown; a range that is none has no address in it */
export function isInNetworks(address: string | undefined, ranges: readonly string[]): boolean | undefined {
  const bits = bitsOf(address || "");
  return bits === undefined
    ? undefined
    : ranges.some((range) => {
        const parts = range.split("/");
        const first = bitsOf(parts[0]!);
        const length = parts[1] ? +parts[1] : NaN;
        return (
          !!first &&
          first.length === bits.length &&
          length <= bits.length &&
          first.slice(0, length) === bits.slice(0, length)
        );
      });
}

/** 32 or 128 digits; undefined for what is no address, and for an address of IPv4 that is written as IPv6. */
export function bitsOf(address: string): string | undefined {
  const isIpv4 = address.indexOf(":") < 0;
  const groups = isIpv4 ? address.split(".") : withZeros(address).split(":");
  let bits = "";
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i]!;
    const number = isIpv4 ? +group : parseInt(group, 16);
    // Some programs read a leading zero as octal.
    if (isIpv4 ? number + "" !== group || !(number >= 0 && number < 256) : !/^[\da-f]{1,4}$/i.test(group)) return;
    bits += (number + (isIpv4 ? 256 : 65536)).toString(2).slice(1);
  }
  return bits.length === (isIpv4 ? 32 : 128) && !/^0{80}1{16}/.test(bits) ? bits : undefined;
}

/** `::` stands for as many groups of zeros as are missing. */
function withZeros(address: string): string {
  const missing = 9 - address.split(":").length;
  return missing < 0
    ? address
    : address
        .replace("::", ":" + "0:".repeat(missing))
        .replace(/^:0/, "0:0")
        .replace(/:$/, ":0");
}

/** Whether an address is in one of some networks, by Node.js itself. */
import { BlockList, isIPv6 } from "node:net";

const known = new Map<string, BlockList>();
const familyOf = (text: string) => (isIPv6(text) ? "ipv6" : "ipv4");

export function isInside(networks: readonly string[], address: string): boolean {
  const family = familyOf(address);
  return networks.some((network) => {
    const [first, bits] = network.split("/");
    // A list with networks of both kinds takes an IPv4 address for part of ::/0.
    if (familyOf(first!) !== family) return false;
    const list = known.get(network) ?? new BlockList();
    if (!known.has(network)) list.addSubnet(first!, Number(bits), family);
    known.set(network, list);
    return list.check(address, family);
  });
}

import { createHash } from "node:crypto";
import { Fn, Token } from "cdktf";

/** edgegate's own namespace. If it changed, all IDs below it would change. */
export const NAMESPACE = "0f4a9a52-8a43-4c4e-9d5b-6a7a2c9c51d3";

/**
 * The ID of a role or scope. Entra stores assignments by ID, so it must never change: it depends on the names of gateway
 * and role only, not on the other roles, their order or the machine.
 */
export function stableId(gateway: string, kind: "role" | "scope", name: string): string {
  const path = `${gateway}/${kind}/${name}`;
  // The same for a name that only Terraform knows: https://developer.hashicorp.com/terraform/language/functions/uuidv5
  return Token.isUnresolved(path) ? Token.asString(Fn.uuidv5(NAMESPACE, path)) : uuid5(NAMESPACE, path);
}

/** RFC 9562 section 5.5: version 5, SHA-1. */
export function uuid5(namespace: string, name: string): string {
  const hash = createHash("sha1")
    .update(Buffer.from(namespace.replaceAll("-", ""), "hex"))
    .update(name)
    .digest()
    .subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

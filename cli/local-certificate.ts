import { readFileSync } from "node:fs";
import type { Gateway } from "./gateway";

/**
 * The certificate (PEM) of the local edge; undefined for a deployed gateway, whose certificate is from a public
 * authority.
 */
export function trustedBy({ caFile }: Gateway): string | undefined {
  return caFile === undefined ? undefined : readFileSync(caFile, "utf8");
}

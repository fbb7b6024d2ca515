import { readFileSync } from "node:fs";
import type { Gateway } from "./gateway";

/** The certificate (PEM) of the local edge; undefined for a deployed gateway, which has one of a public authority. */
export function trustedBy({ caFile }: Gateway): string | undefined {
  return caFile === undefined ? undefined : readFileSync(caFile, "utf8");
}

/** The operator's name for the ledger. AWS's own record of the caller is in CloudTrail. */
import { hostname, userInfo } from "node:os";
import type { Gateway } from "./gateway";
import { printable } from "./printable";

const MAX_LENGTH = 200;

export function operator({ isLocal }: Gateway): string {
  return isLocal ? "operator:local" : printable(`operator:${userName()}@${hostname()}`).slice(0, MAX_LENGTH);
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user ID that has no name.
    return "unknown";
  }
}

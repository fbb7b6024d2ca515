/**
 * One address for every part of a policy, and who may open it: for the demo site's links, the greeting and the check.
 */
import type { Config } from "../config/schema";
import { PUBLIC, ROLE_SEPARATOR, SIGNED_IN, TAKES_ESCAPES, type Policy } from "../session/policy";
import { policySource } from "../session/policy-source";

export interface Place {
  path: string;
  allow: "public" | "signed-in" | { roles: string[] };
  /** Meant for programs. */
  api: boolean;
}

/**
 * Places that a GET of the main domain may reach, in the order of the rules; `/` first. No files: nobody visits an
 * icon.
 */
export function placesOf(config: Config): Place[] {
  // The policy's own source decides, so what is printed is what the gate does.
  const policy = new Function(`${policySource(config.policy)}\nreturn policy;`)() as Policy;
  const paths = config.policy.map((rule) => rule.path.replace(/\/\*\*$/, "").replaceAll("*", "1") || "/");
  const pages = paths.filter((path) => !/\.[a-z0-9]+$/.test(path));
  return [...new Set(["/", ...pages])].flatMap((path) => {
    const required = policy(config.domain, "GET", path.split("/"), false)?.replace(TAKES_ESCAPES, "");
    return required ? [{ path, allow: allowOf(required), api: /^\/api(\/|$)/.test(path) }] : [];
  });
}

export function mayOpen(place: Place, roles: readonly string[]): boolean {
  return typeof place.allow === "string" || place.allow.roles.some((role) => roles.includes(role));
}

function allowOf(required: string): Place["allow"] {
  if (required === PUBLIC) return "public";
  return required === SIGNED_IN ? "signed-in" : { roles: required.split(ROLE_SEPARATOR) };
}

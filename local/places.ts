/**
 * One address for every part of a policy, and who may open it: for the demo site's links, the greeting and the check.
 */
import type { Config } from "../config/schema";
import { policyOf } from "../policy/evaluate";
import type { Allow } from "../policy/rule";

export interface Place {
  path: string;
  allow: Allow;
  /** Meant for programs. */
  api: boolean;
}

/**
 * Places that a GET of the main domain may reach, in the order of the rules; `/` first. No files: nobody visits an
 * icon.
 */
export function placesOf(config: Config): Place[] {
  const policy = policyOf(config.policy);
  const paths = config.policy.map((rule) => rule.path.replace(/\/\*\*$/, "").replaceAll("*", "1") || "/");
  const pages = paths.filter((path) => !/\.[a-z0-9]+$/.test(path));
  return [...new Set(["/", ...pages])].flatMap((path) => {
    const required = policy({ host: config.domain, method: "GET", path });
    return required ? [{ path, allow: required.allow, api: /^\/api(\/|$)/.test(path) }] : [];
  });
}

export function mayOpen(place: Place, roles: readonly string[]): boolean {
  return typeof place.allow === "string" || place.allow.roles.some((role) => roles.includes(role));
}

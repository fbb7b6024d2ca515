/**
 * One path for every part of a site, and who may open it. Used for the demo site's links, the greeting and the check.
 */
import type { Config } from "../config/schema";
import { decisionTable, type Decision } from "../policy/decision-table";

export interface Place extends Decision {
  /** True if it is meant for programs. */
  api: boolean;
}

/** Paths that a GET on the main domain may reach, in the order of the rules. Files such as icons are left out. */
export function placesOf(config: Config): Place[] {
  return decisionTable(config.policy, config.domain, "GET")
    .filter(({ path }) => !/\.[a-z0-9]+$/.test(path))
    .map((decision) => ({ ...decision, api: /^\/api(\/|$)/.test(decision.path) }));
}

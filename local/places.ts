/** One path for every part of a site, and who may open it: for the demo site's links, the greeting and the check. */
import type { Config } from "../config/schema";
import { decisionTable, type Decision } from "../policy/decision-table";

export interface Place extends Decision {
  /** Whether it is meant for programs. */
  api: boolean;
}

/** What a GET of the main domain may reach, in the order of the rules. Without files, because nobody visits an icon. */
export function placesOf(config: Config): Place[] {
  return decisionTable(config.policy, config.domain, "GET")
    .filter(({ path }) => !/\.[a-z0-9]+$/.test(path))
    .map((decision) => ({ ...decision, api: /^\/api(\/|$)/.test(decision.path) }));
}

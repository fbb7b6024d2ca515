/** The input of the checks of a deployed gateway. */
import type { Config } from "../../config/schema";
import { policyOf } from "../../policy/evaluate";
import { decisionTable } from "../../policy/decision-table";
import type { Findings } from "../finding";
import type { Answer, Http, Request } from "../http";

export interface Subject {
  config: Config;
  /** One of the hosts that the gateway serves. */
  host: string;
  http: Http;
  /** True for the gateway that `edgegate dev` runs: no CloudFront, no plain HTTP, no origins of others. */
  isLocal: boolean;
}

export type Check = (subject: Subject) => Findings | Promise<Findings>;

/** https://w3c.github.io/webappsec-fetch-metadata/ */
export const NAVIGATION = {
  accept: "text/html",
  "sec-fetch-mode": "navigate",
  "sec-fetch-dest": "document",
  "sec-fetch-site": "none",
};
export const FETCH = {
  accept: "application/json",
  "sec-fetch-mode": "cors",
  "sec-fetch-dest": "empty",
  "sec-fetch-site": "same-origin",
};

/** @throws NoAnswer */
export function ask({ host, http }: Subject, path: string, request: Request): Promise<Answer> {
  return http.send(`https://${host}${path}`, request);
}

/** A path that needs a session, or one that is open to all; undefined if the policy has none for this host. */
export function pathFor({ config, host }: Subject, who: "public" | "signed-in"): string | undefined {
  return decisionTable(config.policy, host, "GET").find(({ allow }) => (allow === "public") === (who === "public"))
    ?.path;
}

/** A path that no rule matches; undefined if the policy has a rule for every path. */
export function unmatchedPath({ config, host }: Subject): string | undefined {
  const path = "/edgegate-doctor/no-rule/matches/this";
  return policyOf(config.policy)({ host, method: "GET", path }) ? undefined : path;
}

/** Describes an answer for a finding, with CloudFront's request ID, which is in the logs. */
export function described({ status, headers }: Answer): string {
  const id = headers["x-amz-cf-id"];
  return `HTTP ${status}${id === undefined ? "" : ` (request ${id})`}`;
}

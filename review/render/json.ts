/** A review as JSON, for programs. docs/plan-review.md documents the shape. */
import type { Review } from "../review";
import { plain } from "../sentence";
import { summaryOf } from "../summary";

/** Goes up when a member is removed or changes its meaning. New members do not count. */
export const REVIEW_VERSION = 1;

export function reviewJson(review: Review): object {
  const { gateways, flags, rules, severity, costs, changes, drifted } = review;
  return {
    version: REVIEW_VERSION,
    summary: plain(summaryOf(review)),
    severity: severity ?? null,
    flags: flags.map(({ message, ...flag }) => ({ ...flag, message: plain(message) })),
    rules: rules.map(({ id, title, help }) => ({ id, title, help })),
    gateways: gateways.map(({ changes: access, problem, isNew, ...gateway }) => ({
      ...gateway,
      isNew,
      access,
      ...(problem !== undefined && { problem }),
    })),
    costs: { lines: costs, dollars: costs.reduce((sum, { dollars }) => sum + dollars, 0) },
    changes,
    drifted,
  };
}

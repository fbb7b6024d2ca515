/** Requests that would reach an origin without a decision. `edgegate check PLAN.json` shows the same holes alone. */
import { holesIn } from "../holes/holes";
import type { Rule } from "../rule";
import { say } from "../sentence";

export const undecidedRequests: Rule = {
  id: "undecided-requests",
  title: "Leaves requests undecided",
  help: "Every behavior of a distribution with the gate needs the gate on viewer-request, and its origins must not be readable in another way.",
  find: (plan) =>
    holesIn(plan).map(({ address, message }) => ({
      severity: "high",
      address,
      message: say`Around the gate: ${message}.`,
    })),
};

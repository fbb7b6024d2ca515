/**
 * Rules for each behavior of a distribution, so that every request is decided. The synth and the plan check share them.
 */
import { associationsOn, type Behavior } from "./behavior";

export interface DecisionRule {
  id: string;
  /** What to do about it. */
  remedy: string;
  /** The problem of a behavior; undefined if there is none. */
  cause(behavior: Behavior): string | undefined;
}

const DECIDERS: readonly string[] = ["gate", "api-gate", "handler", "redirect"];

export const DECISION_RULES: readonly DecisionRule[] = [
  {
    // Only one function may run on an event of a behavior:
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html
    id: "one-decision",
    remedy: "associate the gate, or on the gateway's own endpoints the auth handler, with its viewer-request event",
    cause(behavior) {
      const associations = associationsOn("viewer-request", behavior);
      if (associations.length > 1) return "more than one function runs on its viewer requests";
      if (associations.some(({ runs }) => DECIDERS.includes(runs))) return undefined;
      return `nothing decides its requests${detail(behavior)}`;
    },
  },
  {
    // The gate of API behaviors passes on tokens that only this handler can verify.
    id: "tokens-verified",
    remedy: "associate the bearer handler with its origin-request event",
    cause(behavior) {
      if (!associationsOn("viewer-request", behavior).some(({ runs }) => runs === "api-gate")) return undefined;
      const handlers = associationsOn("origin-request", behavior);
      return handlers.length === 1 && handlers[0]!.runs === "bearer"
        ? undefined
        : "its gate lets tokens pass, and nothing verifies them";
    },
  },
  {
    id: "no-viewer-response-function",
    remedy: "leave the viewer-response event to the response headers policy, or use origin-response",
    cause: (behavior) =>
      associationsOn("viewer-response", behavior).length > 0
        ? "a function can change the decision's response"
        : undefined,
  },
  {
    id: "no-dynamic-associations",
    remedy: "write the associations out",
    cause: ({ isDynamic }) => (isDynamic ? "a dynamic block hides what Terraform will make of it" : undefined),
  },
  {
    // Browsers never send the session cookie over http, but they do send pages and typed text.
    id: "https-only",
    remedy: 'set viewer_protocol_policy to "redirect-to-https" or "https-only"',
    cause: ({ protocol }) => (protocol === "allow-all" ? "it answers http, which others can read" : undefined),
  },
];

/** The reason why nothing decides, if it looks as if something did. */
function detail(behavior: Behavior): string {
  const [association] = associationsOn("viewer-request", behavior);
  if (association?.runs === "unknown")
    return ", as far as the plan tells: only the apply will know which function runs";
  if (association !== undefined) return ": another function runs on them";
  const elsewhere = behavior.associations.find(({ runs }) => DECIDERS.includes(runs));
  return elsewhere === undefined ? "" : `: the ${elsewhere.runs} runs on ${elsewhere.event}, which is too late`;
}

/** Decides one request of one person, and explains each step of the gate. */
import { decidingRule, mismatches, type Mismatch } from "./deciding-rule";
import { isHopeless, lackOf, lacksOf, type CircumstancedRequest, type Lack, type SignedIn } from "./person";
import type { Allow, PolicyRule } from "./rule";

export type { Lack, SignedIn } from "./person";

/** A policy and all other settings by which the gate decides. */
export interface ExplainedPolicy {
  rules: readonly PolicyRule[];
  /** While the site is closed: the roles that get in. */
  closedTo?: readonly string[] | undefined;
  hosts: readonly string[];
  basePath: string;
}

/** How ambiguous a path is (session/paths.ts). */
export type PathReading = "plain" | "escaped" | "refused";

export interface ExplainedRequest extends CircumstancedRequest {
  reading: PathReading;
}

/**
 * The result: the request passes, must sign in, or is refused. `step-up` is a sign-in with a stronger or newer
 * authentication. The reasons are those of the gate's log (functions/gate/decide.ts), with two exceptions: there, `deny
 * rule` also means `nobody` (a rule that denies) and `request` (wrong address, country or time).
 */
export type Decision =
  | { is: "allowed"; as: "public" | "session" }
  | { is: "sign-in" }
  | { is: "step-up" }
  | {
      is: "refused";
      why: "host" | "path" | "endpoint" | "rule" | "nobody" | "request" | "escapes" | "role" | "closed";
    };

export interface Decided {
  decision: Decision;
  /** Index of the rule that decides; undefined if the request comes to no rule, or no rule matches. */
  rule?: number;
}

export interface Explanation extends Decided {
  /** Why each earlier rule does not decide; of all rules if none matches. */
  passedOver: { rule: number; mismatches: Mismatch[] }[];
  /** The unmet conditions of the rule: one list for each alternative. Absent if allowed. */
  lacks?: Lack[][];
}

/** @param person undefined for a visitor without a session */
export function explainRequest(
  policy: ExplainedPolicy,
  request: ExplainedRequest,
  person: SignedIn | undefined,
): Explanation {
  const decided = decider(policy)(request, person);
  const isForRules = decided.rule !== undefined || (decided.decision as { why?: string }).why === "rule";
  const earlier = isForRules ? policy.rules.slice(0, decided.rule) : [];
  const { allow, path } = policy.rules[decided.rule ?? -1] ?? { allow: "nobody", path: "/" };
  const isLacking = decided.decision.is !== "allowed" && (decided.decision as { why?: string }).why !== "escapes";
  const lacks = isLacking ? lacksOf(allow, path, request, person) : [];
  return {
    ...decided,
    ...(lacks.length > 0 && { lacks }),
    passedOver: earlier.map((rule, i) => ({ rule: i, mismatches: mismatches(rule, request) })),
  };
}

/** The same for many requests, without the reasons. The rules are compiled once. */
export function decider(policy: ExplainedPolicy): (request: ExplainedRequest, person: SignedIn | undefined) => Decided {
  const ruleOf = decidingRule(policy.rules);
  return (request, person) => {
    const { host, path, reading } = request;
    if (!policy.hosts.includes(host)) return refused("host");
    if (reading === "refused") return refused("path");
    if (`/${path.split("/")[1]}` === policy.basePath) return refused("endpoint");
    const rule = ruleOf(request);
    if (rule === undefined) return refused("rule");
    const { allow, path: pattern, escapes, preflight } = policy.rules[rule]!;
    if (reading === "escaped" && !escapes) return { ...refused("escapes"), rule };
    const needed = request.preflight && preflight === "pass" ? "public" : allow;
    return { decision: decideFor(needed, pattern, policy.closedTo, request, person), rule };
  };
}

function refused(why: Extract<Decision, { why: unknown }>["why"]): Decided {
  return { decision: { is: "refused", why } };
}

function decideFor(
  allow: Allow,
  pattern: string,
  closedTo: readonly string[] | undefined,
  request: ExplainedRequest,
  person: SignedIn | undefined,
): Decision {
  if (allow === "nobody") return { is: "refused", why: "nobody" };
  if (isHopeless(allow, pattern, request)) return { is: "refused", why: "request" };
  if (!closedTo && lackOf(allow, pattern, request, undefined) === "") return { is: "allowed", as: "public" };
  if (!person) return closedTo ? { is: "refused", why: "closed" } : { is: "sign-in" };
  const isIn = !closedTo || closedTo.some((role) => person.roles.includes(role));
  const lack = isIn ? lackOf(allow, pattern, request, person) : "role";
  if (lack === "") return { is: "allowed", as: "session" };
  return lack === "step-up" ? { is: "step-up" } : { is: "refused", why: closedTo ? "closed" : "role" };
}

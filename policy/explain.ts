/** Decides one request of one person, and says why: what the gate does, step by step, for people. */
import { mayPass } from "./decision-table";
import { decidingRule, mismatches, type Mismatch } from "./deciding-rule";
import type { PolicyRequest } from "./evaluate";
import type { Allow, PolicyRule } from "./rule";

/** A policy with everything else by which the gate decides. */
export interface ExplainedPolicy {
  rules: readonly PolicyRule[];
  /** While the site is closed: the roles that get in. */
  closedTo?: readonly string[] | undefined;
  hosts: readonly string[];
  basePath: string;
}

/** How ambiguous a path is (session/paths.ts). */
export type PathReading = "plain" | "escaped" | "refused";

export interface ExplainedRequest extends PolicyRequest {
  reading: PathReading;
}

/** Somebody with a valid session. */
export interface SignedIn {
  roles: readonly string[];
  /** Undefined for a provider that no rule names. */
  idp?: string | undefined;
}

/**
 * What happens: the request passes, must sign in, or is refused. The reasons are those of the gate's log
 * (functions/gate/decide.ts).
 */
export type Decision =
  | { is: "allowed"; as: "public" | "session" }
  | { is: "sign-in" }
  | { is: "refused"; why: "host" | "path" | "endpoint" | "rule" | "escapes" | "role" | "closed" };

export interface Decided {
  decision: Decision;
  /** Index of the rule that decides; undefined if the request comes to no rule, or no rule matches. */
  rule?: number;
}

export interface Explanation extends Decided {
  /** Why each earlier rule does not decide; of all rules if none matches. */
  passedOver: { rule: number; mismatches: Mismatch[] }[];
}

/** @param person undefined for somebody without a session */
export function explainRequest(
  policy: ExplainedPolicy,
  request: ExplainedRequest,
  person: SignedIn | undefined,
): Explanation {
  const decided = decider(policy)(request, person);
  const isForRules = decided.rule !== undefined || (decided.decision as { why?: string }).why === "rule";
  const earlier = isForRules ? policy.rules.slice(0, decided.rule) : [];
  return {
    ...decided,
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
    const { allow, escapes, preflight } = policy.rules[rule]!;
    if (reading === "escaped" && !escapes) return { ...refused("escapes"), rule };
    const needed = request.preflight && preflight === "pass" ? "public" : allow;
    return { decision: decideFor(needed, policy.closedTo, person), rule };
  };
}

function refused(why: Extract<Decision, { why: unknown }>["why"]): Decided {
  return { decision: { is: "refused", why } };
}

function decideFor(allow: Allow, closedTo: readonly string[] | undefined, person: SignedIn | undefined): Decision {
  if (allow === "public" && !closedTo) return { is: "allowed", as: "public" };
  if (!person) return closedTo ? { is: "refused", why: "closed" } : { is: "sign-in" };
  const isIn = !closedTo || closedTo.some((role) => person.roles.includes(role));
  if (isIn && mayPass(allow, person.roles, person.idp ?? "")) return { is: "allowed", as: "session" };
  return { is: "refused", why: closedTo ? "closed" : "role" };
}

/** Evaluates the policy outside CloudFront. It runs the compiled source, so the answer is the gate's. */
import { readRequirement, type Requirement } from "./requirement";
import type { CompiledPolicy } from "./requirement-text";
import type { PolicyRule } from "./rule";
import { policySource } from "./source";

export interface PolicyRequest {
  host: string;
  method: string;
  /** As the gate reads it: without escapes, and only the last segment may be empty. */
  path: string;
  /** True for a CORS preflight. */
  preflight?: boolean;
}

/** What the rules require of a request; undefined if no rule matches, which means denied. */
export function policyOf(rules: readonly PolicyRule[]): (request: PolicyRequest) => Requirement | undefined {
  const policy = new Function(`${policySource(rules)}\nreturn policy;`)() as CompiledPolicy;
  return ({ host, method, path, preflight = false }) => {
    const code = policy(host, method, path.split("/"), preflight);
    return code === undefined ? undefined : readRequirement(code);
  };
}

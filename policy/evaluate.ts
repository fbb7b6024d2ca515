/** The policy on this machine: its compiled source decides, so the answer is what the gate does. */
import { readRequirement, type Requirement } from "./requirement";
import type { CompiledPolicy } from "./requirement-text";
import type { PolicyRule } from "./rule";
import { policySource } from "./source";

export interface PolicyRequest {
  host: string;
  method: string;
  /** As the gate reads it: without escapes, and without empty segments but the last. */
  path: string;
  /** A CORS preflight. */
  preflight?: boolean;
}

/** What the rules ask of a request; undefined where none matches, which is a denial. */
export function policyOf(rules: readonly PolicyRule[]): (request: PolicyRequest) => Requirement | undefined {
  const policy = new Function(`${policySource(rules)}\nreturn policy;`)() as CompiledPolicy;
  return ({ host, method, path, preflight = false }) => {
    const code = policy(host, method, path.split("/"), preflight);
    return code === undefined ? undefined : readRequirement(code);
  };
}

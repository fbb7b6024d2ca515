/** The parts of a gate's code: the program, its settings, the policy, and what names a site's files. */
import { readPolicySource, type ReadPolicy } from "../../policy/read-source";
import { jsonIn } from "../plan/values";

export interface GateCode {
  /** The static program, the same for every config. */
  program: string;
  /** `GateSettings` of session/settings.ts; undefined if they cannot be read. */
  settings: Readonly<Record<string, unknown>> | undefined;
  /** The policy, or why it cannot be read. */
  policy: Pick<ReadPolicy, "rules" | "closedTo"> | Error;
  /** Everything after the policy. */
  site: string;
}

/** True of the gate's code, and of nothing that people write by themselves. */
export function isGateCode(code: unknown): code is string {
  return typeof code === "string" && /^function (policy|opened)\(h,m,s,p\)\{$/m.test(code) && /^var S=\{/m.test(code);
}

export function readGateCode(code: string): GateCode {
  const policy = policyIn(code);
  const [head, site] = policy instanceof Error ? [code, ""] : policy.rest;
  const [, program = head, settings] = /^([^]*?\n)var S=(\{.*\});\n$/.exec(head) ?? [];
  return { program, settings: jsonIn(settings) as GateCode["settings"], policy, site };
}

function policyIn(code: string): ReadPolicy | Error {
  try {
    return readPolicySource(code);
  } catch (error) {
    return error as Error;
  }
}

/** The parts of a gate's code: the program, its settings, the policy, and the function that names a site's files. */
import { readStoredGate } from "../../policy/stored/read";
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

/** True for the gate's code, and for no code that people write themselves. */
export function isGateCode(code: unknown): code is string {
  return typeof code === "string" && /^function (policy|opened)\(h,m,s,p\)\{$/m.test(code) && /^var S=\{/m.test(code);
}

/** @param inputs of functions in the plan: one has the policy if it does not fit into the code */
export function readGateCode(code: string, inputs: readonly unknown[] = []): GateCode {
  const policy = policyIn(code);
  const [head, site] = policy instanceof Error ? [code, ""] : policy.rest;
  const [, program = head, settings] = /^([^]*?\n)var S=(\{.*\});\n$/.exec(head) ?? [];
  const found = jsonIn(settings) as GateCode["settings"];
  return { program, settings: found, policy: found?.["policy"] === undefined ? policy : storedIn(found, inputs), site };
}

/**
 * The form of sites/source.ts's output: comparisons of a path with texts. It has no other name, no brace and no escape,
 * so it calls nothing and replaces nothing.
 */
const SITE_SOURCE =
  /^\n(?:var F;|function F\(p\)\{(?:"[^"\\]*"|\b(?:var|return|if|i|p|startsWith|endsWith|indexOf|lastIndexOf|length)\b|\d|[()=!&|?:+\-<>;,. ])*\})\n$/;

/**
 * The place where a gate has code that edgegate does not write; undefined if nowhere. The program before the settings
 * is not checked here: the caller compares it with the shipped one.
 */
export function foreignPart({ policy, settings, site }: GateCode): string | undefined {
  if (policy instanceof Error) return undefined;
  // Settings are JSON on a line of their own. Anything else there is code.
  if (settings === undefined) return "before the gate's policy";
  return SITE_SOURCE.test(site) ? undefined : "after the gate's policy";
}

function storedIn(settings: NonNullable<GateCode["settings"]>, inputs: readonly unknown[]): GateCode["policy"] {
  try {
    return readStoredGate(settings, inputs);
  } catch (error) {
    return error as Error;
  }
}

function policyIn(code: string): ReadPolicy | Error {
  try {
    return readPolicySource(code);
  } catch (error) {
    return error as Error;
  }
}

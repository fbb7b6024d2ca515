/** Classes of requests apart from their paths: within one, the same rules of a policy apply. */
import { segmentsOf, type Segments } from "../patterns";
import { METHODS, type Allow, type PolicyRule } from "../rule";
import type { ComparedPolicy, MethodName } from "./access-change";

export interface MethodClass {
  method: MethodName;
  isPreflight: boolean;
}

export const METHOD_NAMES: readonly MethodName[] = [...METHODS, "other"];

/** Only `OPTIONS` can be a preflight (functions/gate/gate.ts). */
export const METHOD_CLASSES: readonly MethodClass[] = [
  ...METHOD_NAMES.map((method) => ({ method, isPreflight: false })),
  { method: "OPTIONS", isPreflight: true },
];

/** A rule's decision. */
export interface Result {
  allow: Allow;
  escapes: boolean;
  /** The rule's path, which names the owner's segment. */
  path: string;
}

/** Each host that one of the policies knows, and undefined for all others if the gate may serve some. */
export function hostClasses(before: ComparedPolicy, after: ComparedPolicy): (string | undefined)[] {
  const both = [before, after];
  const known = new Set(
    both.flatMap(({ rules, hosts = [] }) => [
      ...hosts,
      ...rules.flatMap(({ host }) => (host === undefined ? [] : [host])),
    ]),
  );
  const served = [...known].filter((host) => both.some(({ hosts }) => hosts?.includes(host) ?? true));
  return [...served.sort(), ...(both.every(({ hosts }) => hosts) ? [] : [undefined])];
}

/** The rules that apply to a class, in order. None if the gate does not serve the host. */
export function rulesFor(
  { rules, hosts }: ComparedPolicy,
  host: string | undefined,
  { method, isPreflight }: MethodClass,
): { segments: Segments; result: Result }[] {
  if (hosts && (host === undefined || !hosts.includes(host))) return [];
  return rules
    .filter((rule) => rule.host === undefined || rule.host === host)
    .filter((rule) => (isPreflight && rule.preflight === "pass") || isForMethod(rule, method))
    .map(({ path, allow, escapes = false, preflight }) => ({
      segments: segmentsOf(path),
      result: { allow: isPreflight && preflight === "pass" ? "public" : allow, escapes, path },
    }));
}

/** A rule for GET also applies to HEAD. */
function isForMethod({ methods }: PolicyRule, method: MethodName): boolean {
  if (!methods) return true;
  return methods.some((name) => name === method || (name === "GET" && method === "HEAD"));
}

/** One kind of risk. A rule is data: `review/rules/index.ts` lists the rules, and each has its own file. */
import { assumingUnchanged } from "./plan/assume";
import type { Change, Plan } from "./plan/plan";
import { isDeletedWithOwner } from "./plan/related";
import type { Sentence } from "./sentence";
import type { Severity } from "./severity";

/** A rule's finding. */
export interface Found {
  severity: Severity;
  /** Address of the resource. */
  address: string;
  /** The change and its consequence. */
  message: Sentence;
}

export interface Rule {
  /** Never changes: SARIF and suppressions refer to it. */
  id: string;
  /** The heading of the rule's findings. */
  title: string;
  /** Advice for the reviewer. */
  help: string;
  find(plan: Plan): Found[];
}

export interface Flag extends Found {
  rule: string;
}

/** What was found at some resource. */
export type Finding = Omit<Found, "address">;
/** `false` and `undefined` stand for what is not the case. */
export type Findings = readonly (Finding | false | undefined)[];

export const high = (message: Sentence): Finding => ({ severity: "high", message });
export const medium = (message: Sentence): Finding => ({ severity: "medium", message });
export const low = (message: Sentence): Finding => ({ severity: "low", message });

export function foundAt(address: string, findings: Findings): Found[] {
  return findings.flatMap((found) => (found ? [{ ...found, address }] : []));
}

/**
 * A rule that looks at each changed resource of some types by itself. It sees only certain changes: values that are
 * known only after the apply count as unchanged.
 *
 * @param types every type if absent
 */
export function aboutChanges(
  rule: Omit<Rule, "find"> & {
    types?: readonly string[];
    /** Leaves out resources that are deleted together with their owners. */
    exceptWithOwner?: boolean;
    examine(change: Change, plan: Plan): Findings;
  },
): Rule {
  const { types, exceptWithOwner = false, examine, ...rest } = rule;
  return {
    ...rest,
    find: (plan) =>
      plan.changes
        .filter(({ type, action }) => action !== "none" && (types?.includes(type) ?? true))
        .filter((change) => !(exceptWithOwner && change.action === "delete" && isDeletedWithOwner(plan, change)))
        .map(assumingUnchanged)
        .flatMap((change) => foundAt(change.address, examine(change, plan))),
  };
}

/** True if it will no longer exist. */
export function isRemoved({ action }: Change): boolean {
  return action === "delete" || action === "replace";
}

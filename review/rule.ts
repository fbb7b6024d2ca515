/** One kind of risk. A rule is data: `review/rules/index.ts` lists them, and each has a file of its own. */
import { assumingUnchanged } from "./plan/assume";
import type { Change, Plan } from "./plan/plan";
import { goesWithItsOwner } from "./plan/related";
import type { Sentence } from "./sentence";
import type { Severity } from "./severity";

/** What a rule found. */
export interface Found {
  severity: Severity;
  /** Of the resource. */
  address: string;
  /** What changes, and what follows from it. */
  message: Sentence;
}

export interface Rule {
  /** Never changes: SARIF and suppressions refer to it. */
  id: string;
  /** What the rule is about, as a heading. */
  title: string;
  /** What a reviewer should do. */
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
 * A rule that looks at each changed resource of some types by itself. It sees the changes that are certain: what only the
 * apply will know counts as unchanged.
 *
 * @param types every type if absent
 */
export function aboutChanges(
  rule: Omit<Rule, "find"> & {
    types?: readonly string[];
    /** Leave out what is deleted together with what it belongs to. */
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
        .filter((change) => !(exceptWithOwner && change.action === "delete" && goesWithItsOwner(plan, change)))
        .map(assumingUnchanged)
        .flatMap((change) => foundAt(change.address, examine(change, plan))),
  };
}

/** True if it will not be there any more. */
export function isRemoved({ action }: Change): boolean {
  return action === "delete" || action === "replace";
}

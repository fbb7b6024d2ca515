/** A way around the gate. A rule is data: `review/holes/holes.ts` lists the rules, and each has its own file. */
import type { Distribution, KnownArns } from "../gateway/distributions";
import type { Gateway } from "../gateway/gateways";
import type { Plan } from "../plan/plan";
import type { Sentence } from "../sentence";

export interface Hole {
  address: string;
  message: Sentence;
}

/** Questions that only the apply will answer. They are not holes, but the plan is not proved either. */
export type Note = Hole;

export interface Subject {
  plan: Plan;
  gateways: readonly Gateway[];
  distributions: readonly Distribution[];
  /** The distributions that have the gate anywhere: all their requests must be decided. */
  gated: readonly Distribution[];
  known: KnownArns;
  /** The text of the gate's program as it ships; undefined if any will do. */
  program?: string | undefined;
}

export interface HoleRule {
  /** Never changes. */
  id: string;
  /** What to do about it. */
  remedy: string;
  holes(subject: Subject): Hole[];
  notes?(subject: Subject): Note[];
}

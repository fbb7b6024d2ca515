/** Finds every way around the gate that a plan shows. */
import { distributionsOf, hasGate, mayHaveGate, type KnownArns } from "../gateway/distributions";
import { gatewaysOf } from "../gateway/gateways";
import type { Plan } from "../plan/plan";
import { foreignProgram } from "./foreign-program";
import type { Hole, HoleRule, Subject } from "./hole";
import { lostEndpoints } from "./lost-endpoints";
import { openBucket, openFunction, unsignedOrigin } from "./open-origin";
import { sameOrigin, stagingDistribution } from "./other-distribution";
import { undecidedBehavior } from "./undecided-behavior";

export const HOLE_RULES: readonly HoleRule[] = [
  ...undecidedBehavior,
  lostEndpoints,
  sameOrigin,
  stagingDistribution,
  openBucket,
  unsignedOrigin,
  openFunction,
  foreignProgram,
];

export interface FoundHole extends Hole {
  rule: string;
  remedy: string;
}

export interface CheckOptions {
  known?: KnownArns;
  /** The text of the gate's program as it ships. */
  program?: string | undefined;
}

/** The result of a plan check. */
export interface Check {
  /** The distributions with the gate: address, and paths of the behaviors. */
  distributions: { address: string; behaviors: string[] }[];
  /** Addresses of the plan's other distributions. */
  others: string[];
  holes: FoundHole[];
  /** Questions that only the apply will answer. */
  notes: Hole[];
}

export function checkPlan(plan: Plan, options: CheckOptions = {}): Check {
  const subject = subjectOf(plan, options);
  return {
    distributions: subject.gated.map(({ address, behaviors }) => ({
      address,
      behaviors: behaviors.map(({ path }) => path),
    })),
    others: subject.distributions.filter((one) => !subject.gated.includes(one)).map(({ address }) => address),
    holes: HOLE_RULES.flatMap(({ id, remedy, holes }) => holes(subject).map((hole) => ({ rule: id, remedy, ...hole }))),
    notes: HOLE_RULES.flatMap(({ notes }) => notes?.(subject) ?? []),
  };
}

export function holesIn(plan: Plan): FoundHole[] {
  return checkPlan(plan).holes;
}

function subjectOf(plan: Plan, { known = { gates: [], handlers: [] }, program }: CheckOptions): Subject {
  const distributions = distributionsOf(plan, known);
  const gateways = gatewaysOf(plan);
  const gated = distributions.filter((one) => hasGate(one) || (gateways.length > 0 && mayHaveGate(one)));
  return { plan, known, program, distributions, gateways, gated };
}

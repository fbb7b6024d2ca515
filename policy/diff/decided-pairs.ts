/**
 * Finds pairs of rules such that, for some path, the first rule decides before a change and the second one after it.
 * Explores all paths as an automaton: a state is the rest of all rules that match the segments so far.
 */
import { patternCovers, type Segments } from "../patterns";

/** A rule as one class of requests sees it. */
export interface PathRule<T> {
  segments: Segments;
  /** The rule's decision. */
  result: T;
}

export interface DecidedPair<T> {
  /** Positions in the two lists; the length of a list if no rule of it matches. */
  before: number;
  after: number;
  results: readonly [before: T | undefined, after: T | undefined];
  /** True if these paths include one with a segment that no rule names. */
  isByUnnamed: boolean;
}

/** States of one comparison. Real policies need a few hundred; a hostile one must not keep a review busy. */
const MAX_STATES = 100_000;

/** The rest of a rule after some segments. */
interface Left {
  rule: number;
  segments: Segments;
}

type State = readonly [before: readonly Left[], after: readonly Left[]];

/**
 * @param count is called once for each state
 * @throws Error if the policies are too entangled to compare
 */
export function decidedPairs<T>(
  before: readonly PathRule<T>[],
  after: readonly PathRule<T>[],
  count: () => void = () => {},
): DecidedPair<T>[] {
  const found = new Map<string, DecidedPair<T>>();
  const seen = new Set<string>();
  const initial = (rules: readonly PathRule<T>[]) => pruned(rules.map(({ segments }, rule) => ({ rule, segments })));
  const waiting: [state: State, isByUnnamed: boolean][] = [[[initial(before), initial(after)], false]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [state, isByUnnamed] = next;
    const key = `${isByUnnamed} ${state.map(keyOf).join(" ")}`;
    if (seen.has(key)) continue;
    if (seen.size === MAX_STATES)
      throw new Error("the policies are too entangled to compare: they have too many patterns that overlap");
    seen.add(key);
    count();
    const [first, second] = [decider(state[0]) ?? before.length, decider(state[1]) ?? after.length];
    const pair = found.get(`${first} ${second}`);
    found.set(`${first} ${second}`, {
      before: first,
      after: second,
      results: [before[first]?.result, after[second]?.result],
      isByUnnamed: isByUnnamed || (pair?.isByUnnamed ?? false),
    });
    const names = new Set(state.flat().flatMap(({ segments: [name] }) => (isName(name) ? [name] : [])));
    for (const name of names) waiting.push([[step(state[0], name), step(state[1], name)], isByUnnamed]);
    waiting.push([[step(state[0], undefined), step(state[1], undefined)], true]);
  }
  return [...found.values()];
}

function isName(segment: string | undefined): segment is string {
  return segment !== undefined && segment !== "*" && segment !== "**";
}

/** The first rule that matches if the path ends here. */
function decider(left: readonly Left[]): number | undefined {
  return left.find(({ segments: [next] }) => next === undefined || next === "**")?.rule;
}

/** @param name undefined for a segment that no rule names */
function step(left: readonly Left[], name: string | undefined): Left[] {
  return pruned(
    left.flatMap(({ rule, segments }) => {
      const [next, ...rest] = segments;
      if (next === "**") return [{ rule, segments }];
      return next !== undefined && (next === "*" || next === name) ? [{ rule, segments: rest }] : [];
    }),
  );
}

/** Drops rules that can no longer decide, because an earlier one matches everything that they match. */
function pruned(left: readonly Left[]): Left[] {
  const kept: Left[] = [];
  for (const one of left) if (!kept.some((earlier) => patternCovers(earlier.segments, one.segments))) kept.push(one);
  return kept;
}

function keyOf(left: readonly Left[]): string {
  return left.map(({ rule, segments }) => `${rule}:${segments.join("/")}`).join(",");
}

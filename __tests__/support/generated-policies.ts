/** Policies made from a seed: the same ones in every run. */
import { METHODS, type Allow, type PolicyRule } from "../../policy/rule";

const PATTERNS = [
  ...["/", "/**", "/*", "/x", "/x/**", "/x/*", "/*/y", "/x/*/y", "/*/x/**", "/y/x", "/*/*", "/*/**", "/x/y/**"],
  ...["/*/*/y", "/x/*/**", "/y/*/x", "/x/x/*", "/y", "/y/**", "/*/x/y/**"],
];
const ALLOWS: Allow[] = [
  ...(["public", "signed-in"] as const),
  ...[["r"], ["s"], ["r", "s"], ["s", "t"], ["r", "s", "t"]].map((roles) => ({ roles })),
  ...[["m"], ["m", "n"]].flatMap((idp) => [{ idp }, { roles: ["r"], idp }, { roles: ["r", "t"], idp }]),
];

export const GENERATED_HOSTS = ["a.example", "b.example"];
export const GENERATED_ROLES = ["r", "s", "t"];
export const GENERATED_PROVIDERS = ["m", "n"];

/** @returns a whole number from 0 and below its argument */
export type Random = (below: number) => number;

export function seeded(seed: number): Random {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

export function generatedRule(next: Random): PolicyRule {
  return {
    ...(next(4) === 0 && { host: GENERATED_HOSTS[next(2)]! }),
    path: PATTERNS[next(PATTERNS.length)]!,
    ...(next(3) === 0 && { methods: METHODS.filter(() => next(3) === 0).slice(0, 3) }),
    allow: ALLOWS[next(ALLOWS.length)]!,
    ...(next(4) === 0 && { escapes: true }),
    ...(next(5) === 0 && { preflight: "pass" as const }),
  };
}

/** Up to `max` rules; every one has at least one method. */
export function generatedPolicy(next: Random, max = 6): PolicyRule[] {
  return Array.from({ length: next(max + 1) }, () => generatedRule(next)).filter(
    ({ methods }) => methods?.length !== 0,
  );
}

/** As people change a policy: a rule more, a rule less, two swapped, or another `allow`. */
export function changedPolicy(next: Random, rules: readonly PolicyRule[]): PolicyRule[] {
  const place = next(rules.length + 1);
  const [before, rest] = [rules.slice(0, place), rules.slice(place)];
  const [first, ...after] = rest;
  switch (first ? next(4) : 0) {
    case 0:
      return [...before, ...generatedPolicy(next, 1), ...rest];
    case 1:
      return [...before, ...after];
    case 2:
      return [...before, ...after, first!];
    default:
      return [...before, { ...first!, ...generatedRule(next), host: first!.host, path: first!.path }, ...after].filter(
        ({ methods }) => methods?.length !== 0,
      );
  }
}

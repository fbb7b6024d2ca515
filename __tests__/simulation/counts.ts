/** How often what a simulator is for has happened, over all histories: one in which nothing happens shows nothing. */
export const COUNTED = [
  "crashes",
  "lost answers",
  "late calls",
  "throttles and errors",
  "answers that a browser never got",
  "conflicts at the store",
  "repeated deliveries",
  "dead letters",
  "sign-ins",
  "sign-ins with a password",
  "renewals",
  "renewals given again",
  "reissues",
  "sign-outs",
  "sign-outs at the provider",
  "old cookies tried",
  "thefts noticed",
  "thefts",
  "callbacks that came twice",
  "browsers that came back after the grace",
  "revocations of users",
  "revocations of sessions",
  "lockdowns",
  "rotations",
  "repeated steps",
  "floods",
  "floors",
  "tokens probed that must not pass",
  "tokens probed that must pass",
  "histories with skewed clocks",
  "grants ended by a strict provider",
] as const;
export type Counted = (typeof COUNTED)[number];

export class Counts {
  readonly of: Record<Counted, number> = Object.fromEntries(COUNTED.map((name) => [name, 0])) as Record<
    Counted,
    number
  >;

  add(name: Counted, count = 1): void {
    this.of[name] += count;
  }

  merge(other: Record<string, number>): void {
    for (const name of COUNTED) this.of[name] += other[name] ?? 0;
  }
}

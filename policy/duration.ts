/** Durations in words, as configs have them. */

const UNITS = [
  ["d", 86_400],
  ["h", 3600],
  ["m", 60],
] as const;

/** Such as `15m` or `90s`: in the largest unit that needs no fraction. */
export function durationInWords(seconds: number): string {
  const unit = UNITS.find(([, size]) => seconds !== 0 && seconds % size === 0);
  return unit ? `${seconds / unit[1]}${unit[0]}` : `${seconds}s`;
}

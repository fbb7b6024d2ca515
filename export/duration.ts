/** Durations as the config writes them, such as "8h". */

/** Seconds of the units of a duration. */
const UNITS = { d: 86_400, h: 3_600, m: 60, s: 1 };

/** As the config writes it: 28800 to "8h". */
export function durationOf(seconds: number): string {
  const [unit, length] = Object.entries(UNITS).find(([, length]) => seconds % length === 0)!;
  return `${seconds / length}${unit}`;
}

/** The seconds of a duration, as an expression. @param value the reference */
export function secondsExpression(value: string): string {
  const units = Object.entries(UNITS).map(([unit, length]) => `${unit} = ${length}`);
  return `tonumber(regex("^[0-9]+", ${value})) * { ${units.join(", ")} }[regex("[smhd]$", ${value})]`;
}

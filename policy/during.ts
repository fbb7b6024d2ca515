/** Times at which a rule holds, in UTC. Also runs in the gate. */

/**
 * @param values from, until, days and hours as in requirement-text.ts; each may be empty
 * @param now Unix seconds
 */
export function isDuring(values: readonly string[], now: number): boolean {
  const date = new Date(now * 1000);
  // Times in this form sort as text: 2026-12-01T08:00:00Z.
  const time = date.toISOString().slice(0, 19) + "Z";
  const clock = time.slice(11, 13) + time.slice(14, 16);
  const hours = values[3] || "";
  const isAfter = clock >= hours.slice(0, 4);
  const isBefore = clock < hours.slice(5);
  return (
    values.length === 4 &&
    time >= values[0]! &&
    (!values[1] || time < values[1]) &&
    (!values[2] || values[2].indexOf("" + (date.getUTCDay() || 7)) >= 0) &&
    (!hours || (hours.slice(0, 4) < hours.slice(5) ? isAfter && isBefore : isAfter || isBefore))
  );
}

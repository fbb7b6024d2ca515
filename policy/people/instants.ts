/** Tests if there is a time at which all literals about time are true. */
import type { Group } from "./fact";

const MINUTE = 60;
const DAY = 24 * 60 * MINUTE;
/** After a week, days and hours repeat. */
const WEEK = 7 * DAY;

export function hasInstant(group: Group): boolean {
  const [start, end] = rangeOf(group);
  if (start >= end) return false;
  if (!group.some(({ fact: { is } }) => is === "day" || is === "hours")) return true;
  const first = start === -Infinity ? (end === Infinity ? 0 : end - WEEK) : start;
  const last = Math.min(end, first + WEEK);
  // Literals about days and hours change only at midnight and at the ends of hours.
  const ends = [
    0,
    ...group.flatMap(({ fact }) => (fact.is === "hours" ? [fact.from * MINUTE, fact.until * MINUTE] : [])),
  ];
  const midnights = Array.from({ length: 9 }, (_, i) => (Math.floor(first / DAY) + i) * DAY);
  const instants = [first, ...midnights.flatMap((midnight) => ends.map((at) => midnight + at))];
  return instants.some((at) => at >= first && at < last && isInside(group, at));
}

/** From the first second on, and before the last. */
function rangeOf(group: Group): [start: number, end: number] {
  const at = (wanted: boolean) =>
    group.flatMap(({ fact, holds }) => (fact.is === "since" && holds === wanted ? [fact.at] : []));
  return [Math.max(-Infinity, ...at(true)), Math.min(Infinity, ...at(false))];
}

function isInside(group: Group, at: number): boolean {
  const day = ((((Math.floor(at / DAY) + 3) % 7) + 7) % 7) + 1; // 1970 began on a Thursday
  const minute = Math.floor((((at % DAY) + DAY) % DAY) / MINUTE);
  return group.every(({ fact, holds }) => {
    if (fact.is === "day") return fact.days.includes(day) === holds;
    if (fact.is !== "hours") return true;
    const { from, until } = fact;
    return (from < until ? minute >= from && minute < until : minute >= from || minute < until) === holds;
  });
}

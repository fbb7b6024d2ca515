/** What the record of a shard says of a session whose token is genuine; the gate's second question to the store. */
import { CUTOFF_LENGTH, MARK_FORM, MARK_LENGTH, NO_FLOOR, PREFIX_LENGTH } from "./shard";
import { FLOOR, ISSUED_AT, MARK, SID, UID } from "./token-layout";

/**
 * What a shard's record says of a session: `revoked`, by an entry for its `sid` or by a cut-off of its user;
 * `outdated`, because its token was signed before the floor; or nothing. A record of a wrong length revokes, as does a
 * mark or a time that cannot be read; a floor that cannot be read makes every token outdated.
 *
 * @param session the fields of a token's payload (session/token.ts)
 */
export function judge(record: string, session: readonly string[]): "revoked" | "outdated" | "" {
  // Searching costs by the character: from the end, a full list of sessions is not walked through twice.
  const middle = record[MARK_LENGTH] === "." ? MARK_LENGTH : record.lastIndexOf(".");
  const cutoffs = record.slice(middle + 1);
  if (middle < MARK_LENGTH || (middle - MARK_LENGTH) % PREFIX_LENGTH || cutoffs.length % CUTOFF_LENGTH)
    return "revoked";
  let at = find(record.slice(MARK_LENGTH, middle), session[SID]!, PREFIX_LENGTH, -1);
  if (at >= 0) return "revoked";
  // A user may have several entries, because prefixes can collide.
  while ((at = find(cutoffs, session[UID]!, CUTOFF_LENGTH, at)) >= 0) {
    const reach = cutoffs.slice(at + PREFIX_LENGTH + MARK_LENGTH, at + CUTOFF_LENGTH);
    const mark = cutoffs.slice(at + PREFIX_LENGTH, at + PREFIX_LENGTH + MARK_LENGTH);
    // `!(>=)` and `!(>)`, so that a missing mark or time revokes.
    if (
      !MARK_FORM.test(mark) ||
      !MARK_FORM.test(reach) ||
      (!(session[MARK]! >= mark) && !(session[ISSUED_AT]! > reach))
    )
      return "revoked";
  }
  const floor = record.slice(0, MARK_LENGTH);
  // A token that knows of no floor has none in its place.
  return (session[FLOOR] || NO_FLOOR) === floor || (session[FLOOR]! > floor && MARK_FORM.test(floor)) ? "" : "outdated";
}

/** Where the next entry for `id` after `at` starts, among entries of `width` characters; -1 when there is none. */
function find(entries: string, id: string, width: number, at: number): number {
  do at = entries.indexOf(id.slice(0, PREFIX_LENGTH), at + 1);
  while (at > 0 && at % width);
  return at;
}

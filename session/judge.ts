/** Checks a genuine token against the record of its shard, the gate's second read of the store. */
import { CUTOFF_LENGTH, MARK_FORM, MARK_LENGTH, NO_FLOOR, PREFIX_LENGTH } from "./shard";
import { FLOOR, ISSUED_AT, MARK, SID, UID } from "./token-layout";

/**
 * What a shard's record says about a session: `revoked` by an entry for its `sid` or by a cut-off of its user,
 * `outdated` because its token was signed before the floor, or nothing. A record of a wrong length revokes, as does an
 * unreadable mark or time. An unreadable floor makes every token outdated.
 *
 * @param session the fields of a token's payload (session/token.ts)
 */
export function judge(record: string, session: readonly string[]): "revoked" | "outdated" | "" {
  // The cost of a search grows with each character. Searching from the end avoids scanning a full list of sessions
  // twice.
  const middle = record[MARK_LENGTH] === "." ? MARK_LENGTH : record.lastIndexOf(".");
  const cutoffs = record.slice(middle + 1);
  if (middle < MARK_LENGTH || (middle - MARK_LENGTH) % PREFIX_LENGTH || cutoffs.length % CUTOFF_LENGTH)
    return "revoked";
  let at = find(record.slice(MARK_LENGTH, middle), session[SID]!, PREFIX_LENGTH, -1);
  if (at >= 0) return "revoked";
  // Several entries may match, because prefixes of different users can collide.
  while ((at = find(cutoffs, session[UID]!, CUTOFF_LENGTH, at)) >= 0) {
    const reach = cutoffs.slice(at + PREFIX_LENGTH + MARK_LENGTH, at + CUTOFF_LENGTH);
    const mark = cutoffs.slice(at + PREFIX_LENGTH, at + PREFIX_LENGTH + MARK_LENGTH);
    // `!(>=)` and `!(>)`, so that a missing mark or time counts as revoked.
    if (
      !MARK_FORM.test(mark) ||
      !MARK_FORM.test(reach) ||
      (!(session[MARK]! >= mark) && !(session[ISSUED_AT]! > reach))
    )
      return "revoked";
  }
  const floor = record.slice(0, MARK_LENGTH);
  // A token signed before there was a floor has an empty field.
  return (session[FLOOR] || NO_FLOOR) === floor || (session[FLOOR]! > floor && MARK_FORM.test(floor)) ? "" : "outdated";
}

/** The position of the next entry for `id` after `at`, among entries of `width` characters; -1 if there is none. */
function find(entries: string, id: string, width: number, at: number): number {
  do at = entries.indexOf(id.slice(0, PREFIX_LENGTH), at + 1);
  while (at > 0 && at % width);
  return at;
}

/** Compares what two rules require. */
import { areAmong } from "./people/difference";
import { peopleOf } from "./people/people";
import { alternativesOf, type Allow } from "./rule";

/**
 * True if everybody who meets the first also meets the second, even if the two are about different paths: who owns one
 * path need not own another. False where it takes too long to tell.
 */
export function implies(first: Allow, second: Allow): boolean {
  const some = alternativesOf(first).map((conditions) => ({ ...conditions, owner: undefined }));
  const others = alternativesOf(second).filter(({ owner }) => owner === undefined);
  return areAmong(peopleOf(some, "/"), peopleOf(others, "/"));
}

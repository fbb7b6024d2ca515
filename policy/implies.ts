/** Compares the requirements of two rules. */
import { areAmong } from "./people/difference";
import { peopleOf } from "./people/people";
import { alternativesOf, type Allow } from "./rule";

/**
 * True if everyone who meets the first also meets the second, even for different paths: the owner of one path may not
 * be the owner of another. False if it takes too long to compute.
 */
export function implies(first: Allow, second: Allow): boolean {
  const some = alternativesOf(first).map((conditions) => ({ ...conditions, owner: undefined }));
  const others = alternativesOf(second).filter(({ owner }) => owner === undefined);
  return areAmong(peopleOf(some, "/"), peopleOf(others, "/"));
}

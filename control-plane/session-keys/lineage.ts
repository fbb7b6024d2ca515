/** Which versions of the secret descend from which: a version that was made before the keys were replaced must not come after that. */
import type { SessionKeys } from "../../session/keys";

/**
 * Whether `next` was made from `current`: it holds every key that signs there. A lockdown's key, or one that a full shard was given
 * meanwhile, is in no version that was made before.
 */
export function follows(next: SessionKeys, { current, keys, shardKeys = {}, retired = {} }: SessionKeys): boolean {
  const signing = [current, ...Object.keys(shardKeys).filter((kid) => retired[kid] === undefined)];
  return signing.every((kid) => next.keys[kid] === keys[kid]);
}

/**
 * What AWSPENDING adds to AWSCURRENT: its new key and nothing else. Its other keys are those of AWSCURRENT; or they were removed by a
 * lockdown, and no record of theirs may come back because a rotation put its version a moment later.
 */
export function addedBy(pending: SessionKeys, current: SessionKeys | undefined): SessionKeys[] {
  if (current && !follows(pending, current)) return [];
  const { current: kid, keys, since } = pending;
  return [{ current: kid, keys: { [kid]: keys[kid]! }, ...(since !== undefined && { since }) }];
}

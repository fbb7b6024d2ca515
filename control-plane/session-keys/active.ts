/** The keys that tokens are or will be signed with: the current ones, and the new one of a rotation in progress. */
import type { SessionKeys } from "../../session/keys";
import { OperationError } from "../errors";
import type { SessionKeysSecret, Stages } from "../ports";

export interface ActiveKeys {
  stages: Stages;
  /** The value of AWSCURRENT; undefined before the first rotation has ended. */
  current: SessionKeys | undefined;
  /** Master keys by key ID: those of AWSCURRENT, and the new one of a rotation in progress. */
  keys: Record<string, string>;
}

/** @throws OperationError if AWSCURRENT has no keys: continuing without them would end every session */
export async function readActiveKeys(secret: SessionKeysSecret): Promise<ActiveKeys> {
  const stages = await secret.stages();
  const read = async (version: string | undefined) => (version === undefined ? undefined : secret.read(version));
  const [current, pending] = await Promise.all([
    read(stages.current),
    stages.pending === stages.current ? undefined : read(stages.pending),
  ]);
  if (stages.current !== undefined && !current)
    throw new OperationError("the version with AWSCURRENT has no value; move the label to the last good version");
  return { stages, current, keys: { ...current?.keys, ...(pending && addedBy(pending, current)) } };
}

/** True if `next` was made from `current`. A version from before a lockdown does not have the lockdown's key. */
export function follows(next: SessionKeys, current: SessionKeys): boolean {
  return next.keys[current.current] === current.keys[current.current];
}

/**
 * The key that AWSPENDING adds to AWSCURRENT. Its other keys are in AWSCURRENT too, unless a lockdown removed them.
 * Then a rotation that stores its version a moment later must not bring their records back.
 */
function addedBy({ current: kid, keys }: SessionKeys, current: SessionKeys | undefined): Record<string, string> {
  return current && !follows({ current: kid, keys }, current) ? {} : { [kid]: keys[kid]! };
}

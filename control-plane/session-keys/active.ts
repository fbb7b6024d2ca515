/** The keys that tokens are or will be signed with: those in use, and the new one of a rotation under way. */
import type { SessionKeys } from "../../session/keys";
import { OperationError } from "../errors";
import type { SessionKeysSecret, Stages } from "../ports";

export interface ActiveKeys {
  stages: Stages;
  /** The value of AWSCURRENT; undefined before the first rotation has ended. */
  current: SessionKeys | undefined;
  /** Master keys by key id: those of AWSCURRENT, and the new one of a rotation under way. */
  keys: Record<string, string>;
}

/** @throws OperationError where AWSCURRENT has no keys: going on without them would end every session */
export async function readActiveKeys(secret: SessionKeysSecret): Promise<ActiveKeys> {
  const stages = await secret.stages();
  const [current, pending] = await Promise.all([
    read(stages.current),
    stages.pending === stages.current ? undefined : read(stages.pending),
  ]);
  if (stages.current !== undefined && !current)
    throw new OperationError("the version with AWSCURRENT has no value; move the label to the last good version");
  return { stages, current, keys: { ...current?.keys, ...(pending && addedBy(pending, current)) } };

  async function read(version: string | undefined): Promise<SessionKeys | undefined> {
    return version === undefined ? undefined : secret.read(version);
  }
}

/** Whether `next` was made from `current`. A lockdown's key is in no version that was made before it. */
export function follows(next: SessionKeys, current: SessionKeys): boolean {
  return next.keys[current.current] === current.keys[current.current];
}

/**
 * What AWSPENDING adds to AWSCURRENT: its new key and nothing else. Its other keys are in AWSCURRENT too, unless a
 * lockdown removed them; then their records must not come back because of a rotation that put its version a moment later.
 */
function addedBy({ current: kid, keys }: SessionKeys, current: SessionKeys | undefined): Record<string, string> {
  return current && !follows({ current: kid, keys }, current) ? {} : { [kid]: keys[kid]! };
}

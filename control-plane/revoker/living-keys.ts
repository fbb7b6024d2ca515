import type { SessionKeys } from "../../session/keys";
import { OperationError } from "../errors";
import { addedBy } from "../session-keys/lineage";
import type { SessionKeysSecret } from "../session-keys/ports";

export interface LivingKeys {
  /** AWSCURRENT, and the id of its version; undefined before the first rotation has ended. */
  current: { version: string; keys: SessionKeys } | undefined;
  /** A rotation is under way and has made its key. */
  isRotating: boolean;
  /** The current keys, and what a rotation adds to them. */
  all: SessionKeys[];
}

/** The keys that tokens are signed with, now or once a rotation ends. */
export async function readLivingKeys(secret: SessionKeysSecret): Promise<LivingKeys> {
  const stages = await secret.stages();
  const [current, pending] = await Promise.all([read(stages.current), stages.pending === stages.current ? undefined : read(stages.pending)]);
  // Going on without them would end every session.
  if (stages.current !== undefined && !current) throw new OperationError("the version with AWSCURRENT has no value; move the label to the last good version");
  const added = pending ? addedBy(pending, current) : [];
  return {
    current: current && { version: stages.current!, keys: current },
    isRotating: added.length > 0,
    all: [...(current ? [current] : []), ...added],
  };

  async function read(version: string | undefined): Promise<SessionKeys | undefined> {
    return version === undefined ? undefined : secret.read(version);
  }
}

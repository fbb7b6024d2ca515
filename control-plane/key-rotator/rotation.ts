import type { SessionKeys } from "../../session/keys";
import { OperationError } from "../errors";
import { follows } from "../session-keys/lineage";
import type { Ports } from "./ports";

/** A rotation that is under way, or that a step is repeated of. */
export interface Rotation {
  version: string;
  /** Of that version. */
  keys: SessionKeys;
  /** It is AWSCURRENT already. */
  isDone: boolean;
  /** AWSCURRENT; undefined where no other version has it. */
  outgoing: { version: string; keys: SessionKeys } | undefined;
}

/**
 * @throws OperationError for a version that is not being rotated: a step that is repeated late must not bring an old key back, and
 * neither must a rotation that a lockdown came into
 */
export async function rotationOf({ secret }: Ports, version: string): Promise<Rotation> {
  const { current, pending } = await secret.stages();
  const keys = version === pending || version === current ? await secret.read(version) : undefined;
  if (!keys) throw new OperationError(`the version ${version} is not pending; start a new rotation`);
  const before = current === version ? undefined : await readStaged(secret, current);
  if (before && !follows(keys, before)) {
    await secret.unlabel("pending", version);
    throw replacedMeanwhile();
  }
  return { version, keys, isDone: current === version, outgoing: before && { version: current!, keys: before } };
}

export function replacedMeanwhile(): OperationError {
  return new OperationError("the session keys were replaced while they were rotated; start a new rotation");
}

/** @throws OperationError when a version has a label and no keys */
export async function readStaged(secret: Ports["secret"], version: string | undefined): Promise<SessionKeys | undefined> {
  if (version === undefined) return undefined;
  const keys = await secret.read(version);
  // Going on without them would end every session.
  if (!keys) throw new OperationError(`the version ${version} has a staging label and no value; remove the label and rotate again`);
  return keys;
}

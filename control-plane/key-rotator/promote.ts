import { randomUUID } from "node:crypto";
import type { Ports } from "./ports";
import { replacedMeanwhile, type Rotation } from "./rotation";

/**
 * Makes the rotation's version AWSCURRENT, so that every handler knows its key before one of them signs with it.
 *
 * The version says from when on that is. It cannot be changed: where the time has come, because the rotation was tried again hours after
 * it began, a version goes before it that holds the new key and signs with the old one.
 *
 * @throws OperationError where the keys were replaced meanwhile
 */
export async function promote(ports: Ports, { handlerCache }: { handlerCache: number }, rotation: Rotation): Promise<void> {
  const { version, keys, isDone, outgoing } = rotation;
  if (isDone) return;
  const isLate = outgoing !== undefined && !(keys.since !== undefined && ports.now() + handlerCache <= keys.since);
  await ports.secret.promote(version, isLate ? await announce(ports, handlerCache, rotation) : outgoing?.version);
}

/** @returns id of the version that then is current */
async function announce({ secret, wait }: Ports, handlerCache: number, { keys, outgoing }: Rotation): Promise<string> {
  const { version, keys: before } = outgoing!;
  const { current: kid } = keys;
  const isAnnounced = Object.hasOwn(before.keys, kid);
  const announcing = isAnnounced ? version : randomUUID();
  if (!isAnnounced && !(await secret.replaceCurrent(announcing, { ...before, keys: { ...before.keys, [kid]: keys.keys[kid]! } }, version))) throw replacedMeanwhile();
  await wait(handlerCache);
  return announcing;
}

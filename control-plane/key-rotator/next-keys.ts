import type { SessionKeys } from "../../session/keys";
import { OperationError } from "../errors";
import { MAX_CHANGES, type RotatorPorts } from "../ports";
import { newKey } from "../session-keys/new-key";

/** One update of the store must have room for every key's record and another record. */
const MAX_KEYS = MAX_CHANGES - 2;

/**
 * The keys of the next version of the secret: a new one, and every older one that an active session may be signed with.
 *
 * @param current the keys of AWSCURRENT; undefined before the first rotation
 * @throws OperationError if there are too many keys for another rotation
 */
export function nextKeys(
  current: SessionKeys | undefined,
  { now, random, keyRetention }: Pick<RotatorPorts, "now" | "random" | "keyRetention">,
): SessionKeys {
  const { kid, masterKey } = newKey(current?.keys ?? {}, random);
  if (!current) return { current: kid, keys: { [kid]: masterKey } };
  const next: Required<SessionKeys> = { current: kid, keys: { [kid]: masterKey }, retired: {} };
  for (const [key, value] of Object.entries(current.keys)) {
    // A key counts as retired from the rotation after the one that replaced it.
    const retired = current.retired?.[key] ?? now();
    if (key !== current.current && retired + keyRetention < now()) continue;
    next.keys[key] = value;
    if (key !== current.current) next.retired[key] = retired;
  }
  if (Object.keys(next.keys).length > MAX_KEYS)
    throw new OperationError(
      `there are ${MAX_KEYS} session keys that active sessions may be signed with; rotate them less often`,
    );
  return next;
}

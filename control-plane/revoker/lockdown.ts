import { randomUUID } from "node:crypto";
import type { SessionKeys } from "../../session/keys";
import { OperationError } from "../errors";
import { newKey } from "../session-keys/new-key";
import type { LockdownAnswer, LockdownRequest } from "./api";
import { readLivingKeys } from "./living-keys";
import type { Ports } from "./ports";
import { restoreStore } from "./restore-store";
import { revocation } from "./revocation-of";
import type { RevokerSettings } from "./settings";

const MAX_ATTEMPTS = 8;

/**
 * Ends every session: no refresh cookie is good for a renewal any more (the ledger's cut-off), nothing is signed with an older key
 * (the secret), and the gate knows no older key (the store). May be repeated after a failure at any point.
 */
export async function lockdown(ports: Ports, settings: RevokerSettings, { by, reason }: LockdownRequest): Promise<LockdownAnswer> {
  const held = await ports.ledger.record(revocation({ kind: "gateway" }, { by, reason }, ports.now(), settings));
  const kid = await replaceKeys(ports);
  // Deletes before it writes: the first thing to happen is that no older token passes.
  const { written, deleted } = await restoreStore(ports, settings);
  return { revocation: held, kid, written, deleted };
}

/** @returns the id of the only key that is left */
async function replaceKeys({ secret, random }: Ports): Promise<string> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { pending } = await secret.stages();
    const { current } = await readLivingKeys(secret);
    if (!current) throw new OperationError("there are no session keys yet; rotate them first");
    // A rotation that goes on would bring the older keys back.
    if (pending !== undefined && pending !== current.version) await secret.unlabel("pending", pending);
    const { kid, masterKey } = newKey(current.keys.keys, random);
    const keys: SessionKeys = { current: kid, keys: { [kid]: masterKey } };
    const version = randomUUID();
    if (!(await secret.replaceCurrent(version, keys, current.version))) continue;
    await unlabelOthers(secret, version);
    return kid;
  }
  throw new OperationError(`others replaced the session keys ${MAX_ATTEMPTS} times in a row; try again`);
}

/** AWSPREVIOUS too: a rotation takes its keys over. */
async function unlabelOthers(secret: Ports["secret"], version: string): Promise<void> {
  const { pending, previous } = await secret.stages();
  if (pending !== undefined && pending !== version) await secret.unlabel("pending", pending);
  if (previous !== undefined) await secret.unlabel("previous", previous);
}

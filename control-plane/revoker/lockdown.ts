import { randomUUID } from "node:crypto";
import type { SessionKeys } from "../../session/keys";
import type { Revocation } from "../../ledger/records";
import { OperationError } from "../errors";
import { retry } from "../retry";
import { readActiveKeys } from "../session-keys/active";
import { newKey } from "../session-keys/new-key";
import { reconcileShards } from "../reconcile/store";
import type { Ports, RevokerPorts } from "../ports";
import type { LockdownRequest } from "./command";
import { recordLockdown } from "./record";

const MAX_ATTEMPTS = 8;

export interface LockdownAnswer {
  revocation: Revocation;
  kid: string;
  /** Number of older keys whose records were removed from the store. */
  deleted: number;
}

/**
 * Ends every session. The ledger then refuses to renew any of them, the secret has only the new key, and one update
 * removes all older keys from the store. After a failure at any point it can be repeated. Until then, any other write
 * to the store also removes the older keys' records.
 */
export async function lockdown(ports: RevokerPorts, request: LockdownRequest): Promise<LockdownAnswer> {
  const revocation = await recordLockdown(ports, request);
  const kid = await replaceKeys(ports);
  const { deleted } = await reconcileShards(ports, []);
  return { revocation, kid, deleted: deleted.size };
}

/** @returns ID of the only remaining key */
async function replaceKeys(ports: Ports): Promise<string> {
  const { secret, random } = ports;
  return retry(ports, MAX_ATTEMPTS, "others kept replacing the session keys; try again", async () => {
    const { stages, current } = await readActiveKeys(secret);
    if (!current) throw new OperationError("there are no session keys yet; rotate them first");
    // A rotation that continues would bring the older keys back.
    if (stages.pending !== undefined && stages.pending !== stages.current)
      await secret.unlabel("pending", stages.pending);
    const { kid, masterKey } = newKey(current.keys, random);
    const keys: SessionKeys = { current: kid, keys: { [kid]: masterKey } };
    const version = randomUUID();
    if (!(await secret.replaceCurrent(version, keys, stages.current!))) return undefined;
    // AWSPREVIOUS loses its label too, so that nobody moves AWSCURRENT back to the older keys by hand.
    const { pending, previous } = await secret.stages();
    if (pending !== undefined && pending !== version) await secret.unlabel("pending", pending);
    if (previous !== undefined) await secret.unlabel("previous", previous);
    return kid;
  });
}

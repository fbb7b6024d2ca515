/**
 * Writes a record of the origin secret or of the assertion keys into the store, which key rotation and revocation also
 * write.
 */
import { StoreConflict } from "../errors";
import type { OriginSecretPorts } from "../ports";
import { retry } from "../retry";

const MAX_ATTEMPTS = 60;

/**
 * The store has one ETag, which its writers leave in the ledger for each other. So does this one, with the keys and
 * shards that the ledger already names. If the ledger's ETag is wrong, it uses the store's own, and the next writer of
 * keys or revocations corrects the ledger.
 *
 * @returns false if the record was already correct
 * @throws OperationError if other writers win every time
 */
export async function writeRecord(ports: OriginSecretPorts, name: string, value: string): Promise<boolean> {
  const { ledger, store } = ports;
  if ((await store.get(name)) === value) return false;
  let doubted: string | undefined;
  return retry(ports, MAX_ATTEMPTS, "others kept changing the store; try again", async () => {
    const state = await ledger.storeState();
    const isTrusted = state !== undefined && state.etag !== doubted;
    const etag = isTrusted ? state.etag : (await store.read()).etag;
    try {
      const next = await store.update([{ put: name, value }], etag);
      if (isTrusted) await ledger.putStoreState({ ...state, etag: next }, etag);
      return true;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      doubted = state?.etag;
      return undefined;
    }
  });
}

/**
 * Puts a policy that is too large for the gate's source into the store. Terraform publishes the records of a new policy
 * before it deploys the gate that reads them, and deletes old records after that. In between, and until every edge has
 * the new gate, the store has both policies, so no request sees half of one.
 */
import { POLICY_RECORD } from "../../policy/stored/lookup";
import { StoreConflict } from "../errors";
import { MAX_CHANGES, type Change, type RevokerPorts } from "../ports";
import { retry } from "../retry";

const MAX_ATTEMPTS = 60;
/** The record whose value is the generation of the last deployed gate. */
const LIVE_RECORD = `${POLICY_RECORD}live`;

type StorePorts = Pick<RevokerPorts, "ledger" | "store" | "wait" | "propagation">;

/**
 * Writes the records that are missing, and waits until every edge has them.
 *
 * @throws OperationError if other writers win every time
 */
export async function publishPolicy(
  ports: StorePorts,
  { records }: { records: Record<string, string> },
): Promise<{ written: number }> {
  const { written } = await change(ports, (present) =>
    Object.entries(records).flatMap(([name, value]) => (present.get(name) === value ? [] : [{ put: name, value }])),
  );
  if (written > 0) await ports.wait(ports.propagation);
  return { written };
}

/**
 * Records which policy the gate has now, and deletes old ones. It keeps this policy and the one before, which some
 * edges may still have for a while.
 *
 * @throws OperationError if other writers win every time
 */
export async function settlePolicy(
  ports: StorePorts,
  { generation }: { generation: string },
): Promise<{ written: number; deleted: number }> {
  return change(ports, (present) => {
    const before = present.get(LIVE_RECORD);
    if (before === generation) return [];
    const kept = [generation, before].map((name) => `${POLICY_RECORD}${name}.`);
    const old = [...present.keys()].filter(
      (name) =>
        name.startsWith(POLICY_RECORD) && name !== LIVE_RECORD && !kept.some((prefix) => name.startsWith(prefix)),
    );
    // Delete last: if this is interrupted, the next attempt deletes the rest.
    return [...old.map((name) => ({ delete: name })), { put: LIVE_RECORD, value: generation }];
  });
}

/**
 * Carries out changes that depend on the store's content. Key rotation and revocation also write the store. The last
 * writer leaves the store's ETag in the ledger, and so does this one if the ledger's ETag was right.
 */
async function change(
  { ledger, store, wait }: StorePorts,
  changesFor: (present: ReadonlyMap<string, string>) => Change[],
): Promise<{ written: number; deleted: number }> {
  const done = { written: 0, deleted: 0 };
  return retry({ wait }, MAX_ATTEMPTS, "others kept changing the store; try again", async () => {
    const state = await ledger.storeState();
    const { etag: first, records } = await store.read();
    const changes = changesFor(records);
    let etag = first;
    try {
      while (changes.length > 0) {
        const slice = changes.splice(0, MAX_CHANGES);
        const next = await store.update(slice, etag);
        const puts = slice.filter((one) => "put" in one).length;
        done.written += puts;
        done.deleted += slice.length - puts;
        if (state?.etag === first) await ledger.putStoreState({ ...state, etag: next }, etag);
        etag = next;
      }
      return done;
    } catch (error) {
      if (!(error instanceof StoreConflict)) throw error;
      return undefined;
    }
  });
}

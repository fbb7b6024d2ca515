/** Every shard that a key's record names has a record, after lost answers and by clocks that differ, too. */
import { revoke } from "../../../control-plane/revoker/revoke";
import { reconcile, tidy } from "../../../control-plane/reconcile/reconcile";
import { ALL_SHARDS } from "../../../control-plane/reconcile/read";
import type { StoreState } from "../../../ledger/records";
import { STORE_STATE_ID } from "../../../ledger/tables";
import { namesShard, shardRecordName } from "../../../session/shard";
import { CLOCK_SKEW, ENTRY_MARGIN } from "../../../session/timing";
import { type Gateway, gatewayInMemory, ofUser, uidIn } from "../../support/control-plane/gateway";
import { TOKEN_SECONDS } from "../../support/control-plane/lifetimes";

const revokeUser = (gateway: Gateway, uid: string, { ports } = gateway.instance()) =>
  gateway.time.run(revoke(ports, ofUser(uid)));
const named = (gateway: Gateway) =>
  [...gateway.store.records]
    .filter(([name]) => name.startsWith("key."))
    .flatMap(([, record]) => ALL_SHARDS.filter((shard) => namesShard(record, shard)));

/** A record that is not needed any more, and a writer that died before it left its ETag. */
async function begin(): Promise<Gateway> {
  const gateway = gatewayInMemory();
  await gateway.rotate("v1");
  await revokeUser(gateway, uidIn("AA"));
  await gateway.time.pass(86_400_000);
  const state = gateway.items.get(STORE_STATE_ID) as StoreState;
  await revokeUser(gateway, uidIn("BB"));
  gateway.items.set(STORE_STATE_ID, state);
  return gateway;
}

test("a whole-store write that is done and repeated, as the SDK does without an answer, leaves no shard named that has no record", async () => {
  for (let lost = 1; ; lost++) {
    const gateway = await begin();
    let updates = 0;
    const instance = gateway.instance({
      intercept: (call) => (call === "store.update" && ++updates === lost ? "lost" : undefined),
    });
    await revokeUser(gateway, uidIn("CC"), instance);
    expect(named(gateway).filter((shard) => !gateway.store.records.has(shardRecordName(shard)))).toEqual([]);
    if (updates < lost) break;
  }
});

test("a sweep whose clock is behind that of the sweep before names no shard whose record that one has deleted", async () => {
  const gateway = gatewayInMemory();
  await revokeUser(gateway, uidIn("AA"));
  await gateway.time.pass((TOKEN_SECONDS + ENTRY_MARGIN - CLOCK_SKEW) * 1000);
  const ahead = { skew: 2 * CLOCK_SKEW };
  await gateway.run((ports) => tidy(ports), ahead);
  await gateway.run((ports) => reconcile(ports), ahead);
  expect([...gateway.store.records.keys()]).toEqual(["key.first"]);
  await gateway.reconcile();
  expect(named(gateway).filter((shard) => !gateway.store.records.has(shardRecordName(shard)))).toEqual([]);
});

/** What the store holds after a write whose answers were lost: every shard that a key's record names has a record. */
import { revoke } from "../../../control-plane/revoker/revoke";
import { ALL_SHARDS } from "../../../control-plane/reconcile/read";
import { STORE_STATE_ID, type StoreState } from "../../../session/ledger";
import { namesShard, shardRecordName } from "../../../session/shard";
import { rotate, SETTINGS, twins, uidIn, type World } from "../../support/control-plane-twins";

const revokeUser = (world: World, uid: string, { ports } = world.actor()) =>
  world.time.run(revoke(ports, SETTINGS, { version: 1, target: { type: "user", uid }, by: "b", reason: "" }));
const named = (world: World) =>
  [...world.store.records]
    .filter(([name]) => name.startsWith("key."))
    .flatMap(([, record]) => ALL_SHARDS.filter((shard) => namesShard(record, shard)));

/** A record that is not needed any more, and a writer that died before it left its ETag. */
async function begin(): Promise<World> {
  const world = twins();
  await world.time.run(rotate(world.actor().ports, "v1"));
  await revokeUser(world, uidIn("AA"));
  await world.time.pass(86_400_000);
  const state = world.items.get(STORE_STATE_ID) as StoreState;
  await revokeUser(world, uidIn("BB"));
  world.items.set(STORE_STATE_ID, state);
  return world;
}

test("a whole-store write that is done and repeated, as the SDK does without an answer, leaves no shard named that has no record", async () => {
  for (let lost = 1; ; lost++) {
    const world = await begin();
    let updates = 0;
    const actor = world.actor({
      intercept: (call) => (call === "store.update" && ++updates === lost ? "lost" : undefined),
    });
    await revokeUser(world, uidIn("CC"), actor);
    expect(named(world).filter((shard) => !world.store.records.has(shardRecordName(shard)))).toEqual([]);
    if (updates < lost) break;
  }
});

/** The keys of full shards, and the room that they take in the secret. */
import { randomBytes } from "node:crypto";
import { StoreConflict } from "../../../control-plane/errors";
import { giveShardKeys } from "../../../control-plane/revoker/shard-keys";
import type { LogEntry, Ports } from "../../../control-plane/revoker/ports";
import { signingKeyId, type SessionKeys } from "../../../session/keys";
import { recordKey } from "../../../session/shard";

/** Bytes (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html). */
const SECRET_BYTES = 65_536;
const NOW = 1_800_000_000;

/** The secret of a gateway whose shards fill up. */
function gateway() {
  const log: LogEntry[] = [];
  const state = { keys: { current: "k1", keys: { k1: "k".repeat(43) } } as SessionKeys, now: NOW, log };
  const ports = {
    secret: { replaceCurrent: async (_: string, keys: SessionKeys) => ((state.keys = keys), true) },
    random: randomBytes,
    now: () => state.now,
    wait: async (seconds: number) => void (state.now += seconds),
    log: (entry: LogEntry) => log.push(entry),
  } as unknown as Ports;
  const give = (shards: number[]) => giveShardKeys(ports, { current: { version: "v", keys: state.keys }, isRotating: false, all: [state.keys] }, shards, new Map());
  return { state, give };
}

test("a shard that fills up again and again keeps two keys of its own", async () => {
  const { state, give } = gateway();
  for (let round = 0; round < 500; round++) {
    state.now += 60;
    await expect(give([7])).rejects.toThrow(StoreConflict);
  }
  const { keys, shardKeys, shardKeysSince, retired, voided } = state.keys;
  expect(Object.keys(keys)).toHaveLength(3);
  const own = signingKeyId(state.keys, state.now, 7);
  const [before] = Object.keys(shardKeys!).filter((kid) => kid !== own);
  expect(Object.keys(shardKeys!).sort()).toEqual([own, before].sort());
  expect(Object.keys(shardKeysSince!).sort()).toEqual([own, before].sort());
  expect(retired).toEqual({ [before!]: state.now });
  expect([...voided!].sort()).toEqual([recordKey("k1", 7), recordKey(before!, 7)].sort());
});

test("where the secret has no room for all of so many keys it takes what it can, and everything else goes on", async () => {
  const { state, give } = gateway();
  const shards = Array.from({ length: 1024 }, (_, shard) => shard);
  await expect(give(shards)).rejects.toThrow(StoreConflict);
  const given = new Set(Object.values(state.keys.shardKeys!));
  expect(given.size).toBeGreaterThan(400);
  await expect(give(shards.filter((shard) => !given.has(shard)))).resolves.toBeUndefined();
  expect(state.log.filter(({ outcome }) => outcome === "no_room")).toHaveLength(2 * (1024 - given.size));
  expect(Buffer.byteLength(JSON.stringify(state.keys))).toBeLessThan(SECRET_BYTES);
});

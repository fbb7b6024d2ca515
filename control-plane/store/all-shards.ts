import { SHARD_COUNT } from "../../session/shard";

export const ALL_SHARDS: readonly string[] = Array.from({ length: SHARD_COUNT }, (_, shard) => String(shard));

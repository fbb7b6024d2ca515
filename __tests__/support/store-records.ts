/** What is secret in the gate's store. */
import type { KeyValueStore } from "../../local/gate-result";
import { keyRecordName, TOKEN_KEY_LENGTH } from "../../session/shard";

/** The keys that sign tokens. */
export function tokenKeys({ records }: KeyValueStore): string[] {
  return Object.entries(records)
    .filter(([name]) => name.startsWith(keyRecordName("")))
    .map(([, record]) => record.slice(0, TOKEN_KEY_LENGTH));
}

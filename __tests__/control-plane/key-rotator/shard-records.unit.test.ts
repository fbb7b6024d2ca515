/** How the records of a new key find room. */
import { recordsToWrite } from "../../../control-plane/key-rotator/shard-records";
import { STORE_BYTES } from "../../../control-plane/store/projection";

const KEY = { kid: "new", shardCount: 64 } as const;
const all = (kid: string, bytes: number) => Array.from({ length: 64 }, (_, shard) => [`${kid}.${shard}`, "x".repeat(bytes)] as const);
const putsOf = (records: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>) => recordsToWrite(records, wanted, KEY).map((change) => ("put" in change ? change.put : undefined));

test("only the new key's are written, where there is room", () => {
  const puts = putsOf(new Map(all("old", 900)), new Map([...all("old", 500), ...all("new", 500)]));
  expect(puts).toEqual(all("new", 0).map(([name]) => name));
});

test("those that are there are written where they differ", () => {
  const wanted = new Map(all("new", 500));
  expect(putsOf(new Map([...wanted, ["new.7", "x".repeat(499)]]), wanted)).toEqual(["new.7"]);
});

test("others give up first what they need not hold, where the store would be too full", () => {
  const other = ["something else", "x".repeat(STORE_BYTES - 64 * 1000)] as const;
  const wanted = new Map([...all("old", 900), ...all("older", 400), ...all("new", 500)]);
  const puts = putsOf(new Map([other, ...all("old", 900), ...all("older", 500)]), wanted);
  expect(puts).toEqual([...all("older", 0), ...all("new", 0)].map(([name]) => name));
});

test("a shard whose revocations do not fit stops the rotation", () => {
  const wanted = new Map(all("new", 500).slice(2));
  expect(() => recordsToWrite(new Map(), wanted, KEY)).toThrow("the revocations of 2 shards do not fit into a record");
});

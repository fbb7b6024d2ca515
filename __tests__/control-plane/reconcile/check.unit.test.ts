/** What `check` says of a store whose writers have other clocks than the instance that checks it. */
import { check, reconcile, tidy } from "../../../control-plane/reconcile/reconcile";
import { revoke } from "../../../control-plane/revoker/revoke";
import { keyRecordName, shardOf, shardRecordName, TOKEN_KEY_LENGTH } from "../../../session/shard";
import { CLOCK_SKEW, ENTRY_MARGIN } from "../../../session/timing";
import { type Gateway, gatewayInMemory, ofUser, uidIn } from "../../support/control-plane/gateway";
import { TOKEN_SECONDS } from "../../support/control-plane/lifetimes";

/** Seconds until a revocation that is recorded now no longer matters. */
const LIFE = TOKEN_SECONDS + ENTRY_MARGIN;
const SHARD = "AA";
const RECORD = shardRecordName(shardOf(uidIn(SHARD)));
const KEY = keyRecordName("first");
const [AHEAD, BEHIND] = [{ skew: CLOCK_SKEW }, { skew: -CLOCK_SKEW }];

const checkBehind = (gateway: Gateway) => gateway.run((ports) => check(ports), BEHIND);
const pass = (gateway: Gateway, seconds: number) => gateway.time.pass(seconds * 1000);

/** A gateway with a revocation that has expired by the clock of a writer that is ahead, and by no other. */
async function ending(): Promise<Gateway> {
  const gateway = gatewayInMemory();
  await gateway.reconcile();
  await gateway.revoke(ofUser(uidIn(SHARD)));
  await pass(gateway, LIFE - CLOCK_SKEW / 2);
  return gateway;
}

/** A revocation that the ledger has, by a writer that died before the state of its shard had it. */
async function dieBeforeState(gateway: Gateway): Promise<void> {
  const { ports } = gateway.instance({
    intercept: (call) => (call === "ledger.putShardState" ? "crash" : undefined),
  });
  void revoke(ports, ofUser(uidIn(SHARD)));
  await pass(gateway, 1);
}

describe("a store is not called wrong because of what a writer dropped whose clock is ahead", () => {
  test.each<[string, (ports: Parameters<typeof revoke>[0]) => Promise<unknown>]>([
    ["an entry, by a revocation in the same shard", (ports) => revoke(ports, ofUser(uidIn(SHARD)))],
    ["the name of a shard, by a tidy", (ports) => tidy(ports)],
    ["a shard's record, by a sweep", (ports) => reconcile(ports)],
  ])("%s", async (_, drop) => {
    const gateway = await ending();
    expect(await checkBehind(gateway)).toMatchObject({ isRight: true, expected: 2, revocations: 1 });
    const before = [...gateway.store.records];
    await gateway.run(drop, AHEAD);
    expect([...gateway.store.records]).not.toEqual(before);
    expect(await checkBehind(gateway)).toMatchObject({ isRight: true });
  });
});

describe("what is missing is called wrong until a writer whose clock is ahead may have dropped it", () => {
  /** Somebody wrote keys that name no shard. */
  async function dropNames(gateway: Gateway): Promise<void> {
    await gateway.revoke(ofUser(uidIn(SHARD)));
    const record = gateway.store.records.get(KEY)!;
    gateway.store.records.set(KEY, record.slice(0, TOKEN_KEY_LENGTH));
  }
  async function dropRecord(gateway: Gateway): Promise<void> {
    await dropNames(gateway);
    gateway.store.records.delete(RECORD);
  }
  test.each<[string, (gateway: Gateway) => Promise<void>, object]>([
    ["a revocation that never reached its shard's state", dieBeforeState, { missing: [], wrong: [RECORD] }],
    ["a shard that no key names", dropNames, { missing: [], wrong: [KEY] }],
    ["a shard that no key names, with its record", dropRecord, { missing: [RECORD], wrong: [KEY] }],
  ])("%s", async (_, lose, told) => {
    const gateway = gatewayInMemory();
    await gateway.reconcile();
    await lose(gateway);
    await pass(gateway, LIFE - 2 * CLOCK_SKEW - 10);
    expect(await gateway.check()).toMatchObject({ isRight: false, ...told });
  });
});

test("a sweep adds a revocation that is missing until it has expired by its own clock", async () => {
  const gateway = gatewayInMemory();
  await gateway.reconcile();
  await dieBeforeState(gateway);
  await pass(gateway, LIFE - 10);
  expect(gateway.store.records.has(RECORD)).toBe(false);
  await gateway.reconcile();
  expect(gateway.store.records.has(RECORD)).toBe(true);
});

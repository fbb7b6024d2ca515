/** How long an answer of the ledger about a service token is used, and what happens if there is none. */
import { cachedServiceTokens, type ReadServiceToken } from "../../../edge-handlers/shared/service-token";
import type { ServiceToken, ServiceTokenStatus } from "../../../ledger/records";
import { newServiceToken, serviceTokenId } from "../../../session/service-token";
import { NO_FLOOR } from "../../../session/shard";
import { PROPAGATION } from "../../../session/timing";

const [A, B] = ["A".repeat(16), "B".repeat(16)];
const found = (id: string): ServiceTokenStatus => ({
  token: { id } as ServiceToken,
  revocations: [],
  mark: 0,
  floor: NO_FLOOR,
});
const none: ServiceTokenStatus = { token: undefined, revocations: [], mark: 0, floor: NO_FLOOR };

/** A ledger whose reads are counted, and a clock. */
function ledger(answer: (id: string) => Promise<ServiceTokenStatus> = async (id) => found(id)) {
  const reads: string[] = [];
  const clock = { now: 1_800_000_000 };
  const read: ReadServiceToken = cachedServiceTokens(
    async (id) => {
      reads.push(id);
      return answer(id);
    },
    () => clock.now,
  );
  return { reads, clock, read };
}

test("an answer is used for less than a revocation may take to reach every edge, and each token has its own", async () => {
  const { reads, clock, read } = ledger();
  await Promise.all([read(A), read(A), read(B)]);
  clock.now += 29;
  await read(A);
  expect(reads).toEqual([A, B]);
  clock.now += 1;
  await read(A);
  expect(reads).toEqual([A, B, A]);
  expect(30).toBeLessThanOrEqual(PROPAGATION);
});

test("a clock that was set back does not keep an answer alive", async () => {
  const { reads, clock, read } = ledger();
  await read(A);
  clock.now -= 3600;
  await read(A);
  expect(reads).toEqual([A, A]);
});

test("an answer that is too old is not used while the ledger cannot be read", async () => {
  let isDown = false;
  const { clock, read } = ledger(async (id) => (isDown ? Promise.reject(new Error("down")) : found(id)));
  await read(A);
  isDown = true;
  clock.now += 30;
  await expect(read(A)).rejects.toThrow("down");
  isDown = false;
  await expect(read(A)).resolves.toEqual(found(A));
});

test("tokens that do not exist are not remembered: a new one works at once", async () => {
  let exists = false;
  const { reads, read } = ledger(async (id) => (exists ? found(id) : none));
  await expect(read(A)).resolves.toEqual(none);
  exists = true;
  await expect(read(A)).resolves.toEqual(found(A));
  expect(reads).toEqual([A, A]);
});

test("a read that fails late does not take away the answer of a later one", async () => {
  const answers: [resolve: (status: ServiceTokenStatus) => void, reject: (error: Error) => void][] = [];
  const { reads, clock, read } = ledger(() => new Promise((...pair) => void answers.push(pair)));
  const early = read(A);
  clock.now += 30;
  const late = read(A);
  answers[1]![0](found(A));
  await late;
  answers[0]![1](new Error("down"));
  await expect(early).rejects.toThrow("down");
  // Not awaited: if it asks again, nobody answers.
  void read(A);
  expect(reads).toEqual([A, A]);
});

test("what is remembered has a limit; the oldest is forgotten first", async () => {
  const { reads, read } = ledger();
  for (let i = 0; i < 1_001; i++) await read(String(i));
  reads.length = 0;
  await read("1");
  await read("0");
  expect(reads).toEqual(["0"]);
});

test.each([
  ["A".repeat(32), "A".repeat(16)],
  ["-_-abcdefghijklmnopqrstuvwxyz012", "abcdefghijklmnop"],
])("the ID that %s gives can be typed as an argument", (random, id) => {
  const made = newServiceToken((bytes) => (bytes === 24 ? random : "s".repeat(43)));
  expect(made).toEqual({ id, token: `egs_${id}_${"s".repeat(43)}` });
  expect(serviceTokenId(made.token)).toBe(id);
});

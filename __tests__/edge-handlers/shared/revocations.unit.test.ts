/** How long an answer of the ledger about a user's revocations is used, and what happens if there is none. */
import { cachedRevocations, type ReadRevocations } from "../../../edge-handlers/shared/revocations";

const [A, B] = ["A".repeat(16), "B".repeat(16)];

/** A ledger whose reads are counted, and a clock. */
function ledger(answer: ReadRevocations = async () => []) {
  const reads: string[] = [];
  const clock = { now: 1_800_000_000 };
  const read = cachedRevocations(
    (uid) => {
      reads.push(uid);
      return answer(uid);
    },
    () => clock.now,
  );
  return { reads, clock, read };
}

test("an answer is used for less than ten seconds, and each user has their own", async () => {
  const { reads, clock, read } = ledger();
  await Promise.all([read(A), read(A), read(B)]);
  clock.now += 9;
  await read(A);
  expect(reads).toEqual([A, B]);
  clock.now += 1;
  await read(A);
  expect(reads).toEqual([A, B, A]);
});

test("a clock that was set back does not keep an answer alive", async () => {
  const { reads, clock, read } = ledger();
  await read(A);
  clock.now -= 3_600;
  await read(A);
  expect(reads).toEqual([A, A]);
});

test("a failure is not remembered: the next request asks again", async () => {
  let isDown = true;
  const { reads, read } = ledger(async () => (isDown ? Promise.reject(new Error("down")) : []));
  await expect(read(A)).rejects.toThrow("down");
  isDown = false;
  await expect(read(A)).resolves.toEqual([]);
  expect(reads).toEqual([A, A]);
});

test("an answer that is too old is not used while the ledger cannot be read", async () => {
  let isDown = false;
  const { clock, read } = ledger(async () => (isDown ? Promise.reject(new Error("down")) : []));
  await read(A);
  isDown = true;
  clock.now += 10;
  await expect(read(A)).rejects.toThrow("down");
});

test("a read that fails late does not take away the answer of a later one", async () => {
  const answers: [resolve: (value: []) => void, reject: (error: Error) => void][] = [];
  const { reads, clock, read } = ledger(() => new Promise((...pair) => void answers.push(pair)));
  const early = read(A);
  clock.now += 10;
  const late = read(A);
  answers[1]![0]([]);
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

/** How long a value from elsewhere is used: while it is fresh, and longer while its source fails. */
import { cached } from "../../../edge-handlers/shared/cached";
import { Failure } from "../../../edge-handlers/shared/failure";

const LIFETIMES = { fresh: 60, stale: 3600, pause: 10 };

function setUp() {
  const source = { asked: 0, down: false, now: 1_000_000 };
  const load = async () => {
    source.asked++;
    if (source.down) throw new Failure("idp_unavailable", "down");
    return source.asked;
  };
  const log = jest.fn();
  return { source, log, cache: cached(load, LIFETIMES, { now: () => source.now, log }) };
}

test("a fresh value is used without asking", async () => {
  const { source, cache } = setUp();
  await cache.get();
  source.now += 59;
  expect(await cache.get()).toBe(1);
});

test("an aged value is replaced", async () => {
  const { source, cache } = setUp();
  await cache.get();
  source.now += 60;
  expect(await cache.get()).toBe(2);
});

test("concurrent callers share one answer", async () => {
  const { source, cache } = setUp();
  expect(await Promise.all([cache.get(), cache.get(), cache.refetching(1, 10)()])).toEqual([1, 1, 1]);
  expect(source.asked).toBe(1);
});

test("an aged value is used while the source fails, and the source is left alone for a pause", async () => {
  const { source, cache } = setUp();
  await cache.get();
  source.down = true;
  source.now += 60;
  expect(await cache.get()).toBe(1);
  source.now += 9;
  expect(await cache.get()).toBe(1);
  expect(source.asked).toBe(2);
  source.now += 1;
  await cache.get();
  expect(source.asked).toBe(3);
});

test("a value that is too old is not used, however long the source fails", async () => {
  const { source, cache } = setUp();
  await cache.get();
  source.down = true;
  source.now += 3600;
  await expect(cache.get()).rejects.toThrow("idp_unavailable");
});

test("without a value a failure is a failure, and the next one asks again", async () => {
  const { source, cache } = setUp();
  source.down = true;
  await expect(cache.get()).rejects.toThrow("idp_unavailable");
  source.down = false;
  expect(await cache.get()).toBe(2);
});

test("refetching asks although the value is fresh, so often within so many seconds", async () => {
  const { source, cache } = setUp();
  await cache.get();
  const refetch = cache.refetching(2, 20);
  expect([await refetch(), await refetch(), await refetch()]).toEqual([2, 3, 3]);
  source.now += 19;
  expect(await refetch()).toBe(3);
  source.now += 1;
  expect([await refetch(), await refetch(), await refetch()]).toEqual([4, 5, 5]);
});

test("one way of refetching that is used up leaves another open", async () => {
  const { cache } = setUp();
  const [one, other] = [cache.refetching(1, 10), cache.refetching(1, 10)];
  await one();
  await one();
  expect(await other()).toBe(2);
});

test("a source that failed is left alone by refetching too", async () => {
  const { source, cache } = setUp();
  await cache.get();
  source.down = true;
  source.now += 60;
  await cache.get();
  await cache.refetching(1, 10)();
  expect(source.asked).toBe(2);
});

test("a refetch that fails leaves the value in use", async () => {
  const { source, cache } = setUp();
  await cache.get();
  source.down = true;
  expect(await cache.refetching(1, 10)()).toBe(1);
});

test("that an old value is used is in the log each time the source fails; a failure that reaches a request is in that request's line", async () => {
  const { source, log, cache } = setUp();
  source.down = true;
  await expect(cache.get()).rejects.toThrow("idp_unavailable");
  source.down = false;
  await cache.get();
  expect(log).not.toHaveBeenCalled();
  source.down = true;
  source.now += 60;
  for (let i = 0; i < 3; i++) await cache.get();
  source.now += 10;
  await cache.get();
  const line = { endpoint: "none", outcome: "old_copy_used", detail: "idp_unavailable down" };
  expect(log.mock.calls).toEqual([[line], [line]]);
});

describe("a value newer than a time", () => {
  test("is asked for once, and not again when it is", async () => {
    const { source, cache } = setUp();
    await cache.get();
    const time = source.now;
    source.now += 5;
    expect([await cache.newerThan(time), await cache.newerThan(time), await cache.get()]).toEqual([2, 2, 2]);
  });

  test("that lies ahead is asked for each time: what was loaded in the same second may be too old", async () => {
    const { source, cache } = setUp();
    await cache.get();
    const ahead = source.now + 60;
    expect([await cache.newerThan(ahead), await cache.newerThan(ahead)]).toEqual([2, 3]);
  });

  test("that lies ahead is one value for those who ask at the same time, and begins after they asked", async () => {
    const { source, cache } = setUp();
    const early = cache.get();
    const ahead = source.now + 60;
    expect(await Promise.all([early, cache.newerThan(ahead), cache.newerThan(ahead)])).toEqual([1, 2, 2]);
  });

  test("is never a stale one while the source fails, and the source is left alone for a pause", async () => {
    const { source, cache } = setUp();
    await cache.get();
    const time = source.now;
    source.now += 5;
    source.down = true;
    for (let i = 0; i < 2; i++) await expect(cache.newerThan(time)).rejects.toThrow("idp_unavailable");
    expect([source.asked, await cache.get()]).toEqual([2, 1]);
    source.down = false;
    source.now += 10;
    expect(await cache.newerThan(time)).toBe(3);
  });

  test("is not what was asked for before that time and came later", async () => {
    const { source, cache } = setUp();
    const early = cache.get();
    const time = source.now;
    source.now += 5;
    expect([await cache.newerThan(time), await early]).toEqual([2, 1]);
  });
});

describe("a load that was under way while the runtime was frozen", () => {
  function setUpFrozen() {
    const source = { now: 1_000_000, answers: [] as { resolve(value: number): void; reject(error: Error): void }[] };
    const load = () => new Promise<number>((resolve, reject) => source.answers.push({ resolve, reject }));
    const cache = cached(load, LIFETIMES, { now: () => source.now, log: jest.fn() });
    return { source, cache };
  }

  /** The first load is still under way after a later one has brought 2. */
  async function setUpOvertaken() {
    const { source, cache } = setUpFrozen();
    const first = cache.get();
    source.now += 6;
    const second = cache.get();
    source.answers[1]!.resolve(2);
    await second;
    return { cache, first, answer: source.answers[0]! };
  }

  test("is shared for as long as it may still be answered", async () => {
    const { source, cache } = setUpFrozen();
    const first = cache.get();
    source.now += 5;
    const second = cache.get();
    source.answers[0]!.resolve(1);
    expect([await first, await second, source.answers.length]).toEqual([1, 1, 1]);
  });

  test("is not waited for after that", async () => {
    const { source, cache } = setUpFrozen();
    void cache.get();
    source.now += 6;
    const second = cache.get();
    source.answers[1]!.resolve(2);
    expect(await second).toBe(2);
  });

  test("does not replace what was loaded later", async () => {
    const { cache, first, answer } = await setUpOvertaken();
    answer.resolve(1);
    expect([await first, await cache.get()]).toEqual([1, 2]);
  });

  test("is no failure if a later one succeeded", async () => {
    const { cache, first, answer } = await setUpOvertaken();
    answer.reject(new Failure("idp_unavailable"));
    expect(await first).toBe(2);
    expect(cache.failure()).toBeUndefined();
  });
});

test("only an outdated value is told as one", async () => {
  const { source, cache } = setUp();
  expect(cache.outdated()).toBeUndefined();
  await cache.get();
  source.now += 59;
  expect(cache.outdated()).toBeUndefined();
  source.now += 1;
  expect(cache.outdated()).toBe(1);
  await cache.get();
  expect(cache.outdated()).toBeUndefined();
});

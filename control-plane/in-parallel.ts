/** Runs `work` for every item, at most `limit` at a time. @returns what came of each, in the order of the items */
export async function inParallel<Item, Result>(items: readonly Item[], limit: number, work: (item: Item) => Promise<Result>): Promise<PromiseSettledResult<Result>[]> {
  const results: PromiseSettledResult<Result>[] = [];
  const queue = items.entries();
  async function next(): Promise<void> {
    for (const [place, item] of queue) {
      // What is thrown before there is a promise counts like what the promise throws.
      [results[place]] = await Promise.allSettled([(async () => work(item))()]);
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, next));
  return results;
}

/** The same, of what must all go well. @throws the first error */
export async function allInParallel<Item, Result>(items: readonly Item[], limit: number, work: (item: Item) => Promise<Result>): Promise<Result[]> {
  return (await inParallel(items, limit, work)).map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

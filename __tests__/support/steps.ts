/**
 * `test` for steps that build on each other: after one has failed, the others fail immediately, and say why.
 *
 * @param limit milliseconds that a step may take
 */
export function startSteps(limit: number): (name: string, body: () => Promise<void>) => void {
  let failed: string | undefined;
  return (name, body) =>
    test(
      name,
      async () => {
        if (failed !== undefined) throw new Error(`not tried, because "${failed}" failed`);
        failed = name;
        await body();
        failed = undefined;
      },
      limit,
    );
}

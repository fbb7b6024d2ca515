/** Milliseconds, only to end a step that hangs: the first apply takes two minutes alone, and ten on a busy machine. */
const STEP_LIMIT = 1_800_000;

/** `test` for steps that build on each other: after one has failed, the others fail immediately, and say why. */
export function startSteps(): (name: string, body: () => Promise<void>) => void {
  // Also of the hooks.
  jest.setTimeout(STEP_LIMIT);
  let failed: string | undefined;
  return (name, body) =>
    test(name, async () => {
      if (failed !== undefined) throw new Error(`not tried, because "${failed}" failed`);
      failed = name;
      await body();
      failed = undefined;
    });
}

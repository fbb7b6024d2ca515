/** Which test files start first. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface File {
  path: string;
  context: object;
}

interface Results {
  testResults: { testFilePath: string; perfStats: { runtime: number }; numFailingTests: number; skipped: boolean }[];
}

interface Sequencer {
  sort(files: readonly File[]): File[];
  cacheResults(files: readonly File[], results: Results): void;
}

const LongestFirst = jest.requireActual<{
  new (options: object): Sequencer;
  known: Record<string, number>;
}>("./longest-first.js");

const cacheDirectory = mkdtempSync(join(tmpdir(), "edgegate-no-cache-"));
afterAll(() => rmSync(cacheDirectory, { recursive: true }));

const TESTS = join(__dirname, "..");

/** As jest hands them over, with an empty cache. */
function file(path: string): File {
  const [, name] = /\.(\w+)\.test\.ts$/.exec(path)!;
  const config = { id: name, cacheDirectory, displayName: { name }, haste: {} };
  return { path: join(TESTS, path), context: { config, hasteFS: { getSize: () => 1 } } };
}

const sequencer = new LongestFirst({ contexts: [], globalConfig: {} });

test("on a new machine, files that are known to take long start before all others", () => {
  const [long] = Object.keys(LongestFirst.known).filter((path) => path.endsWith(".edge.test.ts"));
  const files = [long!, "session/token.unit.test.ts", "apply/gateway.apply.test.ts", "cli/waf.edge.test.ts"].map(file);
  expect(sequencer.sort(files).map(({ path }) => path.slice(TESTS.length + 1))).toEqual([
    "apply/gateway.apply.test.ts",
    long,
    "cli/waf.edge.test.ts",
    "session/token.unit.test.ts",
  ]);
});

test("what jest measured counts more, and a failure most", () => {
  const [slow, fast, failed] = [
    "session/token.unit.test.ts",
    "apply/gateway.apply.test.ts",
    "cli/waf.edge.test.ts",
  ].map(file) as [File, File, File];
  const result = ({ path }: File, runtime: number, numFailingTests = 0) => ({
    testFilePath: path,
    perfStats: { runtime },
    numFailingTests,
    skipped: false,
  });
  sequencer.cacheResults([slow, fast, failed], {
    testResults: [result(slow, 900_000), result(fast, 1_000), result(failed, 10, 1)],
  });
  const unmeasured = file("simulation/histories.simulation.test.ts");
  expect(sequencer.sort([unmeasured, fast, slow, failed])).toEqual([failed, slow, unmeasured, fast]);
});

test("every file that is known to take long is there", () => {
  expect(Object.keys(LongestFirst.known).filter((path) => !existsSync(join(TESTS, path)))).toEqual([]);
});

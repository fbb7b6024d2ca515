/** The gate as it is deployed, in both engines that can run it here, over one table of cases. */
import { runGate as runInNjs } from "../../../local/gate-njs";
import { runGate as runInSandbox } from "../../../local/gate-sandbox";
import { ANSWER_CASES } from "./answer-cases";
import { expectedRun } from "./answers";
import { eventOf, storeOf, type GateCase } from "./case";
import { IDENTITY_CASES } from "./identity-cases";
import { MAINTENANCE_CASES } from "./maintenance-cases";
import { ORIGIN_SECRET_CASES } from "./origin-secret-cases";
import { PATH_CASES } from "./path-cases";
import { POLICY_CASES } from "./policy-cases";
import { SERVED_CASES } from "./served-cases";
import { ALICE, storeWith, token } from "./sessions";
import { gateSources } from "./sites";
import { TOKEN_CASES } from "./token-cases";
import { describeWith } from "../../support/tools";

const TOPICS: [topic: string, cases: GateCase[]][] = [
  ["a token and its record", TOKEN_CASES],
  ["a rule", POLICY_CASES],
  ["a path", PATH_CASES],
  ["what the origin learns", IDENTITY_CASES],
  ["the file that a request gets", SERVED_CASES],
  ["how the origin knows the gateway", ORIGIN_SECRET_CASES],
  ["an answer of the gate's own", ANSWER_CASES],
  ["a closed site", MAINTENANCE_CASES],
];
const SOURCES = gateSources();

function run(engine: typeof runInSandbox, request: GateCase[1]) {
  return engine(SOURCES[request.site ?? "handbook"], eventOf(request), storeOf(request));
}

function expectationOf([, request, expected]: GateCase): object {
  return expectedRun(eventOf(request), request.site === "door" ? "/_door" : "/_gate", expected);
}

describe.each(TOPICS)("in the sandbox: %s", (_, cases) => {
  test.each(cases)("%s", async (...gateCase) => {
    const seen = await run(runInSandbox, gateCase[1]);
    expect(seen).toEqual(expectationOf(gateCase));
    // A token or a part of one has no place in an answer, in a header to the origin, or in a log.
    if (gateCase[1].session) expect(JSON.stringify(seen)).not.toContain(gateCase[1].session.slice(-40));
  });
});

describeWith("njs", "in njs", () => {
  describe.each(TOPICS)("%s", (_, cases) => {
    test.each(cases)("%s", async (...gateCase) => {
      const seen = await run(runInNjs, gateCase[1]);
      expect(seen).toEqual(expectationOf(gateCase));
      expect(seen).toEqual(await run(runInSandbox, gateCase[1]));
    });
  });
});

describe("a session's last second", () => {
  const session = token();
  afterEach(() => jest.restoreAllMocks());

  test.each([
    ["passes until it expires", ALICE.expiresAt * 1000 - 1, `allow session ${ALICE.uid}`],
    ["and not a millisecond longer", ALICE.expiresAt * 1000, "login expired"],
  ])("%s", async (_, now, log) => {
    jest.spyOn(Date, "now").mockReturnValue(now);
    expect(await run(runInSandbox, { session })).toMatchObject({ log: [log] });
  });
});

test("a cookie without a name hides no cookie behind it", async () => {
  const event = eventOf({ path: "/public/x" });
  event.request.cookies = { a: { value: "1" }, "": { value: "2" }, "__Host-gate-flow-abcdefgh": { value: "secret" } };
  const { result } = await runInSandbox(SOURCES.handbook, event, storeOf({}));
  expect(result.cookies).toEqual({ a: { value: "1" }, "": { value: "2" } });
});

test("what the gate does not read of a store, it does not need", async () => {
  const records = { "key.k1": storeWith()["key.k1"]! };
  expect(await run(runInSandbox, { session: token(), records })).toMatchObject({
    log: [`allow session ${ALICE.uid}`],
    reads: 1,
  });
});

test("the table has no case twice, and as many as were promised", () => {
  const names = TOPICS.flatMap(([, cases]) => cases.map(([name]) => name));
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(550);
});

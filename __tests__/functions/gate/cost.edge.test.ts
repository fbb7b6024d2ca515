/** What a run of the gate may cost, and what its source may weigh. */
import { gateSource, mixedRules, sampleRules } from "../../../bench/sample";
import { measureGate } from "../../../bench/gate";
import { HOSTILE_LIMITS, HOSTILE_REQUESTS } from "../../../bench/hostile";
import { SCENARIOS } from "../../../bench/scenarios";
import { MAX_FUNCTION_SOURCE } from "../../../cloudfront/limits";
import { describeWith } from "../../support/tools";

/** Below the 10,240 bytes that CloudFront takes, so that long names and many hosts have room. */
const MAX_BYTES = MAX_FUNCTION_SOURCE - 512;

test.each([
  ["12 rules", sampleRules(12)],
  ["100 rules", sampleRules(100)],
  ["100 rules, a quarter of them with conditions", mixedRules(100)],
])("the gate with %s is within its size", (_, rules) => {
  expect(Buffer.byteLength(gateSource(rules))).toBeLessThanOrEqual(MAX_BYTES);
});

const LIMITED = SCENARIOS.filter(({ limit }) => limit !== undefined);

test("what must stay cheap has a limit", () => {
  expect(Object.fromEntries(LIMITED.map(({ name, limit }) => [name, limit]))).toEqual({
    "valid session, 12 rules": 120_000,
    "valid session, 100 rules": 120_000,
    "other shards have records, 12 rules": 127_500,
    "other shards have records, 100 rules": 127_500,
    "valid session, deep link of an application in a bucket": 126_000,
    "no cookie": 39_000,
    "valid session and origin secret": 134_000,
    "valid session, 100 rules, a quarter of them with conditions": 122_500,
    "valid session, 1,000 rules in the store": 187_000,
    "valid session and assertion": 202_000,
    "shard with 169 revoked sessions": 192_000,
    "shard with 50 user cut-offs": 192_000,
  });
});

test("the bench has hostile requests of many shapes", () => {
  expect(HOSTILE_REQUESTS.length).toBeGreaterThanOrEqual(200);
  expect(HOSTILE_LIMITS).toEqual({ "the web ACL": 1_000_000, CloudFront: 2_000_000 });
});

/** The dearest one of each kind, by the bench. */
const DEAREST = HOSTILE_REQUESTS.filter(({ name }) =>
  [
    "path of escaped slashes, without a session",
    "path of segments below /admin/, with a session",
    "path of escaped spaces, and cookies and headers of the gateway",
    "cookies with short names, with a session",
    "headers of the gateway, with a session",
    "headers with short names, with a session",
    "token beyond ASCII",
    "query of é, without a session",
    "API: token with little of spaces, and the dearest path",
    "API: token with little of no end",
    "API: token of the gate beyond ASCII",
    "API: a session where conditions go on, and the dearest path",
  ].includes(name),
);

describeWith("valgrind", "instructions", () => {
  describeWith("njs", "of a cold run in njs", () => {
    test.each(LIMITED)("$name: at most $limit", async ({ request, decision, reads, limit }) => {
      const cost = await measureGate(request, { enough: limit! });
      expect(cost.decision).toMatch(new RegExp(`^${decision}`));
      expect(cost.reads).toBe(reads);
      expect(cost.instructions).toBeLessThanOrEqual(limit!);
    });

    test("the dearest hostile requests are all here", () => expect(DEAREST).toHaveLength(24));

    test.each(DEAREST)("$name, which $passes lets pass", async ({ passes, request }) => {
      const { instructions } = await measureGate(request, { paddings: [0] });
      expect(instructions).toBeLessThanOrEqual(HOSTILE_LIMITS[passes]);
    });
  });
});

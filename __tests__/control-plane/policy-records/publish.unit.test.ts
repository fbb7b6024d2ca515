/** Policies in the store come and go as whole ones, whatever else writes the store or cuts a call off. */
import { publishPolicy, settlePolicy } from "../../../control-plane/policy-records/publish";
import { parseRequest } from "../../../control-plane/revoker/command";
import { revoke } from "../../../control-plane/revoker/revoke";
import { PROPAGATION } from "../../../session/timing";
import { gatewayInMemory, ofUser } from "../../support/control-plane/gateway";

const FIRST = "AAAAAAAAAA";
const SECOND = "BBBBBBBBBB";
const THIRD = "CCCCCCCCCC";

/** More than fit into one update. */
function recordsOf(generation: string, count = 120): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`policy.${generation}.0.${i}`, ` a \n,**,role-${i}`]),
  );
}

async function started() {
  const gateway = gatewayInMemory();
  await gateway.rotate("v1");
  const { run } = gateway;
  const generations = () => [
    ...new Set([...gateway.store.records.keys()].flatMap((name) => /^policy\.(\w{10})\./.exec(name)?.[1] ?? [])),
  ];
  const deploy = async (generation: string) => {
    await run((ports) => publishPolicy(ports, { records: recordsOf(generation) }));
    await run((ports) => settlePolicy(ports, { generation }));
  };
  return { gateway, run, generations, deploy };
}

test("a policy is published in as few calls as fit, and answered when every edge has it", async () => {
  const { gateway, run } = await started();
  const at = gateway.now();
  const instance = gateway.instance();
  expect(await gateway.time.run(publishPolicy(instance.ports, { records: recordsOf(FIRST) }))).toEqual({
    written: 120,
  });
  expect(instance.calls.filter((call) => call === "store.update")).toHaveLength(3);
  expect(gateway.now() - at).toBeGreaterThanOrEqual(PROPAGATION);
  expect(gateway.store.records.get(`policy.${FIRST}.0.119`)).toBe(" a \n,**,role-119");
  // A second time, nothing is written, and nobody waits.
  const again = gateway.now();
  expect(await run((ports) => publishPolicy(ports, { records: recordsOf(FIRST) }))).toEqual({ written: 0 });
  expect(gateway.now() - again).toBeLessThan(10);
});

test("the policy before stays until the next but one is settled", async () => {
  const { generations, deploy } = await started();
  await deploy(FIRST);
  await deploy(SECOND);
  expect(generations()).toEqual([FIRST, SECOND]);
  await deploy(THIRD);
  expect(generations()).toEqual([SECOND, THIRD]);
  // Back to one that is there.
  await deploy(SECOND);
  expect(generations()).toEqual([SECOND, THIRD]);
});

test("policies whose gate was never deployed do not push out the one that is live", async () => {
  const { run, generations, deploy } = await started();
  await deploy(FIRST);
  for (const generation of [SECOND, THIRD])
    await run((ports) => publishPolicy(ports, { records: recordsOf(generation) }));
  expect(generations()).toEqual([FIRST, SECOND, THIRD]);
  await deploy("DDDDDDDDDD");
  expect(generations()).toEqual([FIRST, "DDDDDDDDDD"]);
});

test("keys and revocations stay, and later writers still know the store", async () => {
  const { gateway, run, deploy } = await started();
  const keys = () => [...gateway.store.records].filter(([name]) => name.startsWith("key."));
  const before = keys();
  await deploy(FIRST);
  expect(keys()).toEqual(before);
  const instance = gateway.instance();
  await gateway.time.run(revoke(instance.ports, ofUser("uid-of-somebody-")));
  // The ledger has the store's ETag, so nothing had to be read from the store.
  expect(instance.calls).not.toContain("store.read");
  await run((ports) => settlePolicy(ports, { generation: SECOND }));
  expect([...gateway.store.records.keys()].some((name) => name.startsWith("shard."))).toBe(true);
});

test.each(["conflict", "crash-after"] as const)("a %s in the middle leaves nothing half done", async (fault) => {
  const { gateway, run, generations } = await started();
  let updates = 0;
  const intercept = (call: string) => (call === "store.update" && ++updates === 2 ? fault : undefined);
  const first = run((ports) => publishPolicy(ports, { records: recordsOf(FIRST) }), { intercept });
  if (fault === "conflict") await first;
  else {
    await Promise.race([
      first.catch(() => undefined),
      gateway.time.run(new Promise((resolve) => setImmediate(resolve))),
    ]);
    await run((ports) => publishPolicy(ports, { records: recordsOf(FIRST) }));
  }
  expect(generations()).toEqual([FIRST]);
  expect([...gateway.store.records.keys()].filter((name) => name.startsWith("policy."))).toHaveLength(120);
});

describe("what is no policy is refused before anything is written", () => {
  test.each<[string, Record<string, string>]>([
    ["a key's name", { "key.k1": "x" }],
    ["a shard's name", { "shard.1": "x" }],
    ["the name of what is live", { "policy.live": FIRST }],
    ["a record that is too long", { [`policy.${FIRST}.0.0`]: "x".repeat(1025) }],
    ["text that is not ASCII", { [`policy.${FIRST}.0.0`]: "é" }],
  ])("%s", (_, records) => {
    const problem =
      "records: write records by names such as policy.<generation>.0.1, each at most 1024 characters of ASCII";
    expect(() => parseRequest({ operation: "publish-policy", records })).toThrow(problem);
  });

  test("a generation of another form", () => {
    expect(() => parseRequest({ operation: "settle-policy", generation: "live" })).toThrow("10 characters");
  });
});

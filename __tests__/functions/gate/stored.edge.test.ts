/** A policy that is too large for the gate's source: the gate as deployed, with the records that Terraform publishes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifacts } from "../../../build/artifacts";
import { parseConfig } from "../../../config/load";
import type { ConfigInput } from "../../../config/schema";
import { readControlPlane } from "../../../local/control-plane";
import { readDistribution } from "../../../local/distribution";
import { runGate as runInNjs } from "../../../local/gate-njs";
import { runGate as runInSandbox } from "../../../local/gate-sandbox";
import { mayPass } from "../../../policy/decision-table";
import { policyOf } from "../../../policy/evaluate";
import { synthesize } from "../../../stacks/synthesize";
import { seeded } from "../../support/generated-policies";
import { largePolicy } from "../../support/large-policy";
import { describeWith } from "../../support/tools";
import { eventOf, type GateRequest } from "./case";
import { ALICE, storeWith, token } from "./sessions";
import { COMMON } from "./sites";

const { rules, hosts } = largePolicy(1000, 40);
const [domain, ...alternateDomains] = hosts as [string, ...string[]];
const CONFIG = { ...COMMON, name: "estate", domain, alternateDomains, policy: rules } as ConfigInput;
const CLOSED: ConfigInput = { ...CONFIG, maintenance: { allow: { roles: ["team-9"] } } };

/** What Terraform would deploy, and what the store then holds. */
function deployed(config: ConfigInput): { source: string; records: Record<string, string> } {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-stored-"));
  try {
    const { stackDir } = synthesize(parseConfig(config), { outdir, artifacts: artifacts() });
    const file = join(stackDir, "cdk.tf.json");
    const { input } = readControlPlane(file).invocations[0]!;
    return {
      source: readDistribution(file).behaviors.find(({ gate }) => gate !== undefined)!.gate!,
      records: { ...storeWith(), ...(input as { records: Record<string, string> }).records },
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const OPEN = deployed(CONFIG);
const SHUT = deployed(CLOSED);
const STORE_READS = { host: 0, path: 0, endpoint: 0 };

const CASES: [name: string, request: GateRequest, log: string, reads: number][] = [
  ["a public path takes the read of its rules", { path: "/" }, "allow public", 1],
  [
    "an area of a host",
    { host: "app-1.example.com", path: "/area-0/x", session: token() },
    `allow session ${ALICE.uid}`,
    2,
  ],
  [
    "a rule deep below a name",
    { path: "/api/v1/area-0-0/x", session: token({ roles: ["team-0"] }) },
    `allow session ${ALICE.uid}`,
    2,
  ],
  ["its roles", { path: "/api/v1/area-0-9/x", session: token({ roles: ["team-0"] }) }, `deny role ${ALICE.uid}`, 2],
  [
    "its methods",
    { path: "/api/v1/area-0-0/x", method: "POST", session: token({ roles: ["team-0"] }) },
    `deny role ${ALICE.uid}`,
    2,
  ],
  ["a name of no rule", { path: "/other/x", session: token({ roles: ["admin"] }) }, `allow session ${ALICE.uid}`, 2],
  ["somebody without a session", { path: "/area-0" }, "login none", 1],
  ["another host", { host: "evil.example.com" }, "deny host", STORE_READS.host],
  ["a path that nobody may open", { path: "/a//b" }, "deny path", STORE_READS.path],
  ["the gateway's own path", { path: "/_gate" }, "deny endpoint", STORE_READS.endpoint],
  ["rules that are missing are no sign-in", { path: "/", records: storeWith() }, "deny store", 2],
  [
    "rules of another policy are none",
    { path: "/", records: { ...storeWith(), "policy.AAAAAAAAAA.0.0": "  \n,**,*" } },
    "deny store",
    2,
  ],
  ["a store that fails", { path: "/", records: OPEN.records, fault: "error" }, "deny store", 2],
  [
    "a key that is missing is still one",
    { path: "/area-0", records: without("key.k1"), session: token() },
    "login key",
    3,
  ],
];

function without(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(OPEN.records).filter(([key]) => key !== name));
}

const run = (engine: typeof runInSandbox, { source, records }: typeof OPEN, request: GateRequest) =>
  engine(source, eventOf({ host: domain, ...request }), {
    records: request.records ?? records,
    ...(request.fault && { fault: request.fault }),
  });

describe.each([
  ["the sandbox", runInSandbox, undefined],
  ["njs", runInNjs, "njs"],
] as const)("in %s", (_, engine, tool) => {
  const tests = () => {
    test.each(CASES)("%s", async (_, request, log, reads) => {
      expect(await run(engine, OPEN, request)).toMatchObject({ log: [log], reads });
    });

    test.each<[string, GateRequest, string]>([
      ["the public", { path: "/" }, "deny closed"],
      ["somebody with another role", { path: "/", session: token({ roles: ["admin"] }) }, `deny closed ${ALICE.uid}`],
      [
        "somebody who gets in, to what is public",
        { path: "/", session: token({ roles: ["team-9"] }) },
        `allow session ${ALICE.uid}`,
      ],
      [
        "somebody who gets in, to what is not theirs",
        { path: "/area-x", session: token({ roles: ["team-9"] }) },
        `deny closed ${ALICE.uid}`,
      ],
    ])("a closed site: %s", async (_, request, log) => {
      expect(await run(engine, SHUT, request)).toMatchObject({ log: [log] });
    });
  };
  if (tool) describeWith(tool, "with its own engine", tests);
  else tests();
});

test("decides as the rules say, for requests of all hosts", async () => {
  const next = seeded(5);
  const decide = policyOf(rules);
  const seen = new Set<string>();
  for (let i = 0; i < 600; i++) {
    const rule = rules[next(rules.length)]!;
    const host = next(3) === 0 ? hosts[next(hosts.length)]! : (rule.host ?? hosts[next(hosts.length)]!);
    const path = rule.path.replace("/**", ["", "/", "/x", "/x/y"][next(4)]!) || "/";
    const method = (["GET", "POST"] as const)[next(2)]!;
    const roles = [["admin"], ["staff"], [`team-${next(70)}`], []][next(4)]!;
    const required = decide({ host, method, path });
    const isIn = required && (required.allow === "public" || mayPass(required.allow, roles, ALICE.idp));
    const expected =
      required?.allow === "public"
        ? "allow public"
        : isIn
          ? `allow session ${ALICE.uid}`
          : required
            ? `deny role ${ALICE.uid}`
            : "deny rule";
    const { log } = await run(runInSandbox, OPEN, { host, path, method, session: token({ roles }) });
    expect({ host, path, method, roles, log }).toEqual({ host, path, method, roles, log: [expected] });
    seen.add(expected);
  }
  expect(seen.size).toBe(3);
});

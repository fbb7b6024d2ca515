/** Commands on the config of a gateway for an existing distribution: they say what is not the gateway's. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ATTACHED } from "../support/small-config";
import { edgegate } from "../support/cli";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "edgegate-attached-"));
  const own = "(r) => r";
  writeFileSync(
    join(folder, "gateway.config.json"),
    JSON.stringify({ ...ATTACHED, viewerRequest: { before: own, after: own } }),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) =>
  edgegate([...args, "--config", "gateway.config.json"], { cwd: folder, env: { CDKTF_OUTDIR: join(folder, "out") } });

test.each<[command: string[], says: RegExp[]]>([
  [["check"], [/^ +distribution +yours$/m, /^ +web ACL +that of your distribution$/m]],
  [
    ["synth"],
    [
      /^ +then +put its outputs into your distribution: docs\/attach\.md$/m,
      /^ +viewerRequest\.before +what it answers itself is sent to everybody, without a decision$/m,
      /^ +viewerRequest\.after +the path that it returns is not decided again/m,
    ],
  ],
  [["cost"], [/^ +distribution +what yours costs already, its web ACL and its logs are not included$/m]],
  [
    ["permissions", "--out", "policies"],
    [
      /^ +distribution +whoever changes yours also needs lambda:GetFunction and lambda:EnableReplication\* on wiki-auth:\*$/m,
    ],
  ],
])("%s", async (command, says) => {
  const { code, stdout, stderr } = await run(...command);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const line of says) expect(stdout).toMatch(line);
});

test("the bill has no web ACL, and only the requests that the gateway adds", async () => {
  const { stdout } = await run("cost", "--users", "100", "--json");
  const { lines } = JSON.parse(stdout) as { lines: { service: string; meter: string; quantity: number }[] };
  expect(lines.filter(({ service }) => service === "WAF")).toEqual([]);
  const requests = lines.find(({ meter }) => meter === "edgeRequests")!.quantity;
  expect(requests).toBeGreaterThan(0);
  // 100 users make 600,000 requests a month to the site itself.
  expect(requests).toBeLessThan(100_000);
});

test("whoever deploys it may touch no distribution", async () => {
  await run("permissions", "--out", "policies");
  const policies = readdirSync(join(folder, "policies")).map((name) =>
    readFileSync(join(folder, "policies", name), "utf8"),
  );
  expect(policies.length).toBeGreaterThan(0);
  expect(policies.join("\n")).not.toMatch(/Distribution|wafv2|route53|EnableReplication/);
});

test("waf why", async () => {
  const { code, stderr } = await run("waf", "why");
  expect(code).toBe(2);
  expect(stderr).toBe(
    "edgegate: the web ACL is not the gateway's, but that of your distribution\nlook into the logs of that web ACL\n",
  );
});

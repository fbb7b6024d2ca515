/** What `edgegate teardown --plan` says about configs. That destroy then does it: the apply tier. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TeardownStep } from "../../cli/teardown/steps";
import { edgegate } from "../support/cli";

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "edgegate-teardown-test-"))));
afterAll(() => rmSync(folder, { recursive: true }));

async function steps(config: string): Promise<TeardownStep[]> {
  const { code, stdout, stderr } = await edgegate(["teardown", "--plan", "--json", "--config", config]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return (JSON.parse(stdout) as { steps: TeardownStep[] }).steps;
}

const told = (all: readonly TeardownStep[], fate: string) =>
  all.flatMap(({ items }) => items).flatMap((item) => (item.fate === fate ? [`${item.kind} ${item.name}`] : []));

function configWith(changes: string): string {
  const file = join(folder, `${readdirSync(folder).length}.ts`);
  writeFileSync(
    file,
    `import example from ${JSON.stringify(join(__dirname, "../../config/example"))};
export default { ...example, ${changes} };`,
  );
  return file;
}

test("a protected gateway: what is moved, kept, unprotected, waited for and left, in this order", async () => {
  const all = await steps("config/example.ts");
  expect(all.map(({ title }) => title.replace(/:.*/, ""))).toEqual([
    "Move the site away",
    "Keep what you need",
    "Take the protection off",
    "Destroy it",
    "Remove what Terraform does not know",
  ]);
  expect(told(all, "move")).toEqual(["host handbook.example.com"]);
  expect(told(all, "keep")).toEqual([
    "bucket handbook-*",
    "table handbook-revocations",
    "table handbook-sessions",
    "log group /aws/vendedlogs/cloudfront/handbook",
  ]);
  expect(told(all, "unprotect")).toEqual([
    "resource aws_cloudfront_key_value_store.session_store",
    "resource aws_dynamodb_table.ledger_revocations",
    "resource aws_dynamodb_table.ledger_sessions",
    "resource aws_secretsmanager_secret.secret_session_keys",
  ]);
  expect(told(all, "empty")).toEqual([
    "bucket handbook-*",
    "secret edgegate/handbook/idp/main",
    "secret edgegate/handbook/origin",
    "secret edgegate/handbook/session-keys",
  ]);
  expect(told(all, "wait")).toEqual([
    "distribution aws_cloudfront_distribution.gateway",
    "Lambda@Edge function handbook-auth",
    "Lambda@Edge function handbook-site",
  ]);
  expect(told(all, "remains")).toEqual([
    "log group /aws/lambda/us-east-1.handbook-auth",
    "log group /aws/lambda/us-east-1.handbook-site",
    "client main",
    "state terraform.handbook.tfstate",
  ]);
  expect(all.flatMap(({ commands }) => commands)).toEqual([
    "npx edgegate sessions",
    "EDGEGATE_CONFIG=config/example.ts npx cdktf-cli@0.21.0 deploy handbook",
    "EDGEGATE_CONFIG=config/example.ts npx cdktf-cli@0.21.0 destroy handbook",
  ]);
});

test("a throw-away stage: nothing to unprotect, and its files are lost", async () => {
  const all = await steps(configWith("deletionProtection: false"));
  expect([told(all, "unprotect"), told(all, "empty")]).toEqual([[], []]);
  expect(JSON.stringify(all)).toContain("the config protects nothing");
  expect(all.flatMap(({ commands }) => commands).join()).not.toContain(" deploy ");
});

test("what is the owner's stays, and what is elsewhere has to go there", async () => {
  const all = await steps(
    configWith(`
    origin: { type: "s3", existingBucket: { name: "site-files", region: "eu-central-1" } }, behaviors: [],
    policy: [{ path: "/**", allow: "signed-in" }],
    accessLogBucketArn: "arn:aws:s3:::all-logs",
    state: { bucket: "states", region: "us-east-1" },
    eventTransmitters: { corp: { issuer: "https://signals.example.com", audience: "https://handbook.example.com", jwksUri: "https://signals.example.com/keys", identityProvider: "main" } },
    manageDns: false, certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/0a1b"`),
  );
  expect(told(all, "remains")).toEqual(
    expect.arrayContaining([
      "bucket arn:aws:s3:::all-logs",
      "bucket site-files",
      "stream corp",
      "state s3://states/edgegate/handbook.tfstate",
    ]),
  );
  expect(JSON.stringify(all)).toContain("point its DNS record at the next server first");
});

test("stacks of identity providers come last, by their own names", async () => {
  const all = await steps("examples/identity-providers.ts");
  const [gateway, ...others] = all.find(({ title }) => title === "Destroy it")!.commands;
  expect(gateway).toMatch(/ destroy [\w-]+$/);
  expect(others.length).toBe(told(all, "wait").filter((line) => line.startsWith("stack ")).length);
  expect(others.length).toBeGreaterThan(0);
});

test("it never destroys, and says so", async () => {
  const { code, stdout, stderr } = await edgegate(["teardown"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("write edgegate teardown --plan");
});

/** `edgegate adopt`, with what AWS says of distributions. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { edgegate, type Run } from "../support/cli";

const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const REWRITE = "arn:aws:cloudfront::111122223333:function/rewrite";
const HEADERS = "arn:aws:cloudfront::111122223333:function/headers";
const LAMBDA = "arn:aws:lambda:us-east-1:111122223333:function:old:3";

const list = (items: readonly unknown[]) => ({ Quantity: items.length, ...(items.length > 0 && { Items: items }) });
const onViewer = (event: string, FunctionARN: string) => list([{ EventType: `viewer-${event}`, FunctionARN }]);
const lambdaOn = (event: string) =>
  list([{ EventType: `viewer-${event}`, LambdaFunctionARN: LAMBDA, IncludeBody: false }]);

const behavior = (more: object = {}) => ({
  TargetOriginId: "app",
  ViewerProtocolPolicy: "redirect-to-https",
  TrustedSigners: { Enabled: false, Quantity: 0 },
  TrustedKeyGroups: { Enabled: false, Quantity: 0 },
  CachePolicyId: CACHING_DISABLED,
  LambdaFunctionAssociations: list([]),
  FunctionAssociations: list([]),
  ...more,
});

const config = (more: object = {}) => ({
  CallerReference: "terraform-2024",
  Aliases: list(["wiki.example.com", "docs.example.com"]),
  Origins: list([{ Id: "app", DomainName: "app-origin.example.com", CustomOriginConfig: { HTTPPort: 80 } }]),
  OriginGroups: list([]),
  CacheBehaviors: list([behavior({ PathPattern: "/api/*" }), behavior({ PathPattern: "*.png" })]),
  DefaultCacheBehavior: behavior(),
  WebACLId: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/wiki/0a",
  Staging: false,
  ...more,
});
const distribution = (more: object = {}) => ({
  ETag: "E1",
  Distribution: { Id: "E2QWRUHAPOMQZL", DomainName: "d111111abcdef8.cloudfront.net", DistributionConfig: config(more) },
});

interface Adopted {
  config: Record<string, unknown>;
  changes: { path: string; text: string }[];
  patch: { op: string; path: string; value: unknown }[];
  risks: { id: string; level: string; places: string[] }[];
  import: string | null;
}

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "edgegate-adopt-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function run(content: unknown, ...options: string[]): Promise<Run> {
  writeFileSync(join(folder, "d.json"), typeof content === "string" ? content : JSON.stringify(content));
  return edgegate(["adopt", "d.json", ...options], { cwd: folder });
}

async function adopt(content: unknown): Promise<Adopted> {
  return JSON.parse((await run(content, "--json")).stdout) as Adopted;
}

test("prints a config that is valid, with a rule for each path that a rule can have", async () => {
  const { config: printed } = await adopt(distribution());
  expect(printed).toEqual({
    name: "wiki",
    domain: "wiki.example.com",
    alternateDomains: ["docs.example.com"],
    distribution: { id: "E2QWRUHAPOMQZL" },
    identityProviders: { main: { issuer: "https://login.example.com", clientId: "your-client-id" } },
    policy: [
      { path: "/api/**", allow: "signed-in" },
      { path: "/**", allow: "signed-in" },
    ],
  });
  expect(() => parseConfig(printed)).not.toThrow();
});

test("the config as text is the same", async () => {
  const { code, stdout, stderr } = await run(distribution());
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const text = /export default defineConfig\((\{[^]*?\n\})\);/.exec(stdout)![1]!;
  const written = new Function(`return ${text}`)() as object;
  expect(written).toEqual((await adopt(distribution())).config);
});

test("says what changes: every behavior gets the gate, after the new one", async () => {
  const { changes } = await adopt(distribution());
  expect(changes.map(({ path, text }) => [path, text])).toEqual([
    ["/_gate/*", 'new, as the first: auth_behavior with target_origin_id "app"'],
    ["/api/*", "add function_association"],
    ["*.png", "add function_association"],
    ["(default)", "add function_association"],
  ]);
});

test("the patch gives every behavior the gate, and keeps functions on other events", async () => {
  const response = { EventType: "viewer-response", FunctionARN: HEADERS };
  const { patch } = await adopt(
    distribution({
      DefaultCacheBehavior: behavior({
        FunctionAssociations: list([{ EventType: "viewer-request", FunctionARN: REWRITE }, response]),
      }),
    }),
  );
  const gate = { EventType: "viewer-request", FunctionARN: "${function_association.function_arn}" };
  expect(patch.slice(0, 3)).toEqual([
    { op: "add", path: "/CacheBehaviors/Items/0/FunctionAssociations", value: { Quantity: 1, Items: [gate] } },
    { op: "add", path: "/CacheBehaviors/Items/1/FunctionAssociations", value: { Quantity: 1, Items: [gate] } },
    { op: "add", path: "/DefaultCacheBehavior/FunctionAssociations", value: { Quantity: 2, Items: [response, gate] } },
  ]);
  expect(patch[3]).toMatchObject({ op: "add", path: "/CacheBehaviors/Items/0", value: { PathPattern: "/_gate/*" } });
  expect(patch[4]).toEqual({ op: "replace", path: "/CacheBehaviors/Quantity", value: 3 });
});

test("a function that is displaced becomes after, and is fetched", async () => {
  const content = distribution({
    DefaultCacheBehavior: behavior({ FunctionAssociations: onViewer("request", REWRITE) }),
  });
  expect((await adopt(content)).config["viewerRequest"]).toEqual({ after: { file: "rewrite.js" } });
  const { stdout } = await run(content);
  expect(stdout).toContain("aws cloudfront get-function --name rewrite --stage LIVE rewrite.js");
  expect(stdout).toMatch(
    /\(default\) +function_association in the place of rewrite, which becomes viewerRequest\.after/,
  );
});

test("prints an import block if the file has the ID", async () => {
  expect((await adopt(distribution())).import).toBe(
    'import {\n  to = aws_cloudfront_distribution.site\n  id = "E2QWRUHAPOMQZL"\n}\n',
  );
});

test.each([
  ["get-distribution-config", { ETag: "E1", DistributionConfig: config() }],
  ["the config alone", config()],
])("reads %s, which has no ID", async (_, content) => {
  expect(await adopt(content)).toMatchObject({
    config: { domain: "wiki.example.com", distribution: "existing" },
    import: null,
  });
});

test("a distribution without aliases is opened by its own name", async () => {
  expect((await adopt(distribution({ Aliases: list([]) }))).config).toMatchObject({
    domain: "d111111abcdef8.cloudfront.net",
  });
});

const RISKS: [id: string, level: string, places: string[], more: object][] = [
  [
    "viewer-request-lambda",
    "problem",
    ["*"],
    { DefaultCacheBehavior: behavior({ LambdaFunctionAssociations: lambdaOn("request") }) },
  ],
  [
    "viewer-response-lambda",
    "problem",
    ["*"],
    { DefaultCacheBehavior: behavior({ LambdaFunctionAssociations: lambdaOn("response") }) },
  ],
  ["plain-http", "problem", ["*"], { DefaultCacheBehavior: behavior({ ViewerProtocolPolicy: "allow-all" }) }],
  ["wildcard-host", "problem", ["*.example.com"], { Aliases: list(["wiki.example.com", "*.example.com"]) }],
  ["staging", "problem", ["distribution"], { Staging: true }],
  [
    "several-functions",
    "problem",
    ["headers", "rewrite"],
    {
      CacheBehaviors: list([behavior({ PathPattern: "/a/*", FunctionAssociations: onViewer("request", HEADERS) })]),
      DefaultCacheBehavior: behavior({ FunctionAssociations: onViewer("request", REWRITE) }),
    },
  ],
  [
    "viewer-response-function",
    "note",
    ["*"],
    { DefaultCacheBehavior: behavior({ FunctionAssociations: onViewer("response", HEADERS) }) },
  ],
  [
    "forwarded-values",
    "note",
    ["*"],
    { DefaultCacheBehavior: behavior({ CachePolicyId: undefined, ForwardedValues: {} }) },
  ],
  [
    "cached",
    "note",
    ["/a/*"],
    { CacheBehaviors: list([behavior({ PathPattern: "/a/*", CachePolicyId: CACHING_OPTIMIZED })]) },
  ],
  [
    "signed-urls",
    "note",
    ["*"],
    { DefaultCacheBehavior: behavior({ TrustedSigners: { Enabled: true, Quantity: 1 } }) },
  ],
  [
    "signed-urls",
    "note",
    ["*"],
    { DefaultCacheBehavior: behavior({ TrustedKeyGroups: { Enabled: true, Quantity: 1 } }) },
  ],
  ["no-web-acl", "note", ["distribution"], { WebACLId: "" }],
];

const OPEN = { id: "open-origin", level: "note", places: ["app-origin.example.com"] };
const shown = ({ risks }: Adopted) => risks.map(({ id, level, places }) => ({ id, level, places }));

test("of a distribution that is as it should be, only the server is to be looked at", async () => {
  expect(shown(await adopt(distribution()))).toEqual([OPEN]);
});

test.each(RISKS)("finds %s (%s), and nothing else", async (id, level, places, more) => {
  const found = shown(await adopt(distribution(more)));
  expect(found.filter((risk) => risk.id !== OPEN.id)).toEqual([{ id, level, places }]);
  expect((await run(distribution(more))).code).toBe(level === "problem" ? 6 : 0);
});

const NONSENSE: [what: string, content: unknown, message: RegExp][] = [
  ["a text", "wiki", /^edgegate: d\.json is no JSON: /],
  [
    "another document",
    { Buckets: [] },
    /^edgegate: d\.json does not describe a distribution: Origins is not as AWS writes it/,
  ],
  ["a list", [1], /^edgegate: d\.json does not describe a distribution/],
  [
    "a plan of Terraform",
    { format_version: "1.2", planned_values: {} },
    /^edgegate: d\.json does not describe a distribution/,
  ],
  ["a config without a host", config({ Aliases: list([]) }), /^edgegate: d\.json names no host that people open/],
];
test.each(NONSENSE)("refuses %s", async (_, content, message) => {
  const { code, stdout, stderr } = await run(content);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr).toContain("aws cloudfront get-distribution");
});

test("refuses a file that is not there", async () => {
  const { code, stderr } = await edgegate(["adopt", "no-such.json"], { cwd: folder });
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("no-such.json cannot be read") as unknown,
  });
});

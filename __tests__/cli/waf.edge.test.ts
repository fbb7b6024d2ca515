/** `edgegate waf why`, with records as WAF writes them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMALL } from "../support/small-config";
import { AWS_LABELS } from "../support/aws-managed-rules";
import { edgegate, type Run } from "../support/cli";
import { startLogsEmulator, type LoggedEvent, type LogsEmulator } from "../support/cloudwatch-logs";

const COMMON = "AWSManagedRulesCommonRuleSet";
const HOUR = 3_600_000;

const CONFIG = {
  ...SMALL,
  waf: {
    geo: { allow: ["DE"] },
    block: ["198.51.100.0/24"],
    exempt: [{ path: "/wiki/**", rules: ["CrossSiteScripting_QUERYARGUMENTS"] }],
    rateLimits: { gateway: { limit: 300 } },
  },
};

let folder: string;
let logs: LogsEmulator;
let records: LoggedEvent[];
let count = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "edgegate-waf-"));
  writeFileSync(join(folder, "gateway.config.json"), JSON.stringify(CONFIG));
  writeFileSync(join(folder, "without.json"), JSON.stringify({ ...CONFIG, waf: false }));
  logs = await startLogsEmulator();
  records = logs.group("aws-waf-logs-wiki");
});
afterAll(async () => {
  await logs.close();
  rmSync(folder, { recursive: true });
});

function run(args: string[], config = "gateway.config.json"): Promise<Run> {
  return edgegate(["waf", "why", ...args, "--config", config], {
    cwd: folder,
    env: { AWS_ENDPOINT_URL: logs.endpoint, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
  });
}

/** CloudFront's IDs are 56 characters, and may begin with a hyphen. */
const newId = () => `${count++ % 2 === 0 ? "-" : "X"}${String(count).padStart(53, "Ab1_")}==`;

interface Written {
  terminatingRuleId?: string;
  action?: string;
  ruleGroupList?: object[];
  nonTerminatingMatchingRules?: object[];
  labels?: string[];
  uri?: string;
  method?: string;
  country?: string;
  /** Milliseconds. */
  age?: number;
}

/** Writes a record into the log. @returns the ID of the request */
function log(written: Written): string {
  const { terminatingRuleId = "Default_Action", action = "BLOCK", labels = [], age = 60_000, ...rest } = written;
  const requestId = newId();
  const record = {
    timestamp: Date.now() - age,
    formatVersion: 1,
    webaclId: "arn:aws:wafv2:us-east-1:111122223333:global/webacl/wiki-gateway/0a1b2c3d-0000-1111-2222-333344445555",
    terminatingRuleId,
    terminatingRuleType: "REGULAR",
    action,
    terminatingRuleMatchDetails: [{ conditionType: "XSS", location: "BODY", matchedData: ["<", "s3cret"] }],
    httpSourceName: "CF",
    httpSourceId: "E1EXAMPLE",
    ruleGroupList: rest.ruleGroupList ?? [],
    rateBasedRuleList: [],
    nonTerminatingMatchingRules: rest.nonTerminatingMatchingRules ?? [],
    requestHeadersInserted: null,
    responseCodeSent: 403,
    httpRequest: {
      clientIp: "203.0.113.9",
      country: rest.country ?? "DE",
      headers: [
        { name: "Host", value: "wiki.example.com" },
        { name: "cookie", value: "REDACTED" },
        { name: "x-secret", value: "s3cret" },
      ],
      uri: rest.uri ?? "/wiki/page",
      args: "REDACTED",
      httpVersion: "HTTP/2.0",
      httpMethod: rest.method ?? "GET",
      requestId,
    },
    ...(labels.length > 0 ? { labels: labels.map((name) => ({ name })) } : {}),
  };
  records.push({ timestamp: record.timestamp, message: JSON.stringify(record) });
  return requestId;
}

const groupThatBlocked = (ruleId: string, counted: string[] = []) => ({
  ruleGroupId: `AWS#${COMMON}`,
  terminatingRule: { ruleId, action: "BLOCK", ruleMatchDetails: null },
  nonTerminatingMatchingRules: counted.map((each) => ({ ruleId: each, action: "COUNT", overriddenAction: "BLOCK" })),
  excludedRules: null,
});
const groupThatCounted = (counted: string[]) => ({ ...groupThatBlocked("", counted), terminatingRule: null });

const CASES: [what: string, written: Written, told: string[]][] = [
  [
    "a managed rule that blocks everywhere",
    {
      terminatingRuleId: "common",
      ruleGroupList: [groupThatBlocked("RestrictedExtensions_URIPATH", ["SizeRestrictions_BODY"])],
      labels: [AWS_LABELS[COMMON]!["RestrictedExtensions_URIPATH"]!, AWS_LABELS[COMMON]!["SizeRestrictions_BODY"]!],
      uri: "/wiki/server.log",
      method: "PUT",
    },
    [
      "Blocked at ",
      "PUT /wiki/server.log",
      "203.0.113.9, DE",
      "RestrictedExtensions_URIPATH\n",
      "common (AWSManagedRulesCommonRuleSet)",
      "awswaf:managed:aws:core-rule-set:RestrictedExtensions_URIPath",
      'waf: { exempt: [{ path: "/wiki/server.log", rules: ["RestrictedExtensions_URIPATH"] }] }',
    ],
  ],
  [
    "rules that are exempt elsewhere, and only those that block at this path",
    {
      terminatingRuleId: "exempted",
      ruleGroupList: [
        groupThatCounted(["NoUserAgent_HEADER", "SizeRestrictions_BODY", "CrossSiteScripting_QUERYARGUMENTS"]),
      ],
      labels: ["NoUserAgent_HEADER", "SizeRestrictions_BODY", "CrossSiteScripting_QUERYARGUMENTS"].map(
        (rule) => AWS_LABELS[COMMON]![rule]!,
      ),
      uri: "/wiki/%C3%A4/x/",
    },
    ['waf: { exempt: [{ path: "/wiki/*/x", rules: ["NoUserAgent_HEADER"] }] }'],
  ],
  [
    "a rule that AWS added since",
    { terminatingRuleId: "common", ruleGroupList: [groupThatBlocked("Tomorrow_BODY")] },
    ["Tomorrow_BODY", 'waf: { allow: ["203.0.113.9/32"] }'],
  ],
  [
    "a limit",
    { terminatingRuleId: "rate-gateway", uri: "/_gate/login" },
    ["waf: { rateLimits: { gateway: { limit: 600 } } }"],
  ],
  ["a country", { terminatingRuleId: "countries", country: "AT" }, ['waf: { geo: { allow: ["DE","AT"] } }']],
  ["an address", { terminatingRuleId: "blocked-addresses" }, ["without the range that has 203.0.113.9"]],
  [
    "a rule that only counted",
    {
      action: "ALLOW",
      ruleGroupList: [groupThatCounted(["SizeRestrictions_BODY"])],
      labels: [AWS_LABELS[COMMON]!["SizeRestrictions_BODY"]!],
    },
    ["Counted, and not blocked", "SizeRestrictions_BODY", "If it must never be blocked"],
  ],
];

test.each(CASES)("explains %s", async (_, written, told) => {
  log({ terminatingRuleId: "rate-site" });
  const id = log(written);
  log({ terminatingRuleId: "rate-site" });
  const { code, stdout, stderr } = await run([id]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const text of told) expect(stdout).toContain(text);
  expect(stdout).not.toContain("s3cret");
});

test.each([
  ["/files/a b/c", "/files/*/c"],
  // Whoever sends this must not lead anybody to exempt the whole site.
  ["/<script>", "/*"],
  ["/**", "/*"],
  ["/", "/"],
])("for %s it says to write what the config accepts, and what exempts no other folder", async (uri, path) => {
  const id = log({ terminatingRuleId: "common", ruleGroupList: [groupThatBlocked("GenericLFI_URIPATH")], uri });
  const { stdout } = await run([id, "--json"]);
  const { config } = JSON.parse(stdout) as { config: string };
  expect(config).toBe(`waf: { exempt: [{ path: "${path}", rules: ["GenericLFI_URIPATH"] }] }`);
  writeFileSync(join(folder, "next.ts"), `export default { ...${JSON.stringify(SMALL)}, ${config} };\n`);
  await expect(edgegate(["check", "--config", "next.ts"], { cwd: folder })).resolves.toMatchObject({ code: 0 });
});

test("without an ID the latest requests are listed, newest first", async () => {
  records.length = 0;
  log({ terminatingRuleId: "rate-site", age: 2 * HOUR });
  log({ terminatingRuleId: "common", ruleGroupList: [groupThatBlocked("GenericLFI_URIPATH")], age: 120_000 });
  log({ terminatingRuleId: "countries", uri: "/\u001b[31m" });
  const { code, stdout } = await run([]);
  expect(code).toBe(0);
  const [, ...rows] = stdout.trimEnd().split("\n");
  expect(rows.map((row) => row.split(/ {2,}/).slice(1, 5))).toEqual([
    ["blocked", "countries", "GET", "/\ufffd[31m"],
    ["blocked", "GenericLFI_URIPATH", "GET", "/wiki/page"],
  ]);
  const { stdout: more } = await run(["--since", "1d", "--json"]);
  expect((JSON.parse(more) as { requests: object[] }).requests).toHaveLength(3);
});

test.each<[what: string, args: string[], config: string | undefined, code: number, told: string]>([
  ["a request that the web ACL let pass", [`A${"b".repeat(53)}==`], undefined, 4, "neither blocked nor counted"],
  ["an ID that is none", ['x"} || {$.a = "'], undefined, 2, "write the request ID on the page"],
  ["a time that is none", ["--since", "yesterday"], undefined, 2, 'write a time such as "90m"'],
  ["a config without web ACL", [], "without.json", 2, "the config has no web ACL"],
])("%s ends with what to do", async (_, args, config, code, told) => {
  const ended = await run(args, config);
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: "" });
  expect(ended.stderr).toContain(told);
});

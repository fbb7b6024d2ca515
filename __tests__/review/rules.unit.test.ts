/** What rules say about changes that no plan of a test can have, and what they must not say. */
import { matchesPattern, patternsMeet } from "../../cloudfront/path-pattern";
import { costDifference } from "../../review/costs";
import { checkPlan } from "../../review/holes/holes";
import type { PolicyRule } from "../../policy/rule";
import { readPlan } from "../../review/plan/read-plan";
import { reviewOf } from "../../review/review";
import { plain } from "../../review/sentence";
import { change, gateChange, planJson, type PlannedChange } from "./plans";

const SETTINGS = {
  version: 1,
  basePath: "/_gate",
  session: { absolute: 28_800, idle: 3_600, token: 900 },
  identityProviders: { main: { issuer: "https://login.example.com", clientId: "wiki" } },
  aws: { sessionKeysSecret: "edgegate/wiki/session-keys", sessionsTable: "wiki-sessions", revocationsTable: "r" },
};
const parameter = (settings: object) => ({ insecure_value: JSON.stringify(settings) });
const settingsChange = (after: object) =>
  change("aws_ssm_parameter.settings", parameter(SETTINGS), parameter({ ...SETTINGS, ...after }));
const OFFICE = { roles: ["admin"], networks: ["192.0.2.0/24"], acr: ["mfa"] };
const STRICT: PolicyRule = { path: "/admin/**", allow: OFFICE };
const OPEN = [{ path: "/**", allow: "signed-in" }] as const;

const CI = { issuer: "https://ci.example.com", audience: ["https://api.example.com"] };
const tokensChange = (before: object | undefined, after: object | undefined) =>
  change(
    "aws_ssm_parameter.settings",
    parameter({ ...SETTINGS, accessTokens: before }),
    parameter({ ...SETTINGS, accessTokens: after }),
  );
const bearerChange = (before: object | undefined, after: object) => {
  const of = (behavior: object) => parameter({ version: 1, issuers: {}, behaviors: [["/api/*", behavior]] });
  return change("aws_ssm_parameter.bearer", before ? of(before) : null, of(after));
};
const cors = (origins: string[], credentials = false) => ({ cors: { origins, credentials } });

test.each<[string, PlannedChange[], string[]]>([
  [
    "sessions that are bound to a device no more",
    [
      change(
        "aws_ssm_parameter.settings",
        parameter({ ...SETTINGS, session: { ...SETTINGS.session, deviceBound: true } }),
        parameter(SETTINGS),
      ),
    ],
    ["session-lifetime medium"],
  ],
  [
    "sessions that are bound to a device",
    [settingsChange({ session: { ...SETTINGS.session, deviceBound: true } })],
    [],
  ],
  ["a first issuer of access tokens", [tokensChange(undefined, { ci: CI })], ["accepts-tokens high"]],
  [
    "an issuer of access tokens by the name of a member",
    [tokensChange({}, { constructor: CI })],
    ["accepts-tokens high"],
  ],
  ["an issuer of access tokens less", [tokensChange({ ci: CI }, {})], ["accepts-tokens low"]],
  ...(["audience", "issuer", "require", "roles", "jwksUri", "algorithms", "type", "tenants"] as const).map(
    (name): [string, PlannedChange[], string[]] => [
      `access tokens with another ${name}`,
      [tokensChange({ ci: { ...CI, [name]: ["a"] } }, { ci: { ...CI, [name]: ["b"] } })],
      ["accepts-tokens high"],
    ],
  ),
  [
    "access tokens without their condition",
    [tokensChange({ ci: { ...CI, require: { repository: ["a/b"] } } }, { ci: CI })],
    ["accepts-tokens high"],
  ],
  ["the same issuers", [tokensChange({ ci: CI }, { ci: { ...CI } }), settingsChange({ theme: {} })], []],
  ["scripts of a site", [bearerChange({}, cors(["https://a.example.com"]))], ["accepts-tokens medium"]],
  ["scripts of all sites", [bearerChange({}, cors(["*"]))], ["accepts-tokens high"]],
  [
    "scripts with cookies",
    [bearerChange(cors(["https://a.example.com"]), cors(["https://a.example.com"], true))],
    ["accepts-tokens high"],
  ],
  ["scripts of fewer sites", [bearerChange(cors(["https://a.example.com", "https://b.example.com"]), cors([]))], []],
  ["an origin that gets tokens", [bearerChange({}, { forwardToken: true })], ["accepts-tokens medium"]],
  [
    "scripts of a site, at the first API of a gateway",
    [settingsChange({ theme: {} }), bearerChange(undefined, cors(["https://a.example.com"]))],
    ["accepts-tokens medium"],
  ],
  ["an API of a new gateway", [bearerChange(undefined, cors(["https://a.example.com"]))], []],
  [
    "another secret of keys",
    [settingsChange({ aws: { ...SETTINGS.aws, sessionKeysSecret: "x" } })],
    ["signs-everybody-out high"],
  ],
  ["another base path", [settingsChange({ basePath: "/_door" })], ["signs-everybody-out high"]],
  [
    "a session that is shorter",
    [settingsChange({ session: { ...SETTINGS.session, idle: 60 } })],
    ["session-lifetime low"],
  ],
  ["a provider that is gone", [settingsChange({ identityProviders: {} })], ["changes-identity-provider medium"]],
  [
    "a rule without its conditions",
    [gateChange([STRICT, ...OPEN], [{ ...STRICT, allow: { roles: ["admin"] } }, ...OPEN])],
    ["asks-for-less medium", "opens-a-path medium"],
  ],
  [
    "a wider network",
    [gateChange([STRICT, ...OPEN], [{ ...STRICT, allow: { ...OFFICE, networks: ["192.0.2.0/23"] } }, ...OPEN])],
    ["opens-a-path medium"],
  ],
  [
    "a rule that denied",
    [gateChange([STRICT, { path: "/old/**", allow: "nobody" }, ...OPEN], [STRICT, ...OPEN])],
    ["asks-for-less high", "opens-a-path medium"],
  ],
  ["a condition more", [gateChange([{ ...STRICT, allow: { roles: ["admin"] } }, ...OPEN], [STRICT, ...OPEN])], []],
  [
    "code after the policy",
    [withCode((code) => `${code}policy=function(){return"*"}\n`)],
    ["changes-program high", "opens-a-path high", "undecided-requests high"],
  ],
  [
    "code in the place of a site",
    [withCode((code) => code.replace("var F;", 'function F(p){return this["pol"+"icy"]=p}'))],
    ["changes-program high", "opens-a-path high", "undecided-requests high"],
  ],
  [
    "code beside the settings",
    [withCode((code) => code.replace("};\nfunction policy", "};S.hosts=[];\nfunction policy"))],
    ["changes-program high", "opens-a-path high", "undecided-requests high"],
  ],
  [
    "a policy that edgegate did not write",
    [withCode((code) => code.replace('return"+"', 'return "*"'))],
    ["opens-a-path high", "undecided-requests high"],
  ],
  [
    "tags and descriptions",
    [change("aws_sqs_queue.q", { tags: { a: "1" } }, { tags: { a: "2" }, description: "x" })],
    [],
  ],
  [
    "empty in another way",
    [change("aws_iam_role.r", { managed_policy_arns: null, tags: {} }, { managed_policy_arns: [], tags: null })],
    [],
  ],
  [
    "a new role without bounds",
    [change("aws_iam_role_policy.p", null, { policy: '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}' })],
    ["widens-iam high"],
  ],
  [
    "a new role with bounds",
    [
      change("aws_iam_role_policy.p", null, {
        policy: '{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"a"}}',
      }),
    ],
    [],
  ],
  ["a layer", [change("aws_lambda_function.f", { layers: [] }, { layers: ["arn"] })], ["changes-program high"]],
  [
    "an address of its own",
    [change("aws_lambda_function_url.u", null, { authorization_type: "NONE" })],
    ["exposes-data high"],
  ],
])("of %s", (_, changes, flags) => {
  const found = reviewOf(readPlan(planJson(changes))).flags.map(({ rule, severity }) => `${rule} ${severity}`);
  expect([...new Set(found)].sort()).toEqual([...flags].sort());
});

test("a function that only the apply will know is no gate, in a plan that makes one", () => {
  const association = { event_type: "viewer-request" };
  const distribution = change("aws_cloudfront_distribution.d", null, {
    default_cache_behavior: [{ viewer_protocol_policy: "https-only", function_association: [association] }],
  });
  const planned = (changes: PlannedChange[]) => checkPlan(readPlan(planJson(changes))).holes.map(({ rule }) => rule);
  expect(planned([distribution, gateChange(OPEN, OPEN)])).toEqual(["one-decision", "lost-endpoints"]);
  expect(planned([distribution])).toEqual([]);
});

test("a plan with -target is not complete", () => {
  const { flags } = reviewOf(readPlan(planJson([], { complete: false })));
  expect(flags).toMatchObject([{ rule: "incomplete-plan", severity: "medium" }]);
});

test("the values of environment variables are never named", () => {
  const values = (secret: string) => ({ function_name: "f", environment: [{ variables: { TOKEN: secret } }] });
  const [flag] = reviewOf(
    readPlan(planJson([change("aws_lambda_function.f", values("hunter1"), values("hunter2"))])),
  ).flags;
  expect(plain(flag!.message)).toBe('Environment variables of "f" change: "TOKEN".');
});

test("costs are those of what is there before and after", () => {
  const acl = (rules: number) => ({ rule: Array.from({ length: rules }, (_, i) => ({ name: `${i}` })) });
  const query = { id: "q", metric: [{}] };
  const plan = readPlan(
    planJson([
      change("aws_wafv2_web_acl.acl", acl(2), acl(5)),
      change("aws_secretsmanager_secret.s", { name: "s" }, null),
      change("aws_cloudwatch_metric_alarm.a", null, { metric_query: [query, query, { id: "sum", metric: [] }] }),
    ]),
  );
  expect(costDifference(plan)).toMatchObject([
    { meter: "webAclRules", before: 2, after: 5, dollars: 3 },
    { meter: "secrets", before: 1, after: 0, dollars: -0.4 },
    { meter: "alarms", before: 0, after: 2, dollars: 0.2 },
  ]);
});

test.each([
  ["/_gate/*", "/_*", true],
  ["/_gate/*", "*", true],
  ["/_gate/*", "/*/login", true],
  ["/_gate/*", "/_gat?/a", true],
  ["/_gate/*", "*.jpg", true],
  ["/_gate/*", "/assets/*", false],
  ["/_gate/*", "/_gate", false],
  ["/_gate/*", "_gate/a", true],
  ["/a?c", "/abc", true],
  ["/a?c", "/ac", false],
])("%s and %s share a path: %s", (one, other, expected) => {
  expect([patternsMeet(one, other), patternsMeet(other, one)]).toEqual([expected, expected]);
  if (!/[*?]/.test(other)) expect(matchesPattern(one, other.startsWith("/") ? other : `/${other}`)).toBe(expected);
});

function withCode(edit: (code: string) => string): PlannedChange {
  const planned = gateChange(OPEN, OPEN);
  const { code } = planned.change.after as { code: string };
  return { ...planned, change: { ...planned.change, after: { name: "wiki-gate", code: edit(code) } } };
}

/** What is deployed for assertions: which servers get them, and who makes and reads the keys. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import type { ConfigInput } from "../../config/schema";
import { synthesize } from "../../stacks/synthesize";
import { emptyArtifacts } from "../support/empty-artifacts";
import { ORIGINS } from "../support/origins";
import { EXISTING, SMALL } from "../support/small-config";

type Resource = Record<string, unknown>;
interface Stack {
  resource: Record<string, Record<string, Resource>>;
  output: Record<string, { value: unknown }>;
  locals: Record<string, unknown>;
}

const folder = mkdtempSync(join(tmpdir(), "edgegate-assertion-"));
afterAll(() => rmSync(folder, { recursive: true }));
const assertion = { audience: "https://orders.internal.example.com", rotationDays: 7 };
let count = 0;

function stackOf(more: Partial<ConfigInput>): Stack {
  const outdir = join(folder, String(++count));
  const { stackDir } = synthesize(parseConfig({ ...SMALL, ...more }), { outdir, artifacts: emptyArtifacts(folder) });
  return JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as Stack;
}

const server = (domainName: string, more: object = {}) =>
  ({ type: "custom", domainName, ...more }) as NonNullable<ConfigInput["origin"]>;

describe("a gateway with assertions", () => {
  const stack = stackOf({
    assertion,
    origin: server("a.example.net", { assertion: true, open: true }),
    behaviors: [
      { path: "/both/*", origin: server("b.example.net", { assertion: true, secretHeader: true, host: "viewer" }) },
      { path: "/secret/*", origin: server("c.example.net", { secretHeader: true }) },
      { path: "/secret-by-host/*", origin: server("d.example.net", { secretHeader: true, host: "viewer" }) },
      { path: "/neither/*", origin: server("e.example.net", { open: true }) },
      { path: "/neither-by-host/*", origin: server("f.example.net", { open: true, host: "viewer" }) },
      { path: "/vpc/*", origin: { ...ORIGINS.vpc, assertion: true } },
      { path: "/function/*", origin: { ...ORIGINS.function, assertion: true } },
      { path: "/api/*", origin: { ...ORIGINS["api gateway"], assertion: true } },
      { path: "/cached/*", origin: server("c.example.net", { secretHeader: true }), caching: "optimized" },
      { path: "/files/*", origin: { type: "s3" } },
    ],
  });

  test("gives them to the servers that ask for them, and to no other origin", () => {
    const { gateway } = stack.resource["aws_cloudfront_distribution"]!;
    const behaviors = [
      gateway!["default_cache_behavior"],
      ...(gateway!["ordered_cache_behavior"] as Resource[]),
    ] as Resource[];
    const policies = stack.resource["aws_cloudfront_origin_request_policy"]!;
    const received = (id: unknown): string => {
      const name = /cache_\w+/.exec(String(id))?.[0];
      if (name === undefined) return id === undefined ? "nothing" : "everything";
      const { header_behavior, headers } = policies[name]!["headers_config"] as {
        header_behavior: string;
        headers: { items: string[] };
      };
      return `${header_behavior} ${headers.items.join()}`;
    };
    const told = behaviors.map((each) => [each["path_pattern"] ?? "*", received(each["origin_request_policy_id"])]);
    const [secret, own] = ["x-gate-origin-secret", "x-gate-assertion"];
    expect(Object.fromEntries(told)).toEqual({
      "/_gate/*": "nothing",
      "*": `allExcept host,${secret}`,
      "/both/*": "everything",
      "/secret/*": `allExcept host,${own}`,
      "/secret-by-host/*": `allExcept ${own}`,
      "/neither/*": `allExcept host,${secret},${own}`,
      "/neither-by-host/*": `allExcept ${secret},${own}`,
      "/vpc/*": `allExcept host,${secret}`,
      "/function/*": `allExcept host,${secret}`,
      "/api/*": `allExcept host,${secret}`,
      "/cached/*": `whitelist ${secret}`,
      "/files/*": "nothing",
    });
  });

  test("says in the gate's settings whose they are and for whom", () => {
    const [settings] = Object.values(stack.locals).filter((each) => (each as Resource)["productName"] !== undefined);
    const start = (settings as { assertion: string }).assertion;
    expect(JSON.parse(`${start}alice"}`)).toEqual({
      iss: "https://wiki.example.com",
      aud: assertion.audience,
      sub: "alice",
    });
  });

  test("leaves the keys to the rotator, which makes them at once: none is in Terraform", () => {
    expect(stack.resource["aws_secretsmanager_secret"]!["secret_assertion"]).toMatchObject({
      name: "edgegate/wiki/assertion",
    });
    const versions = stack.resource["aws_secretsmanager_secret_version"] ?? {};
    expect(Object.keys(versions).filter((name) => name.includes("assertion"))).toEqual([]);
    expect(stack.resource["aws_secretsmanager_secret_rotation"]!["key_rotator_assertion_schedule"]).toMatchObject({
      rotate_immediately: true,
      rotation_rules: { automatically_after_days: 7 },
    });
    const { environment, reserved_concurrent_executions } = stack.resource["aws_lambda_function"]!["key_rotator"]!;
    expect(environment).toMatchObject({
      variables: { ASSERTION_KEYS_ARN: "${aws_secretsmanager_secret.secret_assertion.arn}" },
    });
    // Session keys, origin secret and assertion keys may rotate at the same time.
    expect(reserved_concurrent_executions).toBe(3);
    expect(stack.output["assertion_keys_name"]!.value).toBe("edgegate/wiki/assertion");
  });
});

describe("API behaviors with assertions", () => {
  const accessTokens = { jobs: { issuer: "https://jobs.example.net", audience: ["https://api.example.com"] } };
  const api = { ...server("b.example.net", { assertion: true, open: true }) };
  const plain = server("c.example.net", { open: true });
  const stack = stackOf({
    assertion,
    accessTokens,
    origin: api,
    behaviors: [
      { path: "/api/*", origin: api, api: true },
      { path: "/plain/*", origin: plain, api: true },
    ],
  });
  const settingsOf = ({ locals }: Stack) =>
    Object.values(locals).find((each) => (each as Resource)["issuers"] !== undefined) as Resource;
  const permissionsOf = ({ resource }: Stack) =>
    String(resource["aws_iam_role_policy"]!["bearer_permissions"]!["policy"]);

  test("let the handler sign for the origins that get them, like the gate, and read the keys", () => {
    const settings = settingsOf(stack);
    const [gate] = Object.values(stack.locals).filter((each) => (each as Resource)["productName"] !== undefined);
    expect(settings["assertion"]).toBe((gate as Resource)["assertion"]);
    expect(settings["behaviors"]).toEqual([
      ["/api/*", { assertion: true }],
      ["/plain/*", {}],
    ]);
    expect(settings["aws"]).toMatchObject({ assertionKeysSecret: "edgegate/wiki/assertion" });
    expect(permissionsOf(stack)).toContain('"Action":"secretsmanager:GetSecretValue"');
  });

  test("have no assertion in a cache key, where it would tell each request from every other", () => {
    const keys = Object.values(stack.resource["aws_cloudfront_cache_policy"]!);
    expect(keys.length).toBeGreaterThan(0);
    expect(JSON.stringify(keys)).not.toMatch(/assertion/i);
  });

  test("are not there if only other behaviors have them: the handler can read no secret then", () => {
    const without = stackOf({
      assertion,
      accessTokens,
      origin: api,
      behaviors: [{ path: "/plain/*", origin: plain, api: true }],
    });
    expect(JSON.stringify(settingsOf(without))).not.toMatch(/assertion/i);
    expect(permissionsOf(without)).not.toContain("secretsmanager");
  });
});

test("a gateway without assertions has nothing of them", () => {
  expect(JSON.stringify(stackOf({}))).not.toMatch(/assertion/i);
});

test("an existing distribution gets a policy for servers that verify them, and its other policies keep them away", () => {
  const stack = stackOf({ ...EXISTING, assertion });
  const policies = stack.output["policies"]!.value as Record<string, Record<string, string>>;
  expect(policies["server_with_assertion"]!["origin_request_policy_id"]).toBe("b689b0a8-53d0-40ab-baf2-68738e2966ac");
  for (const name of ["server", "server_by_host"])
    expect(policies[name]!["origin_request_policy_id"]).toMatch(/cache_viewer\w*_unasserted/);
  expect(policies["shared"]).not.toHaveProperty("origin_request_policy_id");
});

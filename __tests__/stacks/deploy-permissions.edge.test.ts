/** What a deploy needs, by the resources that are synthesized. What Terraform really calls: the apply tier. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, parseConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { deployPolicies, KNOWN_TYPES, planPolicies } from "../../stacks/deploy-permissions";
import { parseRepository } from "../../stacks/permissions/repository";
import { trustPolicies } from "../../stacks/permissions/trust";
import { synthesize } from "../../stacks/synthesize";
import { edgegate } from "../support/cli";
import { EVERYTHING } from "../support/configs";
import { largePolicy } from "../support/large-policy";
import { ORIGINS } from "../support/origins";
import { SMALL } from "../support/small-config";
import { notAllowed, statementsOf } from "../support/iam-policies";

const outdir = mkdtempSync(join(tmpdir(), "edgegate-deploy-permissions-"));
afterAll(() => rmSync(outdir, { recursive: true }));

const ESTATE = largePolicy(1000, 40);
const CONFIGS: Record<string, Config> = {
  example: loadConfig("config/example.ts"),
  everything: parseConfig(EVERYTHING),
  // Its policy is in the store.
  estate: parseConfig({
    ...SMALL,
    identityProviders: { main: { ...SMALL.identityProviders.main, clientAuthentication: "client_secret_basic" } },
    origin: ORIGINS.open,
    domain: ESTATE.hosts[0],
    alternateDomains: ESTATE.hosts.slice(1),
    policy: ESTATE.rules,
  }),
  issued: parseConfig({ ...EVERYTHING, certificateArn: undefined, accessLogBucketArn: undefined }),
};

function typesOf(name: string): string[] {
  const { stackDir } = synthesize(CONFIGS[name]!, { outdir: join(outdir, name) });
  const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as { resource: object };
  return Object.keys(resource);
}

const policiesOf = (name: string) => deployPolicies(CONFIGS[name]!, typesOf(name));

test("every type of resource that is synthesized is known, and no other", () => {
  const types = new Set(Object.keys(CONFIGS).flatMap(typesOf));
  types.delete("terraform_data");
  expect([...types].sort()).toEqual([...KNOWN_TYPES].sort());
});

test("a type that nobody thought of is an error", () => {
  expect(() => deployPolicies(CONFIGS["example"]!, ["aws_new_thing"])).toThrow("aws_new_thing");
});

describe.each(Object.keys(CONFIGS))("the policies of the %s config", (name) => {
  test("fit into managed policies, at most ten of which a role takes", () => {
    const policies = policiesOf(name);
    expect(policies.length).toBeLessThanOrEqual(10);
    for (const policy of policies) expect(policy.length).toBeLessThanOrEqual(6_144);
  });

  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
  test("allow what Lambda@Edge and access logs need besides the obvious", () => {
    const needed = [
      "lambda:EnableReplication*",
      "lambda:DisableReplication*",
      "iam:CreateServiceLinkedRole",
      "iam:PassRole",
    ];
    expect(notAllowed(policiesOf(name), [...needed, "cloudfront:AllowVendedLogDeliveryForResource"])).toEqual([]);
  });

  test("name the gateway's own resources: nobody reads the session keys, or gets another role", () => {
    const statements = statementsOf(policiesOf(name));
    const on = (action: string) =>
      statements.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
    const { name: gateway, accountId = "*", iam } = CONFIGS[name]!;
    expect(on("iam:PassRole")).toEqual([
      `arn:aws:iam::${accountId}:role${iam.rolePath}${iam.roleNamePrefix ?? ""}${gateway}-*`,
    ]);
    expect(on("secretsmanager:GetSecretValue")).toEqual([
      `arn:aws:secretsmanager:us-east-1:${accountId}:secret:edgegate/${gateway}/idp/*`,
    ]);
    const anywhere = statements.filter(({ Resource }) => Resource.includes("*")).flatMap(({ Action }) => Action);
    expect(anywhere.filter((action) => !/:(Describe|List)/.test(action)).sort()).toEqual([
      "lambda:CreateEventSourceMapping",
      // The log of the web ACL needs them, and AWS gives them no resource.
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DeleteQueryDefinition",
      // So it is with saved queries.
      "logs:PutQueryDefinition",
      "logs:PutResourcePolicy",
    ]);
  });
});

describe.each(Object.keys(CONFIGS))("the policies of whoever only plans the %s config", (name) => {
  let planning: ReturnType<typeof statementsOf>;
  let deploying: ReturnType<typeof statementsOf>;
  let actions: string[];
  beforeAll(() => {
    planning = statementsOf(planPolicies(CONFIGS[name]!, typesOf(name)));
    deploying = statementsOf(policiesOf(name));
    actions = planning.flatMap(({ Action }) => Action);
  });

  test("allow nothing that writes, assumes or reads a secret", () => {
    expect(actions.filter((action) => !/^[a-z0-9-]+:(Get|List|Describe)/.test(action))).toEqual([]);
    expect(actions).not.toContain("secretsmanager:GetSecretValue");
    expect(planning.map(({ Effect }) => Effect)).toEqual(planning.map(() => "Allow"));
  });

  test("are a part of what a deploy may do, on the same resources", () => {
    const on = (all: typeof planning, action: string) =>
      all.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
    for (const action of actions) expect(on(deploying, action)).toEqual(expect.arrayContaining(on(planning, action)));
  });

  test("read the state, and nothing else in its bucket", () => {
    const { state } = CONFIGS[name]!;
    const objects = planning
      .filter(({ Action }) => Action.includes("s3:GetObject"))
      .flatMap(({ Resource }) => Resource);
    expect(objects).toEqual(
      state ? [`arn:aws:s3:::${state.bucket}/${state.key ?? `edgegate/${CONFIGS[name]!.name}.tfstate`}`] : [],
    );
  });
});

test("edgegate permissions writes them", async () => {
  const out = join(outdir, "policies");
  const { code, stdout, stderr } = await edgegate(["permissions", "--config", "config/example.ts", "--out", out]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const policies = policiesOf("example");
  policies.forEach((policy, place) => {
    const file = join(out, `handbook-deploy-${place + 1}.json`);
    expect(stdout).toContain(`handbook-deploy-${place + 1}.json`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(policy));
  });
});

describe("edgegate permissions --trust", () => {
  const file = join(outdir, "with-account.ts");
  beforeAll(() =>
    writeFileSync(
      file,
      `import example from ${JSON.stringify(join(__dirname, "../../config/example"))};
export default { ...example, accountId: "111122223333", state: { bucket: "states", region: "us-east-1" } };`,
    ),
  );

  test("writes who may take the roles beside what they may do", async () => {
    const out = mkdtempSync(join(outdir, "trust-"));
    const trust = "github:acme/wiki:live";
    const { code, stdout, stderr } = await edgegate(["permissions", "--config", file, "--out", out, "--trust", trust]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const expected = trustPolicies(parseRepository(trust)!, "111122223333");
    for (const kind of ["plan", "deploy"] as const) {
      expect(stdout).toContain(`handbook-${kind}-trust.json`);
      const written = readFileSync(join(out, `handbook-${kind}-trust.json`), "utf8");
      expect(JSON.parse(written)).toEqual(JSON.parse(expected[kind]));
    }
    expect(readdirSync(out)).toContain("handbook-plan-1.json");
  });

  test("says what it takes", async () => {
    const { code, stderr } = await edgegate(["permissions", "--config", file, "--out", outdir, "--trust", "acme/wiki"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('write "github:owner/repository"') });
  });

  test("needs the account that the roles are in", async () => {
    const { code, stderr } = await edgegate(["permissions", "--out", outdir, "--trust", "github:acme/wiki"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('write accountId: "111122223333"') });
  });

  test("without it, --plan writes the policies only", async () => {
    const out = mkdtempSync(join(outdir, "plan-"));
    expect(await edgegate(["permissions", "--out", out, "--plan"])).toMatchObject({ code: 0, stderr: "" });
    expect(readdirSync(out).filter((name) => !/^handbook-(deploy|plan)-\d\.json$/.test(name))).toEqual([]);
    const written = JSON.parse(readFileSync(join(out, "handbook-plan-1.json"), "utf8")) as object;
    expect(written).toEqual(JSON.parse(planPolicies(CONFIGS["example"]!, typesOf("example"))[0]!));
  });
});

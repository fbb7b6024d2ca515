/** Who may still read the keys that sign sessions, once the policies are attached: nobody but the roles that need them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, parseConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { keyProtection } from "../../stacks/key-protection";
import { synthesize } from "../../stacks/synthesize";
import { edgegate } from "../support/cli";
import { EVERYTHING } from "../support/configs";

const ACCOUNT = "111122223333";
const STORE = `arn:aws:cloudfront::${ACCOUNT}:key-value-store/0a1b2c3d-0000-1111-2222-333344445555`;
const OTHER_STORE = `arn:aws:cloudfront::${ACCOUNT}:key-value-store/1a1b2c3d-0000-1111-2222-333344445555`;

const outdir = mkdtempSync(join(tmpdir(), "edgegate-key-protection-"));
afterAll(() => rmSync(outdir, { recursive: true }));

interface Denial {
  Action: string[];
  Resource: string;
  Condition?: { ArnNotLike: { "aws:PrincipalArn": string[] } };
}

const isLike = (pattern: string, text: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\/]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
  ).test(text);

function isDenied(policy: string, principal: string, action: string, resource: string): boolean {
  return (JSON.parse(policy) as { Statement: Denial[] }).Statement.some(
    ({ Action, Resource, Condition }) =>
      Action.includes(action) &&
      isLike(Resource, resource) &&
      !Condition?.ArnNotLike["aws:PrincipalArn"].some((pattern) => isLike(pattern, principal)),
  );
}

const CONFIGS: Record<string, Config> = {
  example: loadConfig("config/example.ts"),
  everything: parseConfig(EVERYTHING),
};

describe.each(Object.keys(CONFIGS))("of the %s config", (name) => {
  const config = CONFIGS[name]!;
  const { serviceControlPolicy, identityPolicy } = keyProtection(config, STORE);
  const secret = `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:edgegate/${config.name}/session-keys-AbCdEf`;
  const READS: [action: string, resource: string][] = [
    ["cloudfront-keyvaluestore:GetKey", STORE],
    ["cloudfront-keyvaluestore:ListKeys", STORE],
    ["cloudfront-keyvaluestore:UpdateKeys", STORE],
    ["secretsmanager:GetSecretValue", secret],
  ];

  interface Role {
    name: string;
    path: string;
  }
  /** What the stack lets each of its roles do. */
  function rolesAndActions(): [arn: string, actions: string][] {
    const { stackDir } = synthesize(config, { outdir: join(outdir, name) });
    const { resource } = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as {
      resource: {
        aws_iam_role: Record<string, Role>;
        aws_iam_role_policy: Record<string, { role: string; policy: string }>;
      };
    };
    return Object.values(resource.aws_iam_role_policy).map(({ role, policy }) => {
      const { path, name: roleName } = resource.aws_iam_role[role.split(".")[1]!]!;
      return [`arn:aws:iam::${ACCOUNT}:role${path}${roleName}`, policy];
    });
  }

  test("exactly the roles that the stack lets do it may still do it", () => {
    const roles = rolesAndActions();
    // The config with everything also has a function for the alarm, API behaviors and an archive.
    expect(roles).toHaveLength(name === "everything" ? 8 : 5);
    for (const [role, policy] of roles)
      for (const [action, resource] of READS) {
        // The handler reads the secret by its name, among other secrets.
        const isNeeded = policy.includes(action);
        expect([role, action, isDenied(serviceControlPolicy, role, action, resource)]).toEqual([
          role,
          action,
          !isNeeded,
        ]);
      }
  });

  test.each([
    "arn:aws:iam::111122223333:role/ReadOnly",
    "arn:aws:iam::111122223333:user/mallory",
    "arn:aws:iam::111122223333:root",
    `arn:aws:iam::111122223333:role/other/${CONFIGS[name]!.name}-revoker`,
    `arn:aws:iam::111122223333:role/${CONFIGS[name]!.name}-revoker-2`,
  ])("%s may not", (principal) => {
    for (const [action, resource] of READS)
      for (const policy of [serviceControlPolicy, identityPolicy])
        expect([action, isDenied(policy, principal, action, resource)]).toEqual([action, true]);
  });

  test("other stores and secrets are left alone, and so is what operating and deploying need", () => {
    for (const policy of [serviceControlPolicy, identityPolicy]) {
      const who = "arn:aws:iam::111122223333:role/Deploy";
      expect(isDenied(policy, who, "cloudfront-keyvaluestore:GetKey", OTHER_STORE)).toBe(false);
      expect(isDenied(policy, who, "secretsmanager:GetSecretValue", secret.replace("session-keys", "idp/main"))).toBe(
        false,
      );
      for (const action of [
        "secretsmanager:RotateSecret",
        "secretsmanager:DescribeSecret",
        "secretsmanager:UpdateSecret",
      ])
        expect(isDenied(policy, who, action, secret)).toBe(false);
    }
  });

  // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
  test("fit into a service control policy", () => {
    expect(keyProtection(config, undefined).serviceControlPolicy.length).toBeLessThanOrEqual(5_120);
    expect(
      isDenied(keyProtection(config, undefined).identityPolicy, "x", "cloudfront-keyvaluestore:GetKey", STORE),
    ).toBe(true);
  });
});

test("edgegate permissions --protect-keys writes both", async () => {
  const out = join(outdir, "policies");
  const run = (...args: string[]) => edgegate(["permissions", "--out", out, ...args]);
  const { code, stdout } = await run("--protect-keys", "--store", STORE);
  expect(code).toBe(0);
  const { serviceControlPolicy, identityPolicy } = keyProtection(CONFIGS["example"]!, STORE);
  const files = { scp: serviceControlPolicy, iam: identityPolicy };
  for (const [form, policy] of Object.entries(files)) {
    const file = `handbook-protect-keys-${form}.json`;
    expect(stdout).toContain(file);
    expect(JSON.parse(readFileSync(join(out, file), "utf8"))).toEqual(JSON.parse(policy));
  }
  expect(await run("--store", STORE)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("add --protect-keys") as string,
  });
  expect(await run("--protect-keys", "--store", "wiki")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("session_store_arn") as string,
  });
});

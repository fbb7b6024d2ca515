/**
 * The exported module of a user pool is the stack: modules that are exported from pools with other values are called with
 * the values of each pool, and everything that Terraform plans for them is compared with its plan of that pool's stack.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cognitoPoolSchema, type CognitoPoolInput } from "../../config/cognito-pool";
import { parseConfig } from "../../config/load";
import type { Config } from "../../config/schema";
import { EVERY_SETTING, NEEDS, OTHERWISE, SMALL_POOL } from "../support/cognito-pools";
import { writeIdentityPairs } from "../support/identity-pairs";
import { planPairs } from "../support/module-pairs";
import { SMALL } from "../support/small-config";
import { describeWithTerraform } from "../support/terraform";

const VALUES: CognitoPoolInput = { ...EVERY_SETTING, ...OTHERWISE };
const SETTINGS = Object.keys(VALUES) as (keyof CognitoPoolInput)[];
const ROLES = [
  { path: "/admin/**", allow: { roles: ["admin", "staff"] } },
  { path: "/**", allow: "signed-in" },
];

function poolConfig(
  pool: CognitoPoolInput,
  more: { policy?: object[]; secret?: boolean; theme?: object } = {},
): Config {
  const { policy = ROLES, secret = false, theme = {} } = more;
  const main = { profile: "cognito", pool, ...(secret && { clientAuthentication: "client_secret_basic" }) };
  return parseConfig({
    ...SMALL,
    alternateDomains: ["docs.example.com"],
    session: { absolute: "1h", idle: "30m" },
    identityProviders: { main },
    policy,
    theme,
  });
}

const CONFIGS: Record<string, Config> = {
  small: poolConfig(SMALL_POOL),
  ...Object.fromEntries(SETTINGS.map((key) => [key, poolConfig({ ...SMALL_POOL, ...NEEDS[key], [key]: VALUES[key] })])),
  "client-secret": poolConfig(SMALL_POOL, { secret: true }),
  "no-roles": poolConfig(SMALL_POOL, { policy: [{ path: "/**", allow: "signed-in" }] }),
  "own-color": poolConfig(SMALL_POOL, { theme: { accentColor: "#0a7d4f" } }),
  "hook-without-alias": poolConfig({
    ...SMALL_POOL,
    preTokenHookArn: "arn:aws:lambda:us-east-1:111122223333:function:add-groups",
  }),
  everything: poolConfig(EVERY_SETTING),
  "everything-secret": poolConfig(EVERY_SETTING, { secret: true }),
};

/** Other values of the lists and choices from which the module computes something. */
function otherwise(config: Config): Config {
  const { main } = config.identityProviders;
  const { pool } = main!;
  return {
    ...config,
    policy: parseConfig(SMALL).policy,
    identityProviders: { main: { ...main!, pool: { ...pool!, deletionProtection: !pool!.deletionProtection } } },
  };
}

test("every setting has a value here", () => {
  expect([...SETTINGS].sort()).toEqual(Object.keys(cognitoPoolSchema.shape).sort());
});

describeWithTerraform("the module of a pool", (open) => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-pool-modules-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let planned: ReturnType<typeof planPairs>;

  beforeAll(() => {
    writeIdentityPairs(join(folder, "root"), CONFIGS, otherwise, (ofStack) => {
      const alias = (ofStack as { region: string }).region;
      return { providers: { aws: `aws.${alias}` }, block: { ...ofStack, alias } };
    });
    planned = planPairs(open(join(folder, "root")));
  }, 600_000);

  test.each(Object.keys(CONFIGS))("of the config %s is planned as the stack", (name) => {
    const stack = planned[`stack-${name}`]!;
    expect(Object.keys(stack)).toEqual(expect.arrayContaining(["aws_cognito_user_pool.pool"]));
    expect(planned[`module-${name}`]).toEqual(stack);
  });
});

/**
 * Every setting of a pool is planned by itself, beside what it needs, and all of them together: each in a module of its
 * own of one plan.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cognitoPoolSchema, type CognitoPoolInput } from "../../../config/cognito-pool";
import type { CognitoStackProps } from "../../../stacks/identity/cognito/cognito-stack";
import {
  cognitoProps,
  EVERY_SETTING,
  NEEDS,
  OTHERWISE,
  SMALL_POOL,
  synthesizeCognito,
} from "../../support/cognito-pools";
import { describeWithTerraform } from "../../support/terraform";
import type { PartOfPlan } from "../../support/terraform-modules";

const VALUES = { ...EVERY_SETTING, ...OTHERWISE };
const SETTINGS = Object.keys(VALUES) as (keyof typeof VALUES)[];

/** Name of the module, what is in it, and what is there without the setting. */
const CASES: [name: string, props: CognitoStackProps, without: CognitoStackProps][] = [
  ...SETTINGS.map((key): [string, CognitoStackProps, CognitoStackProps] => {
    const without: CognitoPoolInput = { ...SMALL_POOL, ...NEEDS[key] };
    return [key, cognitoProps({ ...without, [key]: VALUES[key] }), cognitoProps(without)];
  }),
  ["client-secret", cognitoProps(SMALL_POOL, { hasClientSecret: true }), cognitoProps(SMALL_POOL)],
  ["no-roles", cognitoProps(SMALL_POOL, { roles: [] }), cognitoProps(SMALL_POOL)],
  ["tags", cognitoProps(SMALL_POOL, { tags: { team: "identity" } }), cognitoProps(SMALL_POOL)],
  ["everything", cognitoProps(EVERY_SETTING), cognitoProps(SMALL_POOL)],
  ["everything-secret", cognitoProps(EVERY_SETTING, { hasClientSecret: true }), cognitoProps(EVERY_SETTING)],
];

test("every setting has a value here", () => {
  expect([...SETTINGS].sort()).toEqual(Object.keys(cognitoPoolSchema.shape).sort());
});

describeWithTerraform("a pool", (_open, planTogether) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-pools-"));
  afterAll(() => rmSync(outdir, { recursive: true }));
  const stackOf = (name: string, props: CognitoStackProps) => synthesizeCognito(join(outdir, name), props);
  const read = (stackDir: string) => readFileSync(join(stackDir, "cdk.tf.json"), "utf8");
  let plans: Record<string, PartOfPlan>;

  beforeAll(() => {
    plans = planTogether(Object.fromEntries(CASES.map(([name, props]) => [name, stackOf(name, props)])));
  });

  test.each(CASES)("with %s is planned without a warning, and differs", (name, props, without) => {
    const { problems, changes } = plans[name]!;
    expect(problems).toEqual([]);
    expect(Object.keys(changes)).toEqual(["create"]);
    expect(changes["create"]).toContain("aws_cognito_user_pool.pool");
    expect(read(stackOf(`${name}-again`, props))).not.toBe(read(stackOf(`${name}-without`, without)));
  });
});

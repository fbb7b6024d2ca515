/**
 * Every setting of a config is planned by itself, beside the few that a config must have. All of them together:
 * plan.terraform.test.ts.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { artifacts as shipped } from "../../build/artifacts";
import { parseConfig } from "../../config/load";
import { configSchema, type ConfigInput } from "../../config/schema";
import { synthesize } from "../../stacks/synthesize";
import { SMALL } from "../support/config-mistakes";
import { EVERYTHING } from "../support/configs";
import { describeWithTerraform } from "../support/terraform";

/** What a setting cannot do without. */
const COMPANY: Record<string, Partial<ConfigInput>> = {
  // A certificate of its own, or the zone is needed for that.
  hostedZoneId: { certificateArn: EVERYTHING.certificateArn, hostedZoneId: undefined },
  eventTransmitters: { identityProviders: EVERYTHING.identityProviders },
  policy: { alternateDomains: EVERYTHING.alternateDomains! },
};

const REQUIRED = ["name", "domain"];
const SETTINGS = Object.keys(configSchema.shape).filter(
  (key) => key !== "session" && !REQUIRED.includes(key),
) as (keyof ConfigInput)[];
const SESSION_SETTINGS = Object.keys(configSchema.shape.session.unwrap().shape) as (keyof NonNullable<
  ConfigInput["session"]
>)[];

const ALONE: [setting: string, config: Partial<ConfigInput>][] = [
  ...SETTINGS.map((key): [string, Partial<ConfigInput>] => [key, { ...COMPANY[key], [key]: EVERYTHING[key] }]),
  ...SESSION_SETTINGS.map((key): [string, Partial<ConfigInput>] => [
    `session.${key}`,
    { session: { [key]: EVERYTHING.session![key] } },
  ]),
];

test("the config with everything has every setting", () => {
  expect([...SETTINGS, ...REQUIRED, "session"].filter((key) => !(key in EVERYTHING))).toEqual([]);
  expect(SESSION_SETTINGS.filter((key) => !(key in EVERYTHING.session!))).toEqual([]);
});

describeWithTerraform("alone", (open) => {
  const outdir = mkdtempSync(join(tmpdir(), "edgegate-options-"));
  afterAll(() => rmSync(outdir, { recursive: true }));
  const artifacts = shipped();
  const stackOf = (folder: string, more: Partial<ConfigInput>) =>
    synthesize(parseConfig({ ...SMALL, ...more }), { outdir: join(outdir, folder), artifacts }).stackDir;
  const read = (stackDir: string) => readFileSync(join(stackDir, "cdk.tf.json"), "utf8");

  test.each(ALONE)("%s is planned without a warning, and makes a difference", (setting, more) => {
    const stackDir = stackOf(setting, more);
    const { status, output } = open(stackDir).run(["plan", "-input=false", "-no-color"]);
    expect({ status, problem: /(Error|Warning): .*/.exec(output)?.[0] }).toEqual({ status: 0, problem: undefined });
    expect(output).toMatch(/^Plan: \d+ to add, 0 to change, 0 to destroy\.$/m);
    expect(read(stackDir)).not.toBe(read(stackOf("without", COMPANY[setting] ?? {})));
  });
});

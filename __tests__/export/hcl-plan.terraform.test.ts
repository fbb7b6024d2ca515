/** The plan of a stack printed as HCL is the plan of the stack. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { synthesize } from "../../stacks/synthesize";
import { describeWithAzuread } from "../support/azuread/azuread";
import { cognitoProps, EVERY_SETTING, synthesizeCognito } from "../support/cognito-pools";
import { EVERYTHING } from "../support/configs";
import { EVERY_OPTION, synthesizeEntra } from "../support/entra-apps";
import { badlyFormatted, meaningOf, printHcl } from "../support/printed-hcl";
import { SMALL } from "../support/small-config";
import { describeWithTerraform } from "../support/terraform";

const outdir = mkdtempSync(join(tmpdir(), "edgegate-hcl-plan-"));
afterAll(() => rmSync(outdir, { recursive: true }));

/** Together they have every resource, and each kind of count and for_each. */
const STACKS: Record<string, () => string> = {
  everything: () => synthesize(parseConfig(EVERYTHING), { outdir: join(outdir, "everything") }).stackDir,
  small: () => synthesize(parseConfig(SMALL), { outdir: join(outdir, "small") }).stackDir,
  pool: () => synthesizeCognito(join(outdir, "pool"), cognitoProps(EVERY_SETTING, { hasClientSecret: true })),
};

describeWithTerraform("a gateway as HCL", (open) => {
  test.each(Object.keys(STACKS))("%s is formatted, valid, and planned as the JSON is", (name) => {
    const stackDir = STACKS[name]!();
    const printed = printHcl(stackDir, join(outdir, `${name}-printed`));
    expect(badlyFormatted(printed)).toBe("");
    const [json, hcl] = [stackDir, printed].map((folder) => open(folder));
    expect(hcl!.run(["validate", "-no-color"])).toMatchObject({ status: 0 });
    expect(meaningOf(hcl!.plan().json)).toEqual(meaningOf(json!.plan().json));
  });
});

describeWithAzuread("an app in Microsoft Entra as HCL", ({ open }) => {
  test("with everything is formatted, valid, and planned as the JSON is", () => {
    const stackDir = synthesizeEntra({ app: EVERY_OPTION });
    const printed = printHcl(stackDir, join(outdir, "entra-printed"));
    expect(badlyFormatted(printed)).toBe("");
    const [json, hcl] = [stackDir, printed].map((folder) => {
      const terraform = open(folder);
      terraform.plan();
      return meaningOf(terraform.run(["show", "-json", "plan"]).output);
    });
    expect(hcl).toEqual(json);
  });
});

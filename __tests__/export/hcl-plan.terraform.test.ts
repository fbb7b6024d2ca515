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
import { describeWithTerraform } from "../support/terraform";

const outdir = mkdtempSync(join(tmpdir(), "edgegate-hcl-plan-"));
afterAll(() => rmSync(outdir, { recursive: true }));

/** Together they have every resource, and each kind of count and for_each. */
const STACKS: Record<string, () => string> = {
  // With a certificate of its own, and records for that.
  everything: () =>
    synthesize(parseConfig({ ...EVERYTHING, certificateArn: undefined }), { outdir: join(outdir, "everything") })
      .stackDir,
  pool: () => synthesizeCognito(join(outdir, "pool"), cognitoProps(EVERY_SETTING, { hasClientSecret: true })),
};

describeWithTerraform("as HCL", (open) => {
  test.each(Object.keys(STACKS))("%s is formatted, and planned as the JSON is", (name) => {
    const stackDir = STACKS[name]!();
    const printed = printHcl(stackDir, join(outdir, `${name}-printed`));
    expect(badlyFormatted(printed)).toBe("");
    const [json, hcl] = [stackDir, printed].map((folder) => meaningOf(open(folder).plan().json));
    expect(hcl).toEqual(json);
  });
});

describeWithAzuread("as HCL", ({ open }) => {
  test("an app in Microsoft Entra with everything is formatted, and planned as the JSON is", () => {
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

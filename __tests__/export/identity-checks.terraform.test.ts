/** What other tools say of the modules of identity providers, and of the example that calls them with the gateway's. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadConfig, parseConfig } from "../../config/load";
import { moduleFiles } from "../../export/files";
import { writeModule } from "../../export/write";
import { review } from "../stacks/checkov";
import { describeWithAzuread, type AzureadFolder } from "../support/azuread/azuread";
import { EVERY_SETTING } from "../support/cognito-pools";
import { EVERY_OPTION, TENANT } from "../support/entra-apps";
import { rsaCertificate } from "../support/entra-certificates";
import { SMALL } from "../support/small-config";
import { describeWithTerraform } from "../support/terraform";
import { describeWith } from "../support/tools";

const ACCEPTED_HERE = {
  CKV_AWS_68: {
    on: /^aws_cloudfront_distribution\.gateway$/,
    why: "Planning a web ACL takes longer than all the rest, so this test leaves it out.",
  },
  CKV_AWS_124: {
    on: /^aws_cloudformation_stack\./,
    why: "Terraform waits for what these stacks make, and says what failed.",
  },
};

const EXAMPLE = resolve(__dirname, "../../examples/identity-providers.ts");

/** Every variable of both modules is in one of these. */
async function everything(): Promise<object> {
  const { certificate } = await rsaCertificate("wiki");
  const entra = { profile: "entra" as const, tenants: [TENANT], roles: { grant: ["admin"] } };
  return {
    ...SMALL,
    alternateDomains: ["docs.example.com"],
    session: { absolute: "1h", idle: "30m" },
    identityProviders: {
      staff: { ...entra, clientAuthentication: { method: "aws_assertion" }, app: EVERY_OPTION },
      partners: {
        ...entra,
        clientAuthentication: { method: "private_key_jwt" },
        app: { credential: { type: "certificate", certificates: [certificate] } },
      },
      people: {
        profile: "cognito",
        roles: { grant: ["ops@example.com"] },
        clientAuthentication: "client_secret_basic",
        pool: EVERY_SETTING,
      },
    },
    policy: [
      { path: "/admin/**", allow: { roles: ["admin", "ops@example.com"] } },
      { path: "/**", allow: "signed-in" },
    ],
    waf: false,
  };
}

const folder = mkdtempSync(join(tmpdir(), "edgegate-identity-modules-"));
afterAll(() => rmSync(folder, { recursive: true }));
const modules = join(folder, "everything/modules");

beforeAll(async () => writeModule(join(folder, "everything"), moduleFiles(parseConfig(await everything()))));

/** What the module's own test says, and of how many variables it shows that they refuse a wrong value. */
function ownTest(run: AzureadFolder["run"], path: string, file: string) {
  const { status, output } = run(["test", "-no-color"]);
  const text = readFileSync(join(path, "tests", file), "utf8");
  return { status, output, refusals: text.match(/^run "refuses_/gm)!.length };
}
const success = (refusals: number) => ({
  status: 0,
  output: expect.stringContaining(`Success! ${refusals + 1} passed, 0 failed.`) as string,
  refusals,
});

describeWithTerraform("the module of a pool with everything", (open) => {
  test("is formatted and valid, and passes its own test", () => {
    const { run, folder: copy } = open(join(modules, "cognito-pool"));
    // The module has the provider of whoever calls it: the harness's is not for a test file.
    rmSync(join(copy, "test_override.tf.json"));
    expect(run(["fmt", "-check", "-recursive", "-list=true"])).toEqual({ status: 0, output: "" });
    expect(run(["validate", "-no-color"])).toMatchObject({ status: 0 });
    expect(ownTest(run, copy, "cognito-pool.tftest.hcl")).toEqual(success(11));
  }, 300_000);
});

describeWithAzuread("the module of an app with", ({ open }) => {
  test.each([
    ["everything", "entra-app-staff", 12],
    ["certificates", "entra-app-partners", 9],
  ])("%s is formatted and valid, and passes its own test", (_, name, refusals) => {
    const { run, folder: copy } = open(join(modules, name));
    rmSync(join(copy, "test_override.tf.json"));
    expect(run(["fmt", "-check", "-recursive", "-list=true"])).toEqual({ status: 0, output: "" });
    expect(run(["validate", "-no-color"])).toMatchObject({ status: 0 });
    expect(ownTest(run, copy, `${name}.tftest.hcl`)).toEqual(success(refusals));
  });
});

describeWith("tflint", "reviewed by tflint", (tflint) => {
  test.each(["cognito-pool", "entra-app-staff", "entra-app-partners"])("%s has nothing to warn about", (name) => {
    const { status, stdout } = spawnSync(tflint, ["--format=json"], { cwd: join(modules, name), encoding: "utf8" });
    const { issues } = JSON.parse(stdout) as { issues: { rule: { name: string }; message: string }[] };
    expect(issues.map(({ rule, message }) => `${rule.name}: ${message}`)).toEqual([]);
    expect(status).toBe(0);
  });
});

describeWithAzuread("the example that calls all modules", ({ open }) => {
  let plan: string;

  test("is planned: the gateway gets what the others make, and they get its roles", () => {
    writeModule(join(folder, "example"), moduleFiles({ ...loadConfig(EXAMPLE), waf: false }));
    const example = open(join(folder, "example"), "examples/gateway");
    const { problems, values } = example.plan();
    expect(problems).toBe("");
    expect(Object.keys(values)).toEqual(
      expect.arrayContaining([
        'module.entra_app.azuread_application_app_role.role["admin"]',
        'module.cognito_pool.aws_cognito_user_group.role["admin"]',
        "module.gateway.aws_cloudfront_function.gate",
      ]),
    );
    plan = example.run(["show", "-json", "plan"]).output;
  }, 300_000);

  describeWith("checkov", "reviewed by checkov", (checkov) => {
    test("has nothing that checkov would warn about without a reason", () => {
      const { passed, parsingErrors, withoutReason } = review(checkov, { example: plan }, ACCEPTED_HERE);
      expect({ parsingErrors, withoutReason }).toEqual({ parsingErrors: 0, withoutReason: [] });
      expect(passed).toBeGreaterThan(50);
    }, 300_000);
  });
});

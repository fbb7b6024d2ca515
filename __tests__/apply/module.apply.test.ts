/**
 * An exported module, called twice by a root of its own, in an account of its own: applied, planned again, destroyed,
 * on a machine without Node.js.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../config/load";
import { argumentsOf } from "../../export/arguments";
import { filesOf } from "../../export/files";
import { moduleOf } from "../../export/module";
import { writeModule } from "../../export/write";
import { artifacts } from "../../build/artifacts";
import { literal } from "../../stacks/terraform-text";
import { startAwsAccount, type AwsAccount } from "../support/aws-account";
import { changesOf } from "../support/deployment";
import { SMALL } from "../support/small-config";
import { startSteps } from "../support/steps";
import { describeWithTerraform, type TerraformFolder } from "../support/terraform";
import { describeWith } from "../support/tools";

const SITE = {
  ...SMALL,
  origin: { type: "custom", domainName: "wiki-origin.example.com", secretHeader: true },
  policy: [
    { path: "/admin/**", allow: { roles: ["admin"] } },
    { path: "/**", allow: "signed-in" },
  ],
  deletionProtection: false,
};

describeWithTerraform("an exported module, applied", (open) =>
  describeWith("moto", "in an account of its own", (moto) => {
    const step = startSteps();
    const folder = mkdtempSync(join(tmpdir(), "edgegate-module-"));
    let account: AwsAccount;
    let before: string[];
    let terraform: TerraformFolder;

    beforeAll(async () => {
      account = await startAwsAccount(moto, "/dev/null");
      const hostedZoneId = await account.createHostedZone("example.com");
      before = await account.inventory();
      const config = parseConfig({ ...SITE, hostedZoneId });
      const exported = moduleOf(config);
      const files = filesOf(exported, config, artifacts());
      // The provider would wait for half a minute before it asks for the first time whether CloudFront is done.
      files["distribution.tf"] = String(files["distribution.tf"]).replace(/(wait_for_deployment += )true/, "$1false");
      writeModule(join(folder, "gateway"), files);
      const call = (name: string, more: object) => ({
        source: "./gateway",
        ...(literal(argumentsOf(config, exported)) as object),
        name,
        domain: `${name}.example.com`,
        ...more,
      });
      const module = {
        wiki: call("wiki", {}),
        handbook: call("handbook", {
          alternate_domains: ["docs.example.com"],
          policy: [{ path: "/**", allow: "public", methods: ["GET"] }],
        }),
      };
      const provider = { aws: [{ region: "us-east-1" }] };
      writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ provider, module }));
      terraform = open(folder, { ...account.environment, PATH: "/nowhere" });
    });

    afterAll(async () => {
      await account?.close();
      rmSync(folder, { recursive: true });
    });

    const run = (...args: string[]) => {
      const { status, output } = terraform.run([...args, "-input=false", "-no-color"]);
      if (status !== 0) throw new Error(output.slice(output.lastIndexOf("Error:") - 2_000));
    };

    step("the apply makes both gateways, and leaves nothing to do", async () => {
      run("init");
      run("apply", "-auto-approve");
      const { output: json } = (run("plan", "-out=again"), terraform.run(["show", "-json", "again"]));
      expect(changesOf(json)).toEqual([]);
      const made = (await account.inventory()).filter((line) => !before.includes(line));
      for (const name of ["wiki-gate", "handbook-gate"]) expect(made.join("\n")).toContain(name);
    });

    step("destroy leaves nothing", async () => {
      run("destroy", "-auto-approve");
      const left = (await account.inventory()).filter((line) => !line.startsWith("kms keys "));
      expect(left.filter((line) => !before.includes(line))).toEqual([]);
    });
  }),
);

/**
 * An exported module is the stack: modules that are exported from configs with other values are called with the values of
 * each config, and everything that Terraform plans for them is compared with its plan of that config's stack.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { artifacts as shipped } from "../../build/artifacts";
import { parseConfig } from "../../config/load";
import { argumentsOf } from "../../export/arguments";
import { moduleOf } from "../../export/module";
import { synthesize } from "../../stacks/synthesize";
import { literal } from "../../stacks/terraform-text";
import { withOtherValues } from "../support/module-call";
import { SMALL } from "../support/small-config";
import { describeWithTerraform } from "../support/terraform";
import { EVERYTHING } from "../support/configs";

const CASES: Record<string, object> = { small: SMALL, everything: EVERYTHING };

interface Resource {
  address: string;
  values: Record<string, unknown>;
}

describeWithTerraform("a module", (open) => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-module-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const artifacts = shipped();
  let planned: Record<string, Resource[]>;

  beforeAll(() => {
    const module: Record<string, object> = {};
    const aws: object[] = [{ region: "us-east-1" }];
    for (const [name, input] of Object.entries(CASES)) {
      const config = parseConfig(input);
      const { stackDir } = synthesize(config, { outdir: join(folder, "out", name), stackName: "gateway", artifacts });
      const stack = JSON.parse(readFileSync(join(stackDir, "cdk.tf.json"), "utf8")) as {
        provider: { aws: [object] };
        terraform: object;
      };
      aws.push({ ...stack.provider.aws[0], alias: name });
      const providers = { aws: `aws.${name}` };
      write(`stack-${name}/main.tf.json`, {
        ...stack,
        provider: undefined,
        terraform: { ...stack.terraform, backend: undefined },
      });
      cpSync(join(stackDir, "assets"), join(folder, "root", "assets"), { recursive: true });
      module[`stack-${name}`] = { source: `./stack-${name}`, providers };
      const exported = moduleOf(withOtherValues(config, moduleOf(config, artifacts).replaced), artifacts);
      write(`module-${name}/main.tf.json`, exported.json);
      if (exported.hasPolicy)
        for (const file of ["policy.tf", "policy-source.tf"])
          cpSync(join(__dirname, "../../export/module", file), join(folder, "root", `module-${name}`, file));
      for (const file of Object.values(artifacts) as string[]) {
        mkdirSync(join(folder, "root", `module-${name}`, "bundles"), { recursive: true });
        cpSync(file, join(folder, "root", `module-${name}`, "bundles", basename(file)));
      }
      module[`module-${name}`] = { source: `./module-${name}`, providers, ...literal(argumentsOf(config, exported)) };
    }
    write("main.tf.json", { provider: { aws }, module });
    const root = open(join(folder, "root"));
    const override = JSON.parse(readFileSync(join(root.folder, "test_override.tf.json"), "utf8")) as {
      provider: { aws: [object] };
      terraform: object;
    };
    writeFileSync(
      join(root.folder, "test_override.tf.json"),
      JSON.stringify({ ...override, provider: { aws: aws.map((each) => ({ ...each, ...override.provider.aws[0] })) } }),
    );
    for (const args of [
      ["init", "-input=false", "-no-color"],
      ["plan", "-input=false", "-no-color", "-out=plan"],
    ]) {
      const { status, output } = root.run(args);
      if (status !== 0) throw new Error(output.slice(output.indexOf("Error:")));
    }
    const { planned_values } = JSON.parse(root.run(["show", "-json", "plan"]).output) as {
      planned_values: { root_module: { child_modules: { address: string; resources: Resource[] }[] } };
    };
    planned = Object.fromEntries(
      planned_values.root_module.child_modules.map(({ address, resources }) => [
        address.slice("module.".length),
        resources.map(({ address: full, values }) => ({ address: full.slice(address.length + 1), values })),
      ]),
    );
  }, 300_000);

  test.each(Object.keys(CASES))("of the config %s plans the stack", (name) => {
    const [ofModule, ofStack] = [planned[`module-${name}`]!, planned[`stack-${name}`]!].map((resources) =>
      Object.fromEntries(resources.map(({ address, values }) => [address, withoutPath(values)])),
    );
    expect(ofModule).toEqual(ofStack);
  });

  function write(path: string, content: object): void {
    mkdirSync(join(folder, "root", path, ".."), { recursive: true });
    writeFileSync(join(folder, "root", path), JSON.stringify(content));
  }
});

/** The bundles are elsewhere; their hashes stay. */
function withoutPath({ filename, ...values }: Record<string, unknown> = {}): object {
  return { ...values, ...(typeof filename === "string" && { filename: basename(filename) }) };
}

/** `export/hcl/provider-blocks.json` against the schemas of the real providers. `npm run hcl:blocks` writes it anew. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BLOCKS_FILE, blocksFrom, blocksText, usedKinds, type Schemas } from "../support/provider-blocks";
import { describeWithTerraform } from "../support/terraform";

const AZUREAD = join(__dirname, "../support/azuread/schema-3.7.0.json");

describeWithTerraform("provider-blocks.json", (open) => {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-blocks-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("has what the providers' schemas say about each resource of the stacks", () => {
    mkdirSync(join(folder, "stack"));
    writeFileSync(join(folder, "stack/main.tf.json"), JSON.stringify({ resource: { terraform_data: { data: {} } } }));
    const { output } = open(join(folder, "stack")).run(["providers", "schema", "-json"]);
    const schemas = [output, readFileSync(AZUREAD, "utf8")].map((text) => JSON.parse(text) as Schemas);
    const text = blocksText(blocksFrom(schemas, usedKinds()));
    if (process.env["UPDATE_BLOCKS"]) writeFileSync(BLOCKS_FILE, text);
    expect(readFileSync(BLOCKS_FILE, "utf8")).toBe(text);
    expect(Buffer.byteLength(text)).toBeLessThan(15_000);
  });
});

test("a name that is a block here and an argument there is an error", () => {
  const rule = (block: object) => ({ block_types: { rule: { nesting_mode: "list", block } } });
  const blocksOf = (block: object) =>
    blocksFrom([{ provider_schemas: { some: { resource_schemas: { some_thing: { block } } } } }], ["some_thing"]);
  const argument = { attributes: { rule: {} } };
  expect(blocksOf(rule(argument))).toEqual({ some_thing: { "": ["rule"] } });
  expect(blocksOf(rule(rule({})))).toEqual({ some_thing: { "": ["rule"], rule: ["rule"] } });
  expect(() => blocksOf(rule(rule(argument)))).toThrow("in rule, rule is both an argument and a block");
  expect(() => blocksFrom([], ["some_thing"])).toThrow("no schema has some_thing");
});

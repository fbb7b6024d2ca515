/** A synthesized stack as plain HCL, split into files, as a Terraform user would write it. */
import { HclError } from "./error";
import { blockText, block, type Argument } from "./layout";
import { isObject, labelled, type JsonObject } from "./json";
import { readingOrder } from "./order";
import { resourceBlock } from "./resource";
import { locals, moves, outputs, providers, settings, variables, type Entry } from "./top-level";

export { HclError } from "./error";

export interface HclOptions {
  /**
   * The file of an object by its address: `aws_sqs_queue.dead`, `data.aws_region.here`, `var.name`, `local.name`,
   * `output.name`, `provider.aws`, `provider.aws.alias`, `terraform`, `moved` or `import`.
   */
  fileOf: (address: string) => string;
  /**
   * The path in the module of one of the stack's files.
   *
   * @param old such as `assets/gate_source/0A1B…/gate.js`
   * @returns a template, such as `${path.module}/bundles/gate.js`; by default the old path
   */
  path?: (old: string) => string;
}

/** CDKTF's paths: a folder for the asset, one for the hash of its content, and the file. */
const ASSET = /(?<![\w./-])assets\/[\w.-]+\/[0-9A-F]{32}(?:\/[\w.-]+)?/g;

const KNOWN = ["//", "terraform", "provider", "variable", "locals", "data", "resource", "moved", "import", "output"];

/**
 * Backends and CDKTF's metadata are left out.
 *
 * @param stack `cdk.tf.json`, parsed
 * @returns texts of the files, by the names that `fileOf` gives
 * @throws HclError for a part that cannot be written as HCL, or that the export does not support
 */
export function hclOf(stack: object, { fileOf, path = (old) => old }: HclOptions): Record<string, string> {
  const json = withPaths(stack, path) as JsonObject;
  for (const name of Object.keys(json))
    if (!KNOWN.includes(name)) throw new HclError(name, "blocks of this kind cannot be printed");
  const files = new Map<string, string[]>();
  const add = (address: string, text: string) => {
    const file = fileOf(address);
    files.set(file, [...(files.get(file) ?? []), text]);
  };
  const addAll = (entries: Entry[]) => entries.forEach(({ address, block }) => add(address, blockText(block)));
  addAll(settings(json["terraform"]));
  addAll(providers(json["provider"]));
  addAll(variables(json["variable"]));
  for (const [file, together] of byFile(locals(json["locals"]), fileOf))
    files.set(file, [...(files.get(file) ?? []), blockText(block("locals", together))]);
  addAll(resources(json));
  addAll(moves("moved", json["moved"]));
  addAll(moves("import", json["import"]));
  addAll(outputs(json["output"]));
  return Object.fromEntries([...files].map(([file, texts]) => [file, `${texts.join("\n\n")}\n`]));
}

function resources(json: JsonObject): Entry[] {
  const found = (["data", "resource"] as const).flatMap((kind) =>
    labelled(json[kind], kind).flatMap(([type, named]) =>
      labelled(named, `${kind}.${type}`).map(([name, body]) => ({
        address: `${kind === "data" ? "data." : ""}${type}.${name}`,
        json: body,
        block: resourceBlock(kind, type, name, body),
      })),
    ),
  );
  return readingOrder(found);
}

function byFile(
  entries: { address: string; argument: Argument }[],
  fileOf: HclOptions["fileOf"],
): Map<string, Argument[]> {
  const files = new Map<string, Argument[]>();
  for (const { address, argument } of entries) {
    const file = fileOf(address);
    files.set(file, [...(files.get(file) ?? []), argument]);
  }
  return files;
}

/** Strings are templates, and so are strings in their expressions. In both, a new path may contain a reference. */
function withPaths(value: unknown, path: (old: string) => string): unknown {
  if (typeof value === "string") return value.replace(ASSET, path);
  if (Array.isArray(value)) return value.map((item) => withPaths(item, path));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === "//" ? item : withPaths(item, path)]),
  );
}

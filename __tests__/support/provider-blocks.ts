/**
 * Makes `export/hcl/provider-blocks.json` from the schemas of the providers, for the resources that `stacks/` uses.
 *
 * A block's blocks are told by its name alone, because the web ACL's schema repeats its statements to a depth of three.
 * {@link blocksFrom} fails if that ever mixes up an argument and a block.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Blocks } from "../../export/hcl/blocks";

const ROOT = join(__dirname, "../..");
export const BLOCKS_FILE = join(ROOT, "export/hcl/provider-blocks.json");

/** `terraform providers schema -json`: https://developer.hashicorp.com/terraform/cli/commands/providers/schema */
export interface Schemas {
  provider_schemas: Record<
    string,
    {
      provider?: { block: SchemaBlock };
      resource_schemas?: Record<string, { block: SchemaBlock }>;
      data_source_schemas?: Record<string, { block: SchemaBlock }>;
    }
  >;
}

interface SchemaBlock {
  attributes?: Record<string, unknown>;
  block_types?: Record<string, { nesting_mode: string; block: SchemaBlock }>;
}

/** cdktf's DataResource, what it makes of a reference to another stack, and what export/ adds. */
const OTHERS = ["terraform_data", "data terraform_remote_state", "data aws_region", "data azuread_client_config"];

/** Kinds as in provider-blocks.json, by what the constructs import. */
export function usedKinds(): string[] {
  const kinds = new Set(OTHERS);
  for (const file of readdirSync(join(ROOT, "stacks"), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const source = readFileSync(join(ROOT, "stacks", file), "utf8");
    for (const [, provider, name] of source.matchAll(/"@cdktf\/provider-([a-z]+)\/lib\/([a-z0-9-]+)"/g))
      kinds.add(kindOf(provider!, name!));
  }
  return [...kinds].sort();
}

function kindOf(provider: string, name: string): string {
  if (name === "provider") return `provider ${provider}`;
  const bindings = join(ROOT, `node_modules/@cdktf/provider-${provider}/lib`, name, "index.js");
  const [, type] = /\.tfResourceType = "(\w+)"/.exec(readFileSync(bindings, "utf8"))!;
  return name.startsWith("data-") ? `data ${type}` : type!;
}

/** @throws Error for a kind that no schema has, and if a name is a block in one place and an argument in another */
export function blocksFrom(schemas: readonly Schemas[], kinds: readonly string[]): Record<string, Blocks> {
  return Object.fromEntries(kinds.map((kind) => [kind, compact(kind, schemaOf(schemas, kind))]));
}

function schemaOf(schemas: readonly Schemas[], kind: string): SchemaBlock {
  const [type, prefix] = kind.split(" ").reverse();
  for (const [name, provider] of schemas.flatMap(({ provider_schemas: all }) => Object.entries(all))) {
    const found =
      prefix === "provider"
        ? name.endsWith(`/${type}`) && provider.provider
        : provider[prefix === "data" ? "data_source_schemas" : "resource_schemas"]?.[type!];
    if (found) return found.block;
  }
  throw new Error(`no schema has ${kind}`);
}

function compact(kind: string, schema: SchemaBlock): Blocks {
  const names: Record<string, Set<string>> = {};
  const places = placesIn("", schema);
  for (const [parent, { block_types: nested = {} }] of places)
    for (const [name, { nesting_mode: mode }] of Object.entries(nested)) {
      if (mode === "map") throw new Error(`${kind}: the block ${name} has a label, which export/hcl/ does not print`);
      (names[parent] ??= new Set()).add(name);
    }
  for (const [parent, { attributes = {} }] of places) {
    const both = Object.keys(attributes).filter((name) => names[parent]?.has(name));
    if (both.length > 0) throw new Error(`${kind}: in ${parent}, ${both.join(", ")} is both an argument and a block`);
  }
  const parents = Object.keys(names).sort();
  return Object.fromEntries(parents.map((parent) => [parent, [...names[parent]!].sort()]));
}

function placesIn(name: string, schema: SchemaBlock): [parent: string, block: SchemaBlock][] {
  const nested = Object.entries(schema.block_types ?? {});
  return [[name, schema], ...nested.flatMap(([inner, { block }]) => placesIn(inner, block))];
}

/** A line for each kind. */
export function blocksText(blocks: Record<string, Blocks>): string {
  const lines = Object.entries(blocks).map(([kind, names]) => `  ${JSON.stringify(kind)}: ${JSON.stringify(names)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

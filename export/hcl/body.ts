/** The content of a block, according to the provider's schema. */
import type { Blocks } from "./blocks";
import { HclError } from "./error";
import { argument, block, type Item } from "./layout";
import { isObject, listOf, reference, type JsonObject } from "./json";
import { expressionOf } from "./value";

export interface BodyOptions {
  place: string;
  blocks: Blocks;
  /** Arguments that the provider compares and stores as JSON. */
  json?: readonly string[];
}

/**
 * Arguments, then blocks. Null counts as absent.
 *
 * @param parent name of the block, "" for a resource
 * @throws HclError
 */
export function bodyOf(body: JsonObject, parent: string, options: BodyOptions): Item[] {
  const { place, blocks, json = [] } = options;
  const names = blocks[parent] ?? [];
  const items: Item[] = [];
  const nested: Item[] = [];
  for (const [name, value] of Object.entries(body)) {
    const inside = { ...options, place: `${place}.${name}` };
    if (name === "//" || value === null) continue;
    if (name === "dynamic" && names.length > 0) nested.push(...dynamicBlocks(value, names, inside));
    else if (names.includes(name)) {
      for (const each of listOf(value, inside.place)) nested.push(block(name, bodyOf(each, name, inside)));
    } else items.push(argument(name, expressionOf(value, { place: inside.place, isJson: json.includes(name) })));
  }
  return [...namesFirst(items), ...nested];
}

const NAMES = ["name", "function_name", "bucket", "bucket_prefix"];

/** Several lines after single ones; the name of something first. */
function namesFirst(items: Item[]): Item[] {
  const isLong = (item: Item) => item.kind === "argument" && item.expression.includes("\n");
  const isName = (item: Item) => item.kind === "argument" && NAMES.includes(item.name) && !isLong(item);
  const rank = (item: Item) => (isName(item) ? 0 : isLong(item) ? 2 : 1);
  return items.sort((a, b) => rank(a) - rank(b));
}

/** https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks */
function dynamicBlocks(value: unknown, names: readonly string[], options: BodyOptions): Item[] {
  if (!isObject(value))
    throw new HclError(options.place, "write an object: the blocks' names, and what they repeat for");
  return Object.entries(value).flatMap(([name, given]) => {
    const place = `${options.place}.${name}`;
    if (!names.includes(name)) throw new HclError(place, "there is no block of this name to repeat");
    return listOf(given, place).map(({ for_each, iterator, labels, content, ...others }) => {
      const [unknown] = Object.keys(others).filter((key) => key !== "//");
      if (unknown !== undefined) throw new HclError(`${place}.${unknown}`, "a dynamic block has no such argument");
      if (for_each === undefined || !isObject(content))
        throw new HclError(place, "write for_each, and content as an object");
      if (labels !== undefined) throw new HclError(`${place}.labels`, "no block of a provider has labels");
      return block(`dynamic ${JSON.stringify(name)}`, [
        argument("for_each", expressionOf(for_each, { place: `${place}.for_each` })),
        ...(iterator === undefined ? [] : [argument("iterator", reference(iterator, `${place}.iterator`))]),
        block("content", bodyOf(content, name, { ...options, place: `${place}.content` })),
      ]);
    });
  });
}

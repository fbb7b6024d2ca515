/**
 * Compiles a policy that is too large for the gate's source to records of the store. The rules of a host are
 * distributed over records by the first segment of the path, so that a request needs one record. A segment with too
 * many rules has separate records, by the next segment. Hosts with the same rules share their records.
 */
import { createHash } from "node:crypto";
import { requirementText } from "../requirement";
import type { PolicyRule } from "../rule";
import { segmentsOf } from "../patterns";
import { EVERY_OTHER_NAME, POLICY_RECORD, PREFLIGHT, slotOf, type StoredIndex } from "./lookup";

export interface StoredPolicy {
  index: StoredIndex;
  /** By name. */
  records: Record<string, string>;
}

/** Some rules must be in one record, but are too long for it. The message names the path. */
export class StoreTooSmall extends Error {
  override readonly name = "StoreTooSmall";
}

/** Quota for one value of the store, in bytes. */
const MAX_RECORD = 1024;
/** Records of one node. More records do not help, because then one name has too many rules. */
const MAX_RECORDS = 512;

/** A rule as one node sees it: the rest of its pattern after the segments that lead to the node. */
interface Left {
  rest: readonly string[];
  methods: string;
  required: string;
}

/**
 * @param hosts of the gate, in the order of its settings
 * @param limit bytes of a record
 * @throws StoreTooSmall
 */
export function storedPolicy(
  rules: readonly PolicyRule[],
  hosts: readonly string[],
  limit: number = MAX_RECORD,
): StoredPolicy {
  const compilation: Compilation = { nodes: [], texts: {}, known: new Map(), limit };
  const roots = hosts.map((host) =>
    addNode("", rules.filter((rule) => rule.host === undefined || rule.host === host).flatMap(lefts), compilation),
  );
  const { nodes, texts } = compilation;
  const generation = generationOf(nodes, texts);
  return {
    index: { generation, roots, nodes },
    records: Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [`${POLICY_RECORD}${generation}.${name}`, text]),
    ),
  };
}

/** Names all records of a policy together. @param texts of the records, by node and number */
export function generationOf(nodes: StoredIndex["nodes"], texts: Record<string, string>): string {
  const sorted = Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([nodes, sorted]))
    .digest("base64url")
    .slice(0, 10);
}

function lefts({ path, methods, allow, escapes = false, preflight }: PolicyRule): Left[] {
  const rest = segmentsOf(path);
  const names = methods?.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  return [
    ...(preflight === "pass"
      ? [{ rest, methods: PREFLIGHT, required: requirementText({ allow: "public", escapes }, path) }]
      : []),
    { rest, methods: [...new Set(names)].join("/"), required: requirementText({ allow, escapes }, path) },
  ];
}

interface Compilation extends Pick<StoredIndex, "nodes"> {
  /** Texts of the records, by node and number. */
  texts: Record<string, string>;
  /** Nodes by content: hosts or names with the same rules share one node. */
  known: Map<string, number>;
  limit: number;
}

/**
 * Adds a node, and nodes below it for names with too many rules.
 *
 * @param path that leads to it, for errors
 * @returns its number
 */
function addNode(path: string, rules: readonly Left[], compilation: Compilation): number {
  const { nodes, texts, known, limit } = compilation;
  const key = JSON.stringify(rules);
  const same = known.get(key);
  if (same !== undefined) return same;
  const number = nodes.push(0) - 1;
  known.set(key, number);
  const names = [...new Set(["", ...rules.flatMap(({ rest: [name] }) => (isName(name) ? [name] : []))])];
  const groups = new Map(names.map((name) => [name, below(rules, name)]));
  const others = linesOf(below(rules, undefined));
  // With the line break between two groups.
  const room = limit - bytes(header([EVERY_OTHER_NAME], others)) - 1;
  if (room < 0) throw tooMany(path, EVERY_OTHER_NAME, limit);
  const deeper: Record<string, number> = {};
  for (const [name, group] of groups) {
    if (bytes(header([name], linesOf(group))) <= room) continue;
    if (name === "" || group.every(({ rest: [next] }) => !isName(next))) throw tooMany(path, name, limit);
    deeper[`/${name}`] = addNode(`${path}/${name}`, group, compilation);
    groups.delete(name);
  }
  for (let count = 1; count <= MAX_RECORDS; count++) {
    const slots = Array.from({ length: count }, (_, slot) =>
      recordOf(
        [...groups].filter(([name]) => slotOf(name, count) === slot),
        others,
      ),
    );
    if (slots.some((text) => bytes(text) > limit)) continue;
    nodes[number] = Object.keys(deeper).length === 0 ? count : [count, deeper];
    slots.forEach((text, slot) => (texts[`${number}.${slot}`] = text));
    return number;
  }
  throw tooMany(path, EVERY_OTHER_NAME, limit);
}

function recordOf(groups: readonly (readonly [name: string, rules: Left[]])[], others: string): string {
  const byLines = new Map<string, string[]>();
  for (const [name, rules] of groups) byLines.set(linesOf(rules), [...(byLines.get(linesOf(rules)) ?? []), name]);
  return [
    ...[...byLines].map(([lines, names]) => header(names, lines)),
    ...(others === "" ? [] : [header([EVERY_OTHER_NAME], others)]),
  ].join("\n");
}

function header(names: readonly string[], lines: string): string {
  return ` ${names.join(" ")} \n${lines}`;
}

function linesOf(rules: readonly Left[]): string {
  return rules.map(({ methods, rest, required }) => `${methods},${rest.join("/")},${required}`).join("\n");
}

/** The rules for paths that go on with this name. @param name empty for the end of the path, undefined for no rule's */
function below(rules: readonly Left[], name: string | undefined): Left[] {
  const found: Left[] = [];
  for (const { rest, ...rule } of rules) {
    const [first, ...more] = rest;
    if (first === "**") found.push({ ...rule, rest });
    else if (first === undefined ? name === "" : name !== "" && (first === "*" || first === name))
      found.push({ ...rule, rest: more });
    const last = found.at(-1);
    // Nothing after it can match.
    if (last?.rest[0] === "**" && last.methods === "") break;
  }
  return found;
}

function isName(segment: string | undefined): segment is string {
  return segment !== undefined && segment !== "*" && segment !== "**";
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

function tooMany(parent: string, name: string, limit: number): StoreTooSmall {
  const path = `${parent}/${name}`;
  return new StoreTooSmall(
    name === EVERY_OTHER_NAME
      ? `too many rules whose path begins with "${path}" are for any name: they are in each record of the store, which holds ${limit} bytes`
      : `"${path}" has more rules of its own than the ${limit} bytes of a record of the store hold`,
  );
}

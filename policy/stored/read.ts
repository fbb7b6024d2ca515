/**
 * Reads rules back from the records of a stored policy in a plan. The text may come from a stranger's pull request. The
 * rules decide like the records, but are not the config's own, because records repeat a rule for each class of hosts
 * and each name.
 */
import { z } from "zod";
import type { GatePolicy } from "../read-source";
import { readRequirement } from "../requirement";
import { CLOSED, ROLE_SEPARATOR } from "../requirement-text";
import { METHODS, type PolicyRule } from "../rule";
import { generationOf } from "./compile";
import { EVERY_OTHER_NAME, POLICY_RECORD, PREFLIGHT, slotOf, type StoredIndex } from "./lookup";

type Method = (typeof METHODS)[number];
type NamedRules = readonly [name: string, rules: RestRule[]];

/** A rule with the rest of its pattern after the name. */
interface RestRule extends Omit<PolicyRule, "path" | "host"> {
  rest: string[];
}

/**
 * The policy of a gate whose settings say that it is in the store.
 *
 * @param settings `GateSettings`, from a plan
 * @param inputs of functions in the same plan: one has the records
 * @throws Error if they differ from the output of stacks/stored-policy.ts
 */
export function readStoredGate(settings: Readonly<Record<string, unknown>>, inputs: readonly unknown[]): GatePolicy {
  const { success, data } = gateSettings.safeParse(settings);
  if (!success) throw new Error("the gate's settings do not say where its policy is in the store");
  const { hosts, policy } = data;
  const { closedTo, ...index } = policy;
  const records = inputs.map(recordsIn).find((found) => found !== undefined);
  if (!records) throw new Error(`the records of policy ${index.generation} are not in the plan`);
  return {
    rules: readStoredPolicy(index, hosts, records),
    ...(closedTo !== undefined && { closedTo: rolesIn(closedTo) }),
  };
}

const gateSettings = z.object({
  hosts: z.array(z.string()),
  policy: z.object({
    generation: z.string(),
    roots: z.array(z.int()),
    nodes: z.array(z.union([z.int(), z.tuple([z.int(), z.record(z.string(), z.int())])])),
    closedTo: z.string().optional(),
  }),
});
const publication = z.object({ operation: z.literal("publish-policy"), records: z.record(z.string(), z.string()) });

function recordsIn(input: unknown): Record<string, string> | undefined {
  try {
    return publication.safeParse(JSON.parse(String(input))).data?.records;
  } catch {
    return undefined;
  }
}

/** In `#a!b=`; none in `##=`. */
function rolesIn(text: string): string[] {
  const [, list] = /^#([A-Za-z0-9_.@:/%!-]+|#)=$/.exec(text) ?? [];
  if (list === undefined) throw new Error("the gate's settings do not say who gets in while the site is closed");
  return list === CLOSED ? [] : list.split(ROLE_SEPARATOR).map(decodeURIComponent);
}

/**
 * @param hosts of the gate's settings
 * @param records by name
 * @throws Error if a record is missing, or differs from compile.ts's output
 */
export function readStoredPolicy(
  index: StoredIndex,
  hosts: readonly string[],
  records: Readonly<Record<string, string>>,
): PolicyRule[] {
  const prefix = `${POLICY_RECORD}${index.generation}.`;
  const texts = Object.fromEntries(
    Object.entries(records).flatMap(([name, text]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), text]] : [],
    ),
  );
  if (generationOf(index.nodes, texts) !== index.generation)
    throw new Error(`the records of policy ${index.generation} are not those that its name says`);
  const known = new Map<number, Omit<PolicyRule, "host">[]>();
  return hosts.flatMap((host, i) => {
    const root = index.roots[i];
    if (root === undefined) throw new Error(`policy ${index.generation}: no records for ${host}`);
    const rules = known.get(root) ?? rulesOfNode(root, [], { index, texts });
    known.set(root, rules);
    return rules.map((rule) => ({ host, ...rule }));
  });
}

/** Segments of a pattern; a request has no more than its path has characters. */
const MAX_DEPTH = 100;

interface Reading {
  index: StoredIndex;
  texts: Readonly<Record<string, string>>;
}

/** @param prefix the names that lead to the node */
function rulesOfNode(number: number, prefix: readonly string[], reading: Reading): Omit<PolicyRule, "host">[] {
  const { index, texts } = reading;
  const node = index.nodes[number];
  // A node always comes after its parent, unless both have the same rules, so there is no cycle.
  if (node === undefined || prefix.length > MAX_DEPTH) return fail(number, "it is not in the index");
  const [count, deeper] = typeof node === "number" ? [node, {}] : node;
  const named: NamedRules[] = [];
  let others: RestRule[] = [];
  for (let slot = 0; slot < count; slot++) {
    for (const [name, rules] of groupsIn(texts[`${number}.${slot}`] ?? fail(number, "a record is missing"), number)) {
      if (name === EVERY_OTHER_NAME) others = rules;
      else if (slotOf(name, count) === slot) named.push([name, rules]);
      else fail(number, `"${name}" is in the wrong record`);
    }
  }
  const below = Object.entries(deeper).flatMap(([name, next]) =>
    rulesOfNode(next, [...prefix, name.slice(1)], reading),
  );
  const written = ({ rest, ...rule }: RestRule, name: string) => ({
    path: `/${[...prefix, ...(name === "" ? [] : [name, ...rest])].join("/")}`,
    ...rule,
  });
  return [
    ...below,
    // A name's rules include the rules for all other names, so if none of them matches, no rule does.
    ...named.flatMap(([name, rules]) => rules.map((rule) => written(rule, name))),
    ...others.map((rule) => written(rule, EVERY_OTHER_NAME)),
  ];
}

function groupsIn(text: string, node: number): NamedRules[] {
  const groups: [names: string[], lines: string[]][] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith(" ") && line.endsWith(" ") && line.length > 1) groups.push([line.slice(1, -1).split(" "), []]);
    else if (line !== "") (groups.at(-1) ?? fail(node, "a rule without a name"))[1].push(line);
  }
  return groups.flatMap(([names, lines]) => {
    const rules = rulesIn(lines, node);
    return names.map((name): NamedRules => [name, rules]);
  });
}

function rulesIn(lines: readonly string[], node: number): RestRule[] {
  const rules: RestRule[] = [];
  let preflight: RestRule["rest"] | undefined;
  for (const line of lines) {
    const [methods = "", rest = "", text, ...more] = line.split(",");
    if (text === undefined || more.length > 0) return fail(node, `"${line}" is no rule`);
    const segments = rest === "" ? [] : rest.split("/");
    const { allow, escapes } = readRequirement(text);
    if (methods === PREFLIGHT) {
      if (allow !== "public" || preflight) return fail(node, `"${line}" is no rule for preflights`);
      preflight = segments;
      continue;
    }
    if (preflight && preflight.join("/") !== rest) return fail(node, `"${line}" is not the rule of its preflights`);
    rules.push({
      rest: segments,
      ...(methods !== "" && { methods: methodsOf(methods, node) }),
      allow,
      ...(escapes && { escapes }),
      ...(preflight && { preflight: "pass" as const }),
    });
    preflight = undefined;
  }
  return preflight ? fail(node, "preflights without a rule") : rules;
}

/** GET stands for HEAD as well. */
function methodsOf(text: string, node: number): Method[] {
  const names = text
    .split("/")
    .map((name) => METHODS.find((known) => known === name) ?? fail(node, `"${name}" is no method`));
  return names.filter((name) => name !== "HEAD" || !names.includes("GET"));
}

function fail(node: number, problem: string): never {
  throw new Error(`policy record ${node}: ${problem}`);
}

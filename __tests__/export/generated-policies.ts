/** Policies with every feature of rules, the same ones each time. */
import type { ConfigInput } from "../../config/schema";
import { covers } from "../../policy/coverage";
import { namesIn } from "../../policy/path-pattern";
import { METHODS, rolesOf, type Allow, type PolicyRule } from "../../policy/rule";
import { createRandom, type Random } from "../simulation/kernel/random";
import { generateConditions } from "./generated-conditions";

export const HOSTS = ["app.example.com", "docs.example.com", "xn--bcher-kva.example.com", "a.b-c.example.org"];
/** Few, so that rules meet. Some mean something in JavaScript. */
const NAMES = ["a", "b", "c", "api", "v1.2", "~u_x-y", "A", "constructor", "__proto__", "default", "0", ".well-known"];
export const IDP = ["main", "corp", "x-1"];
const ROLES = ["admin", "staff", "Domain Users", "/staff", "cn=a,ou=b", "a!b", "*", "+", "?", "#", "%40", "%", "~'()"];
/** What Terraform, JavaScript, JSON or a URL might take for syntax, and all lengths of UTF-8. */
const CHARACTERS = [
  ..."azAZ09_.@:/-~!'()*+%&=?#;,<>[]{}|^`\"\\$",
  " ",
  "é",
  "Ä",
  "ß",
  "東",
  "京",
  "א",
  "👩",
  "😀",
  "𝒜",
];
const OPENINGS = ["${x}", "%{y}", "$${z}", "${", "%%{", "%2F", "%3a"];

export interface GeneratedPolicy {
  policy: PolicyRule[];
  maintenance: ConfigInput["maintenance"];
}

/** Policies in which no rule hides another. */
export function generatedPolicies(count: number, seed: number): GeneratedPolicy[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const policy = someNamed(random, reachable(generateRules(random, random.pick([3, 8, 30]))));
    return { policy, maintenance: generateMaintenance(random, policy) };
  });
}

/** Lists of rules, of which some hide others. */
export function generatedRules(count: number, seed: number): PolicyRule[][] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => generateRules(random, random.pick([6, 40])));
}

/** As many rules as asked for, each below a path of its own. */
export function longPolicy(count: number): PolicyRule[] {
  const random = createRandom(count);
  const rules = Array.from({ length: Math.ceil(count / 40) }, () => generateRules(random, 40)).flat();
  return Array.from({ length: count }, (_, i) => {
    const rule = rules[i % rules.length]!;
    return { ...rule, path: `/${random.pick(NAMES)}/${i}${rule.path}`.replace(/\/$/, "") };
  });
}

function reachable(rules: readonly PolicyRule[]): PolicyRule[] {
  return rules.filter((rule, i) => !rules.slice(0, i).some((earlier) => covers(earlier, rule)));
}

/** Some rules take what they require from a requirement with a name. */
function someNamed(random: Random, rules: readonly PolicyRule[]): PolicyRule[] {
  const names = new Map<string, string>();
  return rules.map((rule) => {
    if (typeof rule.allow === "string" || random.chance(0.7)) return rule;
    const key = JSON.stringify(rule.allow);
    names.set(key, names.get(key) ?? `r-${names.size}`);
    return { ...rule, requirement: names.get(key)! };
  });
}

function generateRules(random: Random, most: number): PolicyRule[] {
  // Some policies have one host or none, some have many runs; in some, many rules differ in the first segment only.
  const hosted = random.pick([0, 0.2, 0.5, 0.9, 1]);
  const depth = random.pick([1, 2, 4]);
  const allows = several(random, 5, () => generateAllow(random));
  const rules = several(random, most, () => generateRule(random, hosted, depth, allows));
  // In some, two hosts have the same rules.
  return random.chance(0.7) ? rules : rules.flatMap((rule) => (rule.host ? bothHosts(rule) : [rule]));
}

function bothHosts(rule: PolicyRule): PolicyRule[] {
  return HOSTS.slice(0, 2).map((host) => ({ ...rule, host }));
}

function generateRule(random: Random, hosted: number, depth: number, allows: readonly Allow[]): PolicyRule {
  const path = generatePath(random, depth);
  return {
    path,
    ...(random.chance(hosted) && { host: random.pick(HOSTS) }),
    ...(random.chance(0.3) && { methods: several(random, 4, () => random.pick(METHODS)) }),
    // The same requirements often, so that names share a case. Owners are of one path.
    allow: random.chance(path.includes("{") ? 0.6 : 0) ? generateAllow(random, namesIn(path)) : random.pick(allows),
    ...(random.chance(0.2) && { escapes: random.chance(0.7) }),
    ...(random.chance(0.15) && { preflight: "pass" as const }),
  };
}

function generatePath(random: Random, depth: number): string {
  if (random.chance(0.05)) return "/";
  const named = random.chance(0.3);
  const segments = several(random, depth, () => (random.chance(0.2) ? "*" : random.pick(NAMES))).map((segment, i) =>
    segment === "*" && named ? `{${random.pick(["user", "team", "x1"])}${i}}` : segment,
  );
  return `/${[...(random.chance(0.05) ? [] : segments), ...(random.chance(0.5) ? ["**"] : [])].join("/")}`;
}

function generateAllow(random: Random, segments: readonly string[] = []): Allow {
  const roles = () => several(random, 3, () => generateRole(random));
  const idp = () => several(random, 2, () => random.pick(IDP));
  return random.pick<() => Allow>([
    () => "public",
    () => "signed-in",
    () => ({ roles: roles() }),
    () => ({ idp: idp() }),
    () => ({ roles: roles(), idp: idp() }),
    () => "nobody",
    ...Array.from({ length: 4 }, () => () => generateConditions({ random, roles, idp, segments })),
  ])();
}

function generateRole(random: Random): string {
  if (random.chance(0.4)) return random.pick(ROLES);
  const text = several(random, 12, () => random.pick(random.chance(0.1) ? OPENINGS : CHARACTERS)).join("");
  return text.trim() === text && text !== "" ? text : `x${text}x`;
}

function generateMaintenance(random: Random, rules: readonly PolicyRule[]): ConfigInput["maintenance"] {
  if (random.chance(0.8)) return undefined;
  const roles = rolesOf(rules).filter(() => random.chance(0.5));
  return roles.length > 0 ? { allow: { roles } } : {};
}

/** From one to `most`. */
function several<T>(random: Random, most: number, make: () => T): T[] {
  return Array.from({ length: random.whole(1, most) }, make);
}

/**
 * Proves that the policy allows every file that a person is served. The gate decides about the viewer's path, but a
 * site may serve another file for it. This can be the document of a folder, the shell of an application, or the page
 * for missing files. The proof covers all paths that the policy distinguishes.
 */
import { decidingRule } from "../policy/deciding-rule";
import { policyOf } from "../policy/evaluate";
import { describeAllow, implies } from "../policy/decision-table";
import type { Requirement } from "../policy/requirement";
import type { PolicyRule } from "../policy/rule";
import { familiesOf, memberOf, writtenFamily } from "./families";
import { mayServe } from "./meet";
import { filesIn, isFile, shellOf, type Place } from "./place";

/** A path that gets a file with a wrong decision. */
export interface Difference {
  /** Index of the rule that decides the path, or undefined for none: then the file is open, and the path is not. */
  rule: number | undefined;
  host: string;
  method: "GET" | "HEAD";
  /** The path and the file for people: `*` is a segment of any name. */
  path: string;
  file: string;
  /** Who may open the path and the file, in words. */
  may: string;
  mayFile: string;
}

interface Question {
  policy: readonly PolicyRule[];
  hosts: readonly string[];
  places: readonly Place[];
}

/**
 * Folders whose index document is not decided exactly like the folder. Exactly, because both are names of the same
 * document: one would open what the other protects.
 */
export function foldersDecidedDifferently(question: Question, place: Place): Difference[] {
  const { index, spa } = place.site!;
  if (index === false || spa) return [];
  const files = filesIn(question.policy);
  return compare(question, place, {
    paths: (family) => (files.includes(family) ? [] : [`${family}/`]),
    file: (path) => path + index,
    isFine: (path, file) => sameRequirement(path, file),
  });
}

/** Deep links that are open to people who may not open the application's shell. */
export function deepLinksBeyondShell(question: Question, place: Place): Difference[] {
  if (!place.site!.spa) return [];
  const shell = shellOf(place);
  const files = filesIn(question.policy);
  return compare(question, place, {
    paths: (family) =>
      files.includes(family) ? [] : [family, `${family}/`].filter((path) => path !== "" && !isFile(path)),
    file: () => shell,
    isFine: (path, file) => path === undefined || (file !== undefined && implies(path.allow, file.allow)),
  });
}

/** Paths that are open to people who may not open the page for missing files. */
export function pathsBeyondPage(question: Question, place: Place, page: string): Difference[] {
  return compare(question, place, {
    paths: (family) => [family, `${family}/`].filter((path) => path !== ""),
    file: () => page,
    isFine: (path, file) => path === undefined || (file !== undefined && implies(path.allow, file.allow)),
  });
}

interface Comparison {
  paths(family: string): string[];
  file(path: string): string;
  isFine(path: Requirement | undefined, file: Requirement | undefined): boolean;
}

/** @returns one difference for each pair of a deciding rule and what it is compared with */
function compare({ policy, hosts, places }: Question, place: Place, { paths, file, isFine }: Comparison): Difference[] {
  const patterns = policy.map((rule) => rule.path);
  const decide = policyOf(policy);
  const ruleOf = decidingRule(policy);
  const found = new Map<string, Difference>();
  const families = familiesOf(patterns);
  const known = new Set(families);
  for (const family of families.flatMap(paths).filter((path) => mayServe(places, place, path, known))) {
    for (const host of hosts) {
      for (const method of ["GET", "HEAD"] as const) {
        const ask = (path: string) => ({ host, method, path: memberOf(path, patterns) });
        const [path, served] = [ask(family), ask(file(family))];
        const [first, second] = [decide(path), decide(served)];
        if (isFine(first, second)) continue;
        const rule = ruleOf(path);
        found.set(
          `${rule} ${ruleOf(served)}`,
          found.get(`${rule} ${ruleOf(served)}`) ?? {
            rule,
            host,
            method,
            path: writtenFamily(family),
            file: writtenFamily(file(family)),
            may: inWords(first),
            mayFile: inWords(second),
          },
        );
      }
    }
  }
  return [...found.values()];
}

function sameRequirement(one: Requirement | undefined, other: Requirement | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function inWords(requirement: Requirement | undefined): string {
  if (!requirement) return "nobody";
  return describeAllow(requirement.allow) + (requirement.escapes ? " with escapes" : "");
}

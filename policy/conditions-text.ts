/** Conditions as extended text (requirement-text.ts), and back. */
import { segmentNumber } from "./path-pattern";
import { encodeText } from "./percent-encoding";
import { ALTERNATIVE, CONDITION, END_OF_LIST, ROLE_SEPARATOR } from "./requirement-text";
import { DAYS, type Conditions, type During } from "./rule";

/** Members that are lists of names, with their names in the text. */
const LISTS = {
  roles: "any",
  allRoles: "all",
  notRoles: "not",
  idp: "idp",
  scopes: "scope",
  emailDomains: "mail",
  acr: "acr",
  networks: "net",
  notNetworks: "nonet",
  countries: "geo",
  notCountries: "nogeo",
} as const satisfies Partial<Record<keyof Conditions, string>>;

/** @param path the rule's pattern, in which an owner's segment is looked up */
export function writeAlternatives(alternatives: readonly Conditions[], path: string): string {
  return alternatives.map((conditions) => writeConditions(conditions, path) || CONDITION).join(ALTERNATIVE);
}

/** @throws URIError for an escape that is none @throws Error for an unknown condition */
export function readAlternatives(text: string): Conditions[] {
  return text.split(ALTERNATIVE).map(readConditions);
}

function writeConditions(conditions: Conditions, path: string): string {
  const { public: isPublic, claims = {}, maxAge, during, owner } = conditions;
  const lists = (...members: (keyof typeof LISTS)[]) =>
    members.map((member) => written(LISTS[member], conditions[member]));
  return [
    written("pub", isPublic && []),
    ...lists("roles", "allRoles", "notRoles", "idp", "scopes"),
    ...byName(claims).map(([name, values]) => written("claim", [name, ...values])),
    ...lists("emailDomains", "acr"),
    written("age", maxAge === undefined ? undefined : [String(maxAge)]),
    ...lists("networks", "notNetworks", "countries", "notCountries"),
    written("time", during && timeValues(during)),
    written("own", ownerValues(owner, path)),
  ].join("");
}

/** The members of a map in the one order that Terraform has for them (docs/decisions/0057-policy-in-hcl.md). */
function byName<T>(map: Readonly<Record<string, T>>): [name: string, value: T][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

function written(name: string, values: readonly string[] | undefined): string {
  return values ? CONDITION + name + END_OF_LIST + values.map(encodeText).join(ROLE_SEPARATOR) : "";
}

function timeValues({ from = "", until = "", days = [], hours = "" }: During): string[] {
  return [from, until, days.map((day) => DAYS.indexOf(day) + 1).join(""), hours.replaceAll(":", "")];
}

function ownerValues(owner: Conditions["owner"], path: string): string[] | undefined {
  if (owner === undefined) return undefined;
  const { segment, claim = undefined } = typeof owner === "string" ? { segment: owner } : owner;
  return [String(segmentNumber(path, segment)), ...(claim === undefined ? [] : [claim])];
}

function readConditions(text: string): Conditions {
  const conditions: Conditions = {};
  if (text === CONDITION) return conditions;
  for (const part of text.split(CONDITION).slice(1)) {
    const [name, list = "", ...more] = part.split(END_OF_LIST);
    if (more.length > 0) throw new Error(`not a condition: ${part}`);
    readCondition(conditions, name!, list === "" ? [] : list.split(ROLE_SEPARATOR).map(decodeURIComponent));
  }
  return conditions;
}

function readCondition(conditions: Conditions, name: string, values: string[]): void {
  const [first = "", second] = values;
  switch (name) {
    case "pub":
      conditions.public = true;
      return;
    case "claim":
      conditions.claims = { ...conditions.claims, [first]: values.slice(1) };
      return;
    case "age":
      conditions.maxAge = Number(first);
      return;
    case "time":
      conditions.during = readTime(values);
      return;
    case "own":
      conditions.owner = second === undefined ? first : { segment: first, claim: second };
      return;
  }
  const member = (Object.keys(LISTS) as (keyof typeof LISTS)[]).find((key) => LISTS[key] === name);
  if (!member) throw new Error(`not a condition: ${name}`);
  conditions[member] = values;
}

function readTime([from, until, days, hours]: readonly string[]): During {
  return {
    ...(from && { from }),
    ...(until && { until }),
    ...(days && { days: [...days].map((day) => DAYS[Number(day) - 1]!) }),
    ...(hours && { hours: hours.replace(/(\d\d)(\d\d)/g, "$1:$2") }),
  };
}

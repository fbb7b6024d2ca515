/** Reads the words for a group of people, and says who is in it. Knows nothing of how the words are made. */
import { isInside } from "./networks";
import type { Visitor } from "./visitors";

type Belongs = (visitor: Visitor) => boolean;

const NAME = String.raw`(?:[\w.@:/-]+|"[^"]*")`;
const LIST = String.raw`(${NAME}(?:(?:, | or | and (?!who))${NAME})*)`;
const ANY = String.raw`(${NAME}(?:(?:, (?!or |and )| or )${NAME})*)`;
const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const namesIn = (list: string): string[] =>
  [...list.matchAll(new RegExp(NAME, "g"))]
    .map(([name]) => (name.startsWith('"') ? (JSON.parse(name) as string) : name))
    .filter((name) => !["or", "and"].includes(name));
const meets = (some: readonly string[] | undefined, names: string): boolean =>
  namesIn(names).some((name) => some?.includes(name) ?? false);
const has = (value: string | undefined, names: string): boolean =>
  value !== undefined && namesIn(names).includes(value);

const hasMail = (email: string | undefined, names: string): boolean =>
  names.split(/, and |, | or | and /).some((text) => {
    const [, domain] = /^at (.+)$/.exec(text) ?? [];
    return domain === undefined ? email === text : email?.split("@")[1] === domain;
  });
const minuteOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
const isBetween = (at: number, from: string, until: string): boolean => {
  const minute = minuteOf(new Date(at * 1000).toISOString().slice(11, 16));
  const [start, end] = [minuteOf(from), minuteOf(until)];
  return start < end ? minute >= start && minute < end : minute >= start || minute < end;
};
const owns = ({ session, path }: Visitor, segment: string, claim: string | undefined): boolean => {
  const value = path.split("/")[Number(segment)];
  if (session === undefined || value === undefined) return false;
  return claim === undefined ? session.uid === value : (session.claims[claim]?.includes(value) ?? false);
};

/** What may follow, in any order. Longer forms are first. */
const QUALIFIERS: [form: string, belongs: (...texts: (string | undefined)[]) => Belongs][] = [
  [`with role ${ANY}`, (names) => (v) => meets(v.session?.roles, names!)],
  [`and role ${ANY}`, (names) => (v) => meets(v.session?.roles, names!)],
  [`without role ${ANY}`, (names) => (v) => !meets(v.session?.roles, names!)],
  [`with scope ${ANY}`, (names) => (v) => meets(v.session?.claims["scope"], names!)],
  [`without scope ${ANY}`, (names) => (v) => !meets(v.session?.claims["scope"], names!)],
  [
    String.raw`whose e-mail address is (not |none of )?((?:at )?${NAME}(?:(?:, | or | and (?!who))(?:at )?${NAME})*)`,
    (negated, names) => (v) => hasMail(v.session?.email, names!) !== (negated !== undefined),
  ],
  [
    `whose claim (${NAME}) is (not |none of )?${LIST}`,
    (name, negated, names) => (v) => meets(v.session?.claims[name!], names!) !== (negated !== undefined),
  ],
  [`who signed in with acr ${ANY}`, (names) => (v) => has(v.session?.acr, names!)],
  [`who did not sign in with acr ${ANY}`, (names) => (v) => !has(v.session?.acr, names!)],
  [
    String.raw`who (signed|did not sign) in within the last (\d+)([smhd])`,
    (verb, number, unit) => (v) =>
      (v.session?.age !== undefined && v.session.age <= Number(number) * UNITS[unit!]!) === (verb === "signed"),
  ],
  [`outside network ${ANY}`, (names) => (v) => !isInside(names!.split(/, | or /), v.address)],
  [`from network ${ANY}`, (names) => (v) => isInside(names!.split(/, | or /), v.address)],
  [String.raw`from (\d{4}-\S+Z)`, (time) => (v) => v.at >= Date.parse(time!) / 1000],
  [String.raw`before (\d{4}-\S+Z)`, (time) => (v) => v.at < Date.parse(time!) / 1000],
  [`in an unknown country or any but ${ANY}`, (names) => (v) => !has(v.country, names!)],
  [`in any known country but ${ANY}`, (names) => (v) => v.country !== undefined && !has(v.country, names!)],
  [
    String.raw`in country ([A-Z, ]+?),? or an unknown one`,
    (names) => (v) => v.country === undefined || has(v.country, names!),
  ],
  [`in country ${ANY}`, (names) => (v) => has(v.country, names!)],
  [`on ${ANY}`, (names) => (v) => has(DAYS[(new Date(v.at * 1000).getUTCDay() + 6) % 7], names!)],
  [String.raw`between (\S+) and (\S+) UTC`, (from, until) => (v) => isBetween(v.at, from!, until!)],
  [String.raw`as the owner \(segment (\d+)(?: by claim (\w+))?\)`, (segment, claim) => (v) => owns(v, segment!, claim)],
  [
    String.raw`but not the owner \(segment (\d+)(?: by claim (\w+))?\)`,
    (segment, claim) => (v) => !owns(v, segment!, claim),
  ],
  [`with uid ${ANY}`, (names) => (v) => has(v.session?.uid, names!)],
  [`but not uid ${ANY}`, (names) => (v) => !has(v.session?.uid, names!)],
  [`but not people of provider ${ANY}`, (names) => (v) => !has(v.session?.idp, names!)],
];
const SUBJECTS: typeof QUALIFIERS = [
  ["visitors who are not signed in", () => (v) => v.session === undefined],
  ["every signed-in user", () => (v) => v.session !== undefined],
  [`people of provider ${ANY}`, (names) => (v) => has(v.session?.idp, names!)],
  ["people", () => (v) => v.session !== undefined],
  ["everybody", () => () => true],
  [`role ${ANY}`, (names) => (v) => meets(v.session?.roles, names!)],
  [String.raw`the owner \(segment (\d+)(?: by claim (\w+))?\)`, (segment, claim) => (v) => owns(v, segment!, claim)],
];

/** @throws Error for words that it does not know */
export function inWords(text: string): Belongs {
  let rest = text;
  const parts: Belongs[] = [];
  const take = (forms: typeof QUALIFIERS): boolean =>
    forms.some(([form, belongs]) => {
      const found = new RegExp(`^(?:and (?=who))?${form}(?: |$)`).exec(rest);
      if (!found) return false;
      rest = rest.slice(found[0].length);
      parts.push(belongs(...found.slice(1)));
      return true;
    });
  if (!take(SUBJECTS)) throw new Error(`unknown words: ${text}`);
  while (rest !== "") if (!take(QUALIFIERS)) throw new Error(`unknown words: ${text}, at ${rest}`);
  return (visitor) => parts.every((belongs) => belongs(visitor));
}

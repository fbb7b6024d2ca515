/** Words for a literal that come after the words for the people. */
import { SCOPE_CLAIM } from "../requirement-text";
import { DAYS } from "../rule";
import { durationInWords } from "../duration";
import type { Fact, FactOf, Literal } from "./fact";

type Words<Kind extends Fact["is"]> = (fact: FactOf<Kind>, holds: boolean) => string;

const WORDS: { [Kind in Fact["is"]]: Words<Kind> } = {
  session: (_, holds) => (holds ? "who are signed in" : "who are not signed in"),
  role: ({ values }, holds) => `${holds ? "with" : "without"} role ${anyOf(values)}`,
  claim: ({ name, values }, holds) =>
    name === SCOPE_CLAIM
      ? `${holds ? "with" : "without"} scope ${anyOf(values)}`
      : `whose claim ${named(name)} is ${oneOf(values.map(named), holds)}`,
  idp: ({ values }, holds) => `${holds ? "of" : "but not people of"} provider ${anyOf(values)}`,
  uid: ({ values }, holds) => `${holds ? "with" : "but not"} uid ${anyOf(values)}`,
  mail: ({ values }, holds) =>
    `whose e-mail address is ${oneOf(
      values.map((value) => (value[0] === "@" ? `at ${named(value.slice(1))}` : named(value))),
      holds,
    )}`,
  acr: ({ values }, holds) => `who ${holds ? "signed in" : "did not sign in"} with acr ${anyOf(values)}`,
  age: ({ seconds }, holds) =>
    `who ${holds ? "signed in" : "did not sign in"} within the last ${durationInWords(seconds)}`,
  network: ({ values }, holds) => `${holds ? "from" : "outside"} network ${listed(values, "or")}`,
  country: ({ values }, holds) =>
    holds ? `in country ${listed(values, "or")}` : `in an unknown country or any but ${listed(values, "or")}`,
  abroad: ({ values }, holds) =>
    holds
      ? `in any known country but ${listed(values, "or")}`
      : `in country ${listed([...values, "an unknown one"], "or")}`,
  since: ({ at }, holds) => `${holds ? "from" : "before"} ${new Date(at * 1000).toISOString().replace(".000Z", "Z")}`,
  day: ({ days }, holds) =>
    `on ${listed(
      DAYS.filter((_, i) => days.includes(i + 1) === holds),
      "or",
    )}`,
  hours: ({ from, until }, holds) => `between ${clock(holds ? from : until)} and ${clock(holds ? until : from)} UTC`,
  owner: ({ segment, claim }, holds) =>
    `${holds ? "as" : "but not"} the owner (segment ${segment}${claim === undefined ? "" : ` by claim ${named(claim)}`})`,
};

export function described({ fact, holds }: Literal): string {
  return (WORDS[fact.is] as (fact: Fact, holds: boolean) => string)(fact, holds);
}

/** Names with spaces or signs in quotes. */
export function named(name: string): string {
  return /^[\w.@:/-]+$/.test(name) ? name : JSON.stringify(name);
}

export function listed(names: readonly string[], word: "and" | "or"): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}

function anyOf(values: readonly string[]): string {
  return listed(values.map(named), "or");
}

function oneOf(texts: readonly string[], holds: boolean): string {
  if (holds) return listed(texts, "or");
  return texts.length === 1 ? `not ${texts[0]}` : `none of ${listed(texts, "and")}`;
}

function clock(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${String(hours).padStart(2, "0")}:${String(rest).padStart(2, "0")}`;
}

/** Reads the words of a diff as a set of people. The sets are bits of a number, one for each person. */
import { GENERATED_PROVIDERS, GENERATED_ROLES } from "../../support/generated-policies";

export interface Person {
  roles: readonly string[];
  idp: string;
}

/** The first one has no session. The others have every set of roles at every provider, and at one no rule names. */
export const PEOPLE: readonly (Person | undefined)[] = [
  undefined,
  ...[...GENERATED_PROVIDERS, "elsewhere"].flatMap((idp) =>
    Array.from({ length: 2 ** GENERATED_ROLES.length }, (_, bits) => ({
      idp,
      roles: GENERATED_ROLES.filter((_, i) => bits & (1 << i)),
    })),
  ),
];

export function those(belong: (person: Person | undefined) => boolean): number {
  return PEOPLE.reduce((bits, person, i) => (belong(person) ? bits | (1 << i) : bits), 0);
}

const names = (text: string) => text.split(/, | or /);
const holding = (text: string) => those((person) => names(text).some((role) => person?.roles.includes(role)));

/** @throws Error for words that it does not know */
export function peopleInWords(text: string): number {
  const [, group, others] = /^(.+?) but not (.+)$/.exec(text) ?? [];
  if (group)
    return (
      peopleInWords(group) &
      ~others!
        .split(/, (?=role|people)| and (?=role \S+(?: with|$|,| and)|people)/)
        .map(peopleInWords)
        .reduce((a, b) => a | b)
    );
  const [, having, lacked] = /^(.+) without role (.+)$/.exec(text) ?? [];
  if (having) return peopleInWords(having) & ~holding(lacked!);
  if (text === "everybody") return those(() => true);
  if (text === "every signed-in user") return those((person) => !!person);
  if (text === "visitors who are not signed in") return those((person) => !person);
  const [, idp, more] = /^people of provider (.+?)(?: with (.+))?$/.exec(text) ?? [];
  if (idp) {
    const ofProvider = those((person) => !!person && names(idp).includes(person.idp));
    return more ? ofProvider & peopleInWords(more) : ofProvider;
  }
  const lists = text.split(/ (?:with|and) role /);
  if (!lists[0]!.startsWith("role ")) throw new Error(`unknown words: ${text}`);
  return lists.map((list) => holding(list.replace(/^role /, ""))).reduce((a, b) => a & b);
}

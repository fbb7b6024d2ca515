/** A rule's requirement in a few words, for tables and messages. `people/words.ts` describes the people who meet it. */
import { durationInWords } from "./duration";
import { alternativesOf, DAYS, type Allow, type Conditions, type PolicyRule } from "./rule";

/** Who may pass, such as `staff or admin`, or `signed-in, from 10.0.0.0/8`. */
export function describeAllow(allow: Allow): string {
  if (typeof allow === "string") return allow;
  const texts = alternativesOf(allow).map(describeConditions);
  return texts.join(texts.some((text) => text.includes(",")) ? "; or " : " or ");
}

/** The same for a rule, after the name of its requirement if it has one. */
export function describeRequired({ allow, requirement }: Pick<PolicyRule, "allow" | "requirement">): string {
  return requirement === undefined ? describeAllow(allow) : `${requirement}: ${describeAllow(allow)}`;
}

/** Each member of the conditions in words, and those of `claims` one by one. */
export function conditionsInWords(conditions: Conditions): { name: keyof Conditions; words: string }[] {
  return (Object.keys(WORDS) as (keyof Conditions)[]).flatMap((name) =>
    conditions[name] === undefined ? [] : wordsOf(name, conditions).map((words) => ({ name, words })),
  );
}

const either = (values: readonly string[]) => values.join(" or ");
const all = (values: readonly string[]) => values.join(" and ");

/** Rules that were read from compiled source have its number. */
const segment = (name: string) => (/^\d+$/.test(name) ? `segment ${name}` : `{${name}}`);

/** In the order of the text. */
const WORDS: { [Name in keyof Required<Conditions>]: (value: NonNullable<Conditions[Name]>) => string | string[] } = {
  public: () => "public",
  roles: either,
  allRoles: all,
  owner: (owner) =>
    typeof owner === "string"
      ? `owner (${segment(owner)})`
      : `owner (${segment(owner.segment)} by claim ${owner.claim})`,
  idp: (ids) => `from provider ${either(ids)}`,
  notRoles: (roles) => `not ${either(roles)}`,
  scopes: (scopes) => `scope ${all(scopes)}`,
  claims: (claims) => Object.entries(claims).map(([name, values]) => `claim ${name} is ${either(values)}`),
  emailDomains: (domains) => `e-mail at ${either(domains)}`,
  acr: (classes) => `acr ${either(classes)}`,
  maxAge: (seconds) => `signed in within ${durationInWords(seconds)}`,
  networks: (networks) => `from ${either(networks)}`,
  notNetworks: (networks) => `not from ${either(networks)}`,
  countries: (countries) => `in ${either(countries)}`,
  notCountries: (countries) => `not in ${either(countries)}`,
  during: ({ from, until, days, hours }) => [
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(until === undefined ? [] : [`until ${until}`]),
    ...(days ? [`on ${daysInWords(days)}`] : []),
    ...(hours === undefined ? [] : [`${hours} UTC`]),
  ],
};

/** Such as `mon to fri`, or `sat or sun`. */
function daysInWords(days: readonly (typeof DAYS)[number][]): string {
  const first = DAYS.indexOf(days[0]!);
  const isRun = days.length > 2 && days.every((day, i) => DAYS[first + i] === day);
  return isRun ? `${days[0]} to ${days.at(-1)}` : either(days);
}

function wordsOf<Name extends keyof Conditions>(name: Name, conditions: Conditions): string[] {
  return [(WORDS[name] as (value: unknown) => string | string[])(conditions[name])].flat();
}

function describeConditions(conditions: Conditions): string {
  const { roles, idp, ...others } = conditions;
  const own = conditionsInWords({ ...others, roles });
  const isNamed = own[0] !== undefined && ["public", "roles", "allRoles", "owner"].includes(own[0].name);
  const [who, ...more] = [...(isNamed ? [] : ["signed-in"]), ...own.map(({ words }) => words)];
  return [idp ? `${who} (${either(idp)})` : who, ...more].join(", ");
}

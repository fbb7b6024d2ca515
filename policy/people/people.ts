/** The set of people that a rule lets pass, by what a policy can distinguish. */
import { segmentNumber } from "../path-pattern";
import { EMAIL_CLAIM, SCOPE_CLAIM } from "../requirement-text";
import { alternativesOf, DAYS, type Allow, type Conditions, type During } from "../rule";
import type { Segments } from "../patterns";
import { areAmong } from "./difference";
import { not, yes, type Fact, type Group, type Literal, type People } from "./fact";

export type { Group, People } from "./fact";

export const NOBODY: People = [];
export const EVERYBODY: People = [[]];
export const SIGNED_IN: People = [[yes({ is: "session" })]];

/**
 * @param allow undefined for nobody
 * @param path of the rule, for an owner's segment
 * @param closedTo while the site is closed: the roles that get in
 */
export function peopleOf(allow: Allow | undefined, path: string, closedTo?: readonly string[]): People {
  if (allow === undefined || closedTo?.length === 0) return NOBODY;
  return alternativesOf(allow).map((conditions) => [
    ...literalsOf(conditions, path),
    ...(closedTo ? [yes({ is: "role", values: closedTo })] : []),
  ]);
}

export function isEverybody(people: People): boolean {
  return areAmong(EVERYBODY, people);
}

/**
 * The same people for paths of a pattern. If the pattern has a fixed name as the owner's segment, the owner is known.
 */
export function onPaths(people: People, segments: Segments): People {
  return people.map((group) => group.map(({ fact, holds }) => ({ fact: onPath(fact, segments), holds })));
}

function onPath(fact: Fact, segments: Segments): Fact {
  const name = fact.is === "owner" ? segments[fact.segment - 1] : undefined;
  if (fact.is !== "owner" || name === undefined || name.startsWith("*")) return fact;
  return fact.claim === undefined ? { is: "uid", values: [name] } : claimFact(fact.claim, [name]);
}

/** In the order of the words. */
function literalsOf(conditions: Conditions, path: string): Group {
  const { roles, allRoles = [], notRoles, idp, scopes = [], claims = {}, emailDomains, acr, maxAge } = conditions;
  const { networks, notNetworks, countries, notCountries, during, owner } = conditions;
  const facts: (Literal | undefined)[] = [
    conditions.public ? undefined : yes({ is: "session" }),
    idp && yes({ is: "idp", values: idp }),
    roles && yes({ is: "role", values: roles }),
    ...allRoles.map((role) => yes({ is: "role", values: [role] })),
    notRoles && not(yes({ is: "role", values: notRoles })),
    ...scopes.map((scope) => yes({ is: "claim", name: SCOPE_CLAIM, values: [scope] })),
    ...Object.entries(claims).map(([name, values]) => yes(claimFact(name, values))),
    emailDomains && yes({ is: "mail", values: emailDomains.map((domain) => `@${domain}`) }),
    acr && yes({ is: "acr", values: acr }),
    maxAge === undefined ? undefined : yes({ is: "age", seconds: maxAge }),
    networks && yes({ is: "network", values: networks }),
    notNetworks && not(yes({ is: "network", values: notNetworks })),
    countries && yes({ is: "country", values: countries }),
    notCountries && yes({ is: "abroad", values: notCountries }),
    ...(during ? timesOf(during) : []),
    owner === undefined ? undefined : yes(ownerFact(owner, path)),
  ];
  return facts.filter((literal) => literal !== undefined);
}

function claimFact(name: string, values: readonly string[]): Fact {
  return name === EMAIL_CLAIM ? { is: "mail", values } : { is: "claim", name, values };
}

function ownerFact(owner: NonNullable<Conditions["owner"]>, path: string): Fact {
  const { segment, claim } = typeof owner === "string" ? { segment: owner, claim: undefined } : owner;
  return { is: "owner", segment: segmentNumber(path, segment), ...(claim !== undefined && { claim }) };
}

function timesOf({ from, until, days, hours }: During): Literal[] {
  const [start, end] = hours?.split("-").map(minutesOf) ?? [];
  return [
    ...(from === undefined ? [] : [yes({ is: "since", at: secondsOf(from) })]),
    ...(until === undefined ? [] : [not(yes({ is: "since", at: secondsOf(until) }))]),
    ...(days ? [yes({ is: "day", days: days.map((day) => DAYS.indexOf(day) + 1) })] : []),
    ...(start === undefined || end === undefined ? [] : [yes({ is: "hours", from: start, until: end })]),
  ];
}

function secondsOf(time: string): number {
  return Date.parse(time) / 1000;
}

function minutesOf(time: string): number {
  const [hours, minutes] = time.split(":").map(Number);
  return hours! * 60 + minutes!;
}

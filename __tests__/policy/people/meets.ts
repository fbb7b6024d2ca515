/** Whether a visitor meets what a rule requires, written apart from the gate and from the sets of people. */
import { alternativesOf, type Allow, type Conditions, type During } from "../../../policy/rule";
import { PATTERN } from "./generated-conditions";
import { isInside } from "./networks";
import type { Visitor } from "./visitors";

export function meets(allow: Allow, visitor: Visitor): boolean {
  return alternativesOf(allow).some((conditions) => meetsAll(conditions, visitor));
}

function meetsAll(conditions: Conditions, visitor: Visitor): boolean {
  const { networks, notNetworks, countries, notCountries, during } = conditions;
  const { country } = visitor;
  return (
    (!networks || isInside(networks, visitor.address)) &&
    (!notNetworks || !isInside(notNetworks, visitor.address)) &&
    (!countries || (country !== undefined && countries.includes(country))) &&
    (!notCountries || (country !== undefined && !notCountries.includes(country))) &&
    (!during || isDuring(during, new Date(visitor.at * 1000))) &&
    (conditions.public === true || isPerson(conditions, visitor))
  );
}

function isPerson(conditions: Conditions, { session, path }: Visitor): boolean {
  if (!session) return false;
  const { roles, allRoles = [], notRoles = [], idp, scopes = [], claims = {}, emailDomains, acr, maxAge } = conditions;
  const valuesOf = (name: string) => (name === "email" ? [session.email ?? ""] : (session.claims[name] ?? []));
  return (
    (!roles || roles.some((role) => session.roles.includes(role))) &&
    allRoles.every((role) => session.roles.includes(role)) &&
    !notRoles.some((role) => session.roles.includes(role)) &&
    (!idp || idp.includes(session.idp)) &&
    scopes.every((scope) => valuesOf("scope").includes(scope)) &&
    Object.entries(claims).every(([name, values]) => values.some((value) => valuesOf(name).includes(value))) &&
    (!emailDomains || emailDomains.includes(session.email?.split("@")[1] ?? "")) &&
    (!acr || acr.includes(session.acr ?? "")) &&
    (maxAge === undefined || (session.age !== undefined && session.age <= maxAge)) &&
    isOwner(conditions.owner, path, session.uid, valuesOf)
  );
}

function isOwner(
  owner: Conditions["owner"],
  path: string,
  uid: string,
  valuesOf: (claim: string) => readonly string[],
): boolean {
  if (owner === undefined) return true;
  const name = typeof owner === "string" ? owner : owner.segment;
  const segment = path.split("/")[PATTERN.split("/").indexOf(`{${name}}`)];
  const own = typeof owner === "string" ? [uid] : valuesOf(owner.claim);
  return segment !== undefined && own.includes(segment);
}

function isDuring({ from, until, days, hours }: During, at: Date): boolean {
  const clock = at.toISOString().slice(11, 16);
  const [start = "", end = ""] = hours?.split("-") ?? ["00:00", "24:00"];
  const day = (["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const)[at.getUTCDay()]!;
  return (
    (from === undefined || at >= new Date(from)) &&
    (until === undefined || at < new Date(until)) &&
    (!days || days.includes(day)) &&
    (start < end ? clock >= start && clock < end : clock >= start || clock < end)
  );
}

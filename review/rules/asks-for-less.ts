/**
 * People who get in without a condition that applied before, such as a network or a newer authentication, or because no
 * rule denies anymore.
 */
import type { AccessChange, ConditionName } from "../../policy/diff/access-diff";
import { accessOf, places } from "../access";
import { gatewaysOf, type Gateway } from "../gateway/gateways";
import { isMarked } from "../plan/values";
import { listed, say, type Sentence } from "../sentence";
import { foundAt, high, medium, type Found, type Rule } from "../rule";

export const asksForLess: Rule = {
  id: "asks-for-less",
  title: "Asks for less",
  help: "Ask the owner of the paths whether the condition was there for a reason, such as a contract or an audit.",
  find: (plan) =>
    gatewaysOf(plan)
      .filter(({ gate }) => !isMarked(gate.afterUnknown, ["code"]))
      .flatMap(found),
};

const WORDS: Record<ConditionName, string> = {
  acr: "how somebody signed in",
  maxAge: "a new authentication",
  networks: "a network",
  notNetworks: "a network",
  countries: "a country",
  notCountries: "a country",
  during: "a time",
  emailDomains: "the domain of the e-mail address",
  claims: "a claim",
  scopes: "a scope",
  notRoles: "the absence of a role",
  owner: "the owner",
};

function found(gateway: Gateway): Found[] {
  // A policy that cannot be read has no changes: the rule about access says so.
  const { changes } = accessOf(gateway);
  const denied = changes.filter(({ before, gains }) => before === "nobody" && gains.length > 0);
  const less = changes.filter(({ newlyWithout }) => newlyWithout);
  const names = [...new Set(less.flatMap(({ newlyWithout = [] }) => newlyWithout.map((name) => WORDS[name])))];
  return foundAt(gateway.gate.address, [
    denied.length > 0 && high(say`Nothing denies ${places(denied)} any more: ${who(denied)}.`),
    less.length > 0 &&
      medium(
        say`No longer asked for at ${places(less)}: ${names.map((name, i) => (i === 0 ? name : `, ${name}`))}. So more people get in: ${who(less)}.`,
      ),
  ]);
}

function who(changes: readonly AccessChange[]): Sentence {
  return listed([...new Set(changes.flatMap(({ gains }) => gains))]);
}

/**
 * Evaluates a policy directly from its rules, without the compiled source or the text that it returns. It is slow, and
 * written to be read beside docs/policy.md.
 */
import { BlockList, isIP } from "node:net";
import type { Allow, Conditions, PolicyRule } from "../../policy/rule";
import type { Session } from "../../session/token";

export interface ReferenceRequest {
  host: string;
  method: string;
  path: string;
  preflight: boolean;
  /** The viewer's address, from CloudFront. */
  address: string;
  country: string | undefined;
}

/** The line in the access log, without the user's ID. */
export type ReferenceDecision =
  "allow public" | "allow session" | "login none" | "login step-up" | "deny rule" | "deny role";

/** @param session a valid one @param now of the decision */
export function decideByReference(
  rules: readonly PolicyRule[],
  request: ReferenceRequest,
  session: Session | undefined,
  now: Date,
): ReferenceDecision {
  const rule = rules.find((one) => matches(one, request));
  if (!rule) return "deny rule";
  if (request.preflight && rule.preflight === "pass") return "allow public";
  const ways = waysOf(rule.allow).filter((way) => allowsRequest(way, request, now));
  if (ways.length === 0) return "deny rule";
  if (ways.some((way) => way.public)) return "allow public";
  if (!session) return "login none";
  const owned = ways.filter((way) => isPerson(way, session) && isOwner(way, rule.path, request.path, session));
  if (owned.some((way) => isAuthenticated(way, session, now))) return "allow session";
  return owned.length > 0 ? "login step-up" : "deny role";
}

function waysOf(allow: Allow): readonly Conditions[] {
  if (allow === "nobody") return [];
  if (allow === "public") return [{ public: true }];
  if (allow === "signed-in") return [{}];
  return Array.isArray(allow) ? (allow as readonly Conditions[]) : [allow as Conditions];
}

function matches(rule: PolicyRule, request: ReferenceRequest): boolean {
  if (rule.host !== undefined && rule.host !== request.host) return false;
  const methods = rule.methods?.flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name]));
  const isPreflight = request.preflight && rule.preflight === "pass";
  if (methods && !isPreflight && !methods.includes(request.method as never)) return false;
  const form = rule.path
    .replace(/[.]/g, "\\.")
    .replace(/\/\*\*$/, "(?:/.*)?")
    .replace(/\{\w+\}|(?<!\.)\*(?!\))/g, "[^/]+");
  return new RegExp(`^${rule.path === "/" ? "" : form}/?$`).test(request.path);
}

function allowsRequest(way: Conditions, { address, country }: ReferenceRequest, now: Date): boolean {
  const { networks, notNetworks, countries, notCountries, during } = way;
  // CloudFront never sends an IPv4 address that is written as IPv6.
  const isKnown = isIP(address) !== 0 && !/^::ffff:/i.test(address);
  const family = (text: string) => (text.includes(":") ? "ipv6" : "ipv4");
  const isIn = (ranges: readonly string[]) => {
    const list = new BlockList();
    // Node treats IPv4 as a part of IPv6.
    for (const [first, bits] of ranges.map((range) => range.split("/") as [string, string]))
      if (family(first) === family(address)) list.addSubnet(first, Number(bits), family(first));
    return list.check(address, family(address));
  };
  if (networks && !(isKnown && isIn(networks))) return false;
  if (notNetworks && !(isKnown && !isIn(notNetworks))) return false;
  if (countries && !countries.some((one) => one === country)) return false;
  if (notCountries && (country === undefined || !/^[A-Z]{2}$/.test(country) || notCountries.includes(country)))
    return false;
  if (!during) return true;
  const { from, until, days, hours } = during;
  if (from !== undefined && now < new Date(from)) return false;
  if (until !== undefined && now >= new Date(until)) return false;
  const today = (["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const)[now.getUTCDay()]!;
  if (days && !days.includes(today)) return false;
  if (hours === undefined) return true;
  const [start, end] = hours.split("-").map((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));
  const minute = now.getUTCHours() * 60 + now.getUTCMinutes();
  return start! < end! ? start! <= minute && minute < end! : minute >= start! || minute < end!;
}

function isPerson(way: Conditions, session: Session): boolean {
  const { roles, allRoles, notRoles, idp, scopes, claims, emailDomains } = way;
  // The verified address, even if there is a claim of that name.
  const valuesOf = (name: string) => (name === "email" ? [session.email] : (session.claims[name] ?? []));
  const has = (name: string, value: string) => valuesOf(name).includes(value);
  return (
    (!roles || roles.some((role) => session.roles.includes(role))) &&
    (!allRoles || allRoles.every((role) => session.roles.includes(role))) &&
    (!notRoles || !notRoles.some((role) => session.roles.includes(role))) &&
    (!idp || idp.includes(session.idp)) &&
    (!scopes || scopes.every((scope) => has("scope", scope))) &&
    Object.entries(claims ?? {}).every(([name, values]) => values.some((value) => has(name, value))) &&
    (!emailDomains || emailDomains.some((domain) => session.email.toLowerCase().endsWith(`@${domain}`)))
  );
}

/** Compares segments as they are in the path with claims as they would be in a URL. */
function isOwner({ owner }: Conditions, pattern: string, path: string, session: Session): boolean {
  if (owner === undefined) return true;
  const { segment, claim } = typeof owner === "string" ? { segment: owner, claim: undefined } : owner;
  const place = pattern.split("/").indexOf(`{${segment}}`);
  const values = claim === undefined ? [session.uid] : (session.claims[claim] ?? []);
  return values.some((value) => value !== "" && encodeURIComponent(value) === path.split("/")[place]);
}

function isAuthenticated({ acr, maxAge }: Conditions, session: Session, now: Date): boolean {
  const age = now.getTime() / 1000 - session.authTime;
  return (
    (!acr || (session.strength !== "" && acr.includes(session.strength))) && (maxAge === undefined || age <= maxAge)
  );
}

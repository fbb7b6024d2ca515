/**
 * How other rules would decide a logged request. The log has the gate's decision but no roles. So the person is only
 * known as someone who could have got this decision.
 */
import type { ExplainedPolicy, PathReading } from "./explain";
import { decidingRule } from "./deciding-rule";
import { intersection, patternOf, segmentsOf } from "./patterns";
import { areAmong, areApart, difference } from "./people/difference";
import { needsSession, type Group, type People } from "./people/fact";
import { EVERYBODY, isEverybody, NOBODY, peopleOf, SIGNED_IN } from "./people/people";
import type { PolicyRule } from "./rule";

/** A line of the access log, as far as it matters here. */
export interface LoggedRequest {
  method: string;
  host: string;
  path: string;
  reading: PathReading;
  /** What the gate logged, such as `allow session <uid>` (docs/operations.md, "What the gate decided"). */
  decision: string;
}

/**
 * The effect of the new rules on the person. `may lose` and `may gain` depend on facts that are not in the log: roles,
 * claims, the provider, or whether a visitor of a public page had a session.
 */
export type Effect = "loses" | "may lose" | "gains" | "may gain" | "same";

export interface Replayed {
  effect: Effect;
  /** False if the old rules cannot have decided so for any person: other rules were in force at that time. */
  isByOldRules: boolean;
  uid?: string;
  /** Positions of the rules that decide. */
  before: number | undefined;
  after: number | undefined;
  /** The paths for which both decide. */
  pattern: string;
}

/** A policy's decision about a request. */
interface Said {
  rule: number | undefined;
  people: People;
  isPublic: boolean;
}

const MAX_REMEMBERED = 50_000;

/** @returns undefined for a request that no rule decided: the gateway's own paths, an unknown host, a failure */
export function replayer(
  before: ExplainedPolicy,
  after: ExplainedPolicy,
): (request: LoggedRequest) => Replayed | undefined {
  const [said, wouldSay] = [sayer(before), sayer(after)];
  const effects = new Map<string, Pick<Replayed, "effect" | "isByOldRules">>();
  return (request) => {
    const [verb = "", code = "", uid] = request.decision.split(" ");
    const isAllowed = verb === "allow";
    if (!isAllowed && verb !== "login" && !["rule", "role", "path"].includes(code)) return undefined;
    // Headers are not logged. An OPTIONS request that passed although others need a session was a preflight.
    const isPreflight =
      request.method === "OPTIONS" && code === "public" && isAllowed && !said(request, false).isPublic;
    const [old, next] = [said(request, isPreflight), wouldSay(request, isPreflight)];
    // A log has few kinds of lines, and sets of people take time to compare.
    const key = [verb, code, old.rule, next.rule, request.reading, isPreflight].join(" ");
    const effect = effects.get(key) ?? effectOf({ verb, code }, old, next);
    effects.set(key, effect);
    return {
      ...effect,
      ...(uid && uid !== "unmarked" && { uid }),
      before: old.rule,
      after: next.rule,
      pattern: shared(before.rules[old.rule ?? -1], after.rules[next.rule ?? -1]),
    };
  };
}

interface Who {
  verb: string;
  code: string;
}

function effectOf(who: Who, old: Said, next: Said): Pick<Replayed, "effect" | "isByOldRules"> {
  return {
    effect: who.verb === "allow" ? lost(who, old.people, next) : gained(who, old.people, next),
    isByOldRules: agrees(who, old),
  };
}

/** True if this decision is possible for some person. */
function agrees({ verb, code }: Who, { people, isPublic }: Said): boolean {
  if (verb === "allow") return people.some((group) => isForVisitors(group) === (code === "public"));
  if (code === "path") return people.length === 0;
  // The gate also says so where no session helps: at another address, in another country, at another time.
  if (code === "rule") return people.every(isForSomeRequests);
  return people.length > 0 && !isPublic;
}

function isForSomeRequests(group: Group): boolean {
  return group.some(({ fact }) => !needsSession(fact));
}

/** True if some of these people need no session. */
function isForVisitors(group: Group): boolean {
  return !group.some(({ fact, holds }) => holds && needsSession(fact));
}

/** For a person who passed. */
function lost({ code }: Who, old: People, next: Said): Effect {
  if (next.isPublic) return "same";
  const person = passed(code, old);
  if (areAmong(person, next.people)) return "same";
  return areApart(person, next.people) ? "loses" : "may lose";
}

/** A person who passed met the old rule, with or without a session. */
function passed(code: string, old: People): People {
  const groups = old.filter((group) => isForVisitors(group) === (code === "public"));
  if (groups.length > 0) return groups;
  return code === "public" ? EVERYBODY : SIGNED_IN;
}

/** For a person who did not pass. */
function gained({ verb, code }: Who, old: People, next: Said): Effect {
  if (next.isPublic) return "gains";
  // Being sent to sign in is no refusal: the request after the sign-in has its own line.
  if (next.people.length === 0) return "same";
  const isMore = !areAmong(next.people, old);
  if (verb === "login" && code !== "step-up") return isMore && next.people.some(isForVisitors) ? "may gain" : "same";
  if (code !== "role" && code !== "step-up") return "may gain";
  const refused = difference(SIGNED_IN, old);
  if (refused && areAmong(refused, next.people)) return "gains";
  return isMore ? "may gain" : "same";
}

function shared(before: PolicyRule | undefined, after: PolicyRule | undefined): string {
  const [one, other] = [before, after].map((rule) => segmentsOf(rule?.path ?? "/**"));
  return patternOf(intersection(one!, other!)!);
}

/** Caches its results, because most requests of a site are for few paths. */
function sayer({ rules, hosts, basePath }: ExplainedPolicy): (request: LoggedRequest, isPreflight: boolean) => Said {
  const ruleOf = decidingRule(rules);
  const remembered = new Map<string, Said>();
  const say = ({ method, host, path, reading }: LoggedRequest, preflight: boolean): Said => {
    const isAsked = hosts.includes(host) && reading !== "refused" && `/${path.split("/")[1]}` !== basePath;
    const rule = isAsked ? ruleOf({ method, host, path, preflight }) : undefined;
    if (rule === undefined) return { rule, people: NOBODY, isPublic: false };
    const { allow, path: pattern, escapes, preflight: passes } = rules[rule]!;
    if (reading === "escaped" && !escapes) return { rule, people: NOBODY, isPublic: false };
    // The site may be closed for a while; the rules stay.
    const people = peopleOf(preflight && passes ? "public" : allow, pattern);
    return { rule, people, isPublic: isEverybody(people) };
  };
  return (request, isPreflight) => {
    const key = `${request.method} ${isPreflight} ${request.host} ${request.path}`;
    const known = remembered.get(key);
    if (known) return known;
    if (remembered.size === MAX_REMEMBERED) remembered.clear();
    const said = say(request, isPreflight);
    remembered.set(key, said);
    return said;
  };
}

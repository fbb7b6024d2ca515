/**
 * How a logged request would be decided by other rules. The log has what the gate decided, and no roles: so what is known
 * of the person is who could have been decided so.
 */
import type { ExplainedPolicy, PathReading } from "./explain";
import { decidingRule } from "./deciding-rule";
import { areAmong, type People, peopleOf } from "./diff/people";
import { intersection, patternOf, segmentsOf } from "./patterns";
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
 * What the new rules do to the person. `may lose` and `may gain`: it depends on roles, on the provider, or on whether
 * somebody who needed no session had one.
 */
export type Effect = "loses" | "may lose" | "gains" | "may gain" | "same";

export interface Replayed {
  effect: Effect;
  /** False if the old rules do not decide so, whoever it was: other rules did, at that time. */
  isByOldRules: boolean;
  uid?: string;
  /** Positions of the rules that decide. */
  before: number | undefined;
  after: number | undefined;
  /** The paths for which both decide. */
  pattern: string;
}

/** What a policy says about a request. */
interface Said {
  rule: number | undefined;
  people: People | undefined;
}

const MAX_REMEMBERED = 50_000;
const SIGNED_IN: Exclude<People, "everybody"> = { roles: [] };

/** @returns undefined for a request that no rule decided: the gateway's own paths, an unknown host, a failure */
export function replayer(
  before: ExplainedPolicy,
  after: ExplainedPolicy,
): (request: LoggedRequest) => Replayed | undefined {
  const [said, wouldSay] = [sayer(before), sayer(after)];
  return (request) => {
    const [verb = "", code = "", uid] = request.decision.split(" ");
    const isAllowed = verb === "allow";
    if (!isAllowed && verb !== "login" && !["rule", "role", "path"].includes(code)) return undefined;
    // Headers are not logged. An OPTIONS request that passed although others need a session was a preflight.
    const isPreflight =
      request.method === "OPTIONS" && code === "public" && isAllowed && said(request, false).people !== "everybody";
    const [old, next] = [said(request, isPreflight), wouldSay(request, isPreflight)];
    const who = { verb, code };
    const isPublic = next.people === "everybody";
    return {
      effect: isAllowed
        ? lost(who, old.people, next.people)
        : isPublic
          ? "gains"
          : gained(who, old.people, next.people),
      isByOldRules: agrees(who, old.people),
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

/** True if somebody could have been decided so. */
function agrees({ verb, code }: Who, people: People | undefined): boolean {
  if (verb === "allow")
    return code === "public" ? people === "everybody" : people !== undefined && people !== "everybody";
  if (code === "rule" || code === "path") return people === undefined;
  return people !== undefined && people !== "everybody";
}

/** For somebody who passed. */
function lost({ code }: Who, old: People | undefined, next: People | undefined): Effect {
  if (next === "everybody") return "same";
  if (next === undefined) return "loses";
  if (code === "public") return "may lose";
  // Who passed has a session, and what the old rule asked for.
  const person: Exclude<People, "everybody"> = old === undefined || old === "everybody" ? SIGNED_IN : old;
  if (areAmong(person, next)) return "same";
  const isElsewhere = person.idp && next.idp && !person.idp.some((id) => next.idp!.includes(id));
  return isElsewhere ? "loses" : "may lose";
}

/** For somebody who did not pass, of rules that ask for a session. */
function gained({ verb, code }: Who, old: People | undefined, next: People | undefined): Effect {
  // Whoever is asked to sign in is not refused: what happens then is a line of its own.
  if (next === undefined || verb === "login") return "same";
  if (code !== "role") return "may gain";
  if (areAmong(SIGNED_IN, next)) return "gains";
  return areAmong(next, old) ? "same" : "may gain";
}

function shared(before: PolicyRule | undefined, after: PolicyRule | undefined): string {
  const [one, other] = [before, after].map((rule) => segmentsOf(rule?.path ?? "/**"));
  return patternOf(intersection(one!, other!)!);
}

/** Remembers what it said, because most requests of a site are for few paths. */
function sayer({ rules, hosts, basePath }: ExplainedPolicy): (request: LoggedRequest, isPreflight: boolean) => Said {
  const ruleOf = decidingRule(rules);
  const remembered = new Map<string, Said>();
  const say = ({ method, host, path, reading }: LoggedRequest, preflight: boolean): Said => {
    const isAsked = hosts.includes(host) && reading !== "refused" && `/${path.split("/")[1]}` !== basePath;
    const rule = isAsked ? ruleOf({ method, host, path, preflight }) : undefined;
    if (rule === undefined) return { rule, people: undefined };
    const { allow, escapes, preflight: passes } = rules[rule]!;
    if (reading === "escaped" && !escapes) return { rule, people: undefined };
    // The site may be closed for a while; the rules stay.
    return { rule, people: peopleOf(preflight && passes ? "public" : allow, undefined) };
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

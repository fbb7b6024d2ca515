/** The edge's decision about a request, for people. */
import { decidingRule, describeRule } from "../policy/deciding-rule";
import type { PolicyRule } from "../policy/rule";
import type { EdgeRequest } from "./cloudfront-events";

export interface Verdict {
  /** The gate's own words, such as `allow`, `deny role` or `login expired`; or the part that answered instead. */
  decision: string;
  /** The rule of the policy that applies; absent if the request reached no rule. */
  rule?: string | undefined;
  /** The user: e-mail address, or else the uid. */
  who?: string | undefined;
  /** The error, if there is one. */
  note?: string | undefined;
}

/** @param email of the session that the gate let pass, as its header has it */
export type Judge = (request: EdgeRequest, log: string, email: string | undefined) => Verdict;

/** Users whose e-mail address is remembered. */
const MAX_USERS = 1000;

/**
 * Explains what the gate writes into the access log: `allow public`, `allow session <uid>`, `deny <code> <uid>` and
 * `login <code>`. It does not write the rule's number, because that would take bytes of its source.
 *
 * @param rules from which the gate was made
 */
export function judge(rules: readonly PolicyRule[]): Judge {
  const ruleOf = decidingRule(rules);
  const emails = new Map<string, string>();
  return (request, log, email) => {
    const [outcome = "", code = "", uid] = log.split(" ");
    if (uid !== undefined && email !== undefined) {
      emails.delete(uid);
      emails.set(uid, decoded(email));
      if (emails.size > MAX_USERS) emails.delete(emails.keys().next().value!);
    }
    const isByRule = outcome === "allow" || outcome === "login" || code === "role";
    const index = isByRule ? ruleOf(asked(request)) : undefined;
    return {
      decision: outcome === "allow" ? outcome : `${outcome} ${code}`.trim(),
      rule: index === undefined ? undefined : describeRule(rules[index]!),
      who: uid === undefined ? undefined : (emails.get(uid) ?? uid),
    };
  };
}

function asked({ method, path, headers }: EdgeRequest) {
  const value = (name: string) => headers.find(([other]) => other.toLowerCase() === name)?.[1];
  return {
    host: value("host") ?? "",
    method,
    path,
    preflight: method === "OPTIONS" && value("access-control-request-method") !== undefined,
  };
}

/** The gate's headers are percent-encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The edge's decision about a request, for people. */
import { decidingRule, describeRule } from "../policy/deciding-rule";
import type { PolicyRule } from "../policy/rule";
import type { EdgeRequest } from "./cloudfront-events";
import type { RefusalLine } from "./handler-lines";

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

export interface Judge {
  /** @param email of the session that the gate let pass, as its header has it */
  ofGate(request: EdgeRequest, log: string, email: string | undefined): Verdict;
  /**
   * The gate's verdict `verify …`, after the bearer handler has decided.
   *
   * @param decided the headers of the request that it passed on, or what it logged about one that it refused
   */
  ofHandler(verdict: Verdict, decided: Passed | RefusalLine | undefined): Verdict;
}

/** Of a request that goes on to the origin. */
export type Passed = Pick<EdgeRequest, "headers">;

/** The gate's word for a request that the bearer handler decides. */
const VERIFY = "verify";
/** Users whose e-mail address is remembered. */
const MAX_USERS = 1000;

/**
 * Explains what the gate writes into the access log: `allow public`, `allow session <uid>`, `deny <code> <uid>`,
 * `login <code>`, and `verify …` before the bearer handler decides. It does not write which rule it was, because that would take bytes of its source.
 *
 * @param rules from which the gate was made
 */
export function judge(rules: readonly PolicyRule[]): Judge {
  const ruleOf = decidingRule(rules);
  const emails = new Map<string, string>();
  const nameOf = (uid: string | undefined, email: string | undefined) => {
    if (uid === undefined) return undefined;
    if (email !== undefined) {
      emails.delete(uid);
      emails.set(uid, decoded(email));
      if (emails.size > MAX_USERS) emails.delete(emails.keys().next().value!);
    }
    return emails.get(uid) ?? uid;
  };
  return {
    ofGate(request, log, email) {
      const [outcome = "", code = "", uid] = log.split(" ");
      const isByRule = ["allow", "login", VERIFY].includes(outcome) || code === "role";
      const index = isByRule ? ruleOf(asked(request)) : undefined;
      return {
        decision: outcome === "allow" ? outcome : `${outcome} ${code}`.trim(),
        rule: index === undefined ? undefined : describeRule(rules[index]!),
        who: nameOf(uid, email),
      };
    },
    ofHandler(verdict, decided) {
      if (decided === undefined) return { ...verdict, decision: "deny" };
      if ("headers" in decided) {
        const uid = valueOf(decided, "x-gate-user");
        return { ...verdict, decision: "allow", who: nameOf(uid, valueOf(decided, "x-gate-email")) };
      }
      const { outcome, detail, uid } = decided;
      const code = detail === undefined ? outcome : `${outcome} ${detail}`;
      return { ...verdict, decision: `deny ${code}`, who: nameOf(uid, undefined) ?? verdict.who };
    },
  };
}

/** True if the gate left the decision to the bearer handler. */
export function isLeftToHandler(log: string): boolean {
  return log.split(" ")[0] === VERIFY;
}

function valueOf({ headers }: Passed, name: string): string | undefined {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1];
}

function asked(request: EdgeRequest) {
  const { method, path } = request;
  return {
    host: valueOf(request, "host") ?? "",
    method,
    path,
    preflight: method === "OPTIONS" && valueOf(request, "access-control-request-method") !== undefined,
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

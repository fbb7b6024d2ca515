/**
 * The expected answer to a request: the reference evaluator's decision, in the form that docs/endpoints.md and
 * docs/api.md describe. None of the gate's own code is used.
 */
import type { PolicyRule } from "../../policy/rule";
import type { Session } from "../../session/token";
import { decideByReference } from "./reference-policy";
import type { Ask } from "./traffic";

/** The compared parts of the expected answer. */
export interface Expected {
  /** Such as `allow session`, for the report. */
  decision: string;
  status: number;
  /** A prefix; the whole value if it ends with `$`. */
  location?: string;
  /** A page for people, or problem details with this title; any title if empty. */
  as?: "page" | { problem: string };
  /** A prefix. */
  challenge?: string;
  /** The site that may read the answer; null for none. */
  readableBy?: string | null;
  /** The gateway's headers at the origin, all of them; undefined if the request must not reach it. */
  origin?: Record<string, string>;
}

const TITLES = {
  host: [421, "Unknown address"],
  path: [400, "Address refused"],
  size: [431, "Request too large"],
  rule: [403, "Access denied"],
  role: [403, "Access denied"],
} as const;
type Refusal = keyof typeof TITLES;

/** @param isRevoked true if the session counts as revoked */
export function expectedAnswer(rules: readonly PolicyRule[], ask: Ask, isRevoked: boolean): Expected {
  const { refused } = ask;
  if (refused === "preflight")
    return {
      decision: "answer preflight",
      status: 204,
      readableBy: ask.origin !== undefined && ask.isOriginListed ? ask.origin : null,
    };
  if (refused !== undefined) return denied(ask, refused);
  const session = ask.wrong === undefined && !isRevoked ? ask.session : undefined;
  const { host, method, path } = ask;
  const request = { host, method, path, preflight: false, address: "127.0.0.1", country: undefined };
  const decision = decideByReference(rules, request, session, new Date());
  switch (decision) {
    case "allow public":
      return { decision, status: 200, origin: { "x-forwarded-host": host } };
    case "allow session":
      return { decision, status: 200, origin: { "x-forwarded-host": host, ...identity(session!) } };
    case "login none":
      return asked(ask, isRevoked ? "revoked" : ask.wrong);
    case "login step-up":
      return steppedUp(ask);
    case "deny rule":
      return denied(ask, "rule");
    case "deny role":
      return denied(ask, "role");
  }
}

/** https://www.rfc-editor.org/rfc/rfc3986#section-2.1, with the characters that headers have as they are. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll("%40", "@").replaceAll("%3A", ":").replaceAll("%2F", "/");
}

function identity({ uid, sid, email, roles, idp, claims }: Session): Record<string, string> {
  const department = claims["department"];
  return {
    "x-gate-user": uid,
    "x-gate-session": sid,
    "x-gate-idp": idp,
    ...(email && { "x-gate-email": encoded(email) }),
    ...(roles.length > 0 && { "x-gate-roles": roles.map(encoded).join() }),
    ...(department && { "x-gate-department": department.map(encoded).join() }),
  };
}

/** Back to the same place. */
function login({ path, query }: Ask): string {
  return `/_gate/login?return_to=${encodeURIComponent(path + (query === undefined ? "" : `?${query}`))}`;
}

function asked(ask: Ask, wrong: string | undefined): Expected {
  const decision = `login ${wrong ?? "none"}`;
  if (ask.isApi) {
    const error = ask.hasAuthorization ? ', error="invalid_token"' : "";
    return { decision, status: 401, as: { problem: "" }, challenge: `Bearer realm="gate"${error}` };
  }
  const isPage = ask.client === "navigation";
  if (isPage && (ask.method === "GET" || ask.method === "HEAD"))
    return { decision, status: 302, location: `${login(ask)}$` };
  if (isPage && ask.method === "POST" && wrong !== undefined && ask.isSameOrigin)
    return { decision, status: 307, location: `${login(ask)}$` };
  const challenge = 'Cookie realm="gate"';
  return { decision, status: 401, challenge, as: isPage ? "page" : { problem: "Sign-in required" } };
}

function steppedUp(ask: Ask): Expected {
  const decision = "login step-up";
  const isPage = ask.client === "navigation";
  if (isPage && (ask.method === "GET" || ask.method === "HEAD"))
    return { decision, status: 302, location: `${login(ask)}&` };
  const challenge = 'Cookie realm="gate", error="insufficient_user_authentication"';
  return { decision, status: 401, challenge, as: isPage ? "page" : { problem: "Sign-in required" } };
}

function denied(ask: Ask, why: Refusal): Expected {
  const [status, title] = TITLES[why];
  const decision = `deny ${why}`;
  if (ask.isApi) return { decision, status, as: { problem: "" } };
  return { decision, status, as: ask.client === "navigation" ? "page" : { problem: title } };
}

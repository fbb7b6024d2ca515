/** The language of the gate's cases: who asks for what, and what comes of it. */
import { functionEvent, type CloudFrontFunctionEvent } from "../../../local/cloudfront-events";
import type { KeyValueStore } from "../../../local/gate-result";
import { SESSION_COOKIE } from "../../../session/cookies";
import { ALICE, storeWith } from "./sessions";
import type { Site } from "./sites";

/** What each kind of client says about its request. */
const CLIENTS = {
  navigation: { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document", Accept: "text/html,*/*;q=0.8" },
  fetch: { "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty", Accept: "*/*" },
  image: { "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image", Accept: "image/avif,*/*;q=0.8" },
  iframe: { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe", Accept: "text/html,*/*;q=0.8" },
  "half of a navigation": { "Sec-Fetch-Mode": "navigate", Accept: "text/html" },
  "the other half": { "Sec-Fetch-Dest": "document", Accept: "text/html" },
  "browser without metadata": { Accept: "text/html,application/xhtml+xml" },
  program: { Accept: "application/json" },
  "program that says nothing": {},
} as const;
export type Client = keyof typeof CLIENTS;

/** A navigation to a page of the handbook for which one must be signed in, where nothing else is said. */
export interface GateRequest {
  site?: Site;
  client?: Client;
  /** `null` for none. */
  host?: string | null;
  method?: string;
  path?: string;
  query?: string;
  headers?: Record<string, string>;
  /** The value of the session cookie. */
  session?: string;
  /** More of the Cookie header. */
  cookies?: string;
  /** The store; the active one where absent. */
  records?: Record<string, string>;
  fault?: "error" | "later";
}

export type NoSession = "none" | "several" | "form" | "key" | "mac" | "expired" | "revoked" | "outdated";
export type Refusal = "host" | "path" | "size" | "endpoint" | "rule" | "role" | "store" | "closed";

/** What the gate does; the first member is its line in the access log. */
export type Expected =
  | { log: string; reads: number; pass: Passed }
  | { log: string; reads: number; login: { returnTo: string; isForm?: boolean } | "problem" | "form" }
  | { log: string; reads: number; deny: Refusal; as: "page" | "problem"; retryAfter?: string; need?: string };

/** What reaches the origin; everything that is not said here must be as the viewer sent it. */
export interface Passed {
  /** Headers that the gate sets, besides `x-forwarded-host`. */
  sets: Record<string, string>;
  /** Headers of the viewer that the gate takes away. */
  removes: string[];
  /** All cookies that are left. */
  cookies: Record<string, string>;
  /** The path of the file that the request gets, where it is another. */
  uri?: string;
}

export type GateCase = [name: string, request: GateRequest, expected: Expected];

/** Reads of the store by the time that the gate knows; `exists` tells a missing record from a failing store. */
const READS: Record<NoSession | Refusal, number> = {
  host: 0,
  path: 0,
  size: 0,
  endpoint: 0,
  rule: 0,
  none: 0,
  several: 0,
  form: 0,
  mac: 1,
  expired: 1,
  role: 1,
  revoked: 2,
  outdated: 2,
  key: 2,
  store: 2,
  closed: 0,
};

/** Passes without a look at any session. */
export function passesAsPublic(more: Partial<Passed> = {}): Expected {
  return { log: "allow public", reads: 0, pass: { sets: {}, removes: [], cookies: {}, ...more } };
}

/** The same after another number of reads: where the user's shard has a record, there is one more. */
export function after(reads: number, expected: Expected): Expected {
  return { ...expected, reads };
}

/** Passes with an identity, after one read of the store. */
export function passesWith(sets: Record<string, string>, more: Partial<Passed> = {}): Expected {
  return { log: `allow session ${sets["x-gate-user"]}`, reads: 1, pass: { sets, removes: [], cookies: {}, ...more } };
}

export function signsIn(why: NoSession, returnTo = "/wiki/page"): Expected {
  return { log: `login ${why}`, reads: READS[why], login: { returnTo } };
}

export function asksToSignIn(why: NoSession): Expected {
  return { log: `login ${why}`, reads: READS[why], login: "problem" };
}

/** A form of a page of this site, whose session may be renewable. */
export function takesForm(why: NoSession, returnTo = "/wiki/page"): Expected {
  return { log: `login ${why}`, reads: READS[why], login: { returnTo, isForm: true } };
}

/** A form of a page that somebody sent without a session. */
export function returnsForm(why: NoSession): Expected {
  return { log: `login ${why}`, reads: READS[why], login: "form" };
}

export function denies(why: Refusal, as: "page" | "problem" = "page", reads = READS[why]): Expected {
  return { log: why === "role" ? `deny role ${ALICE.uid}` : `deny ${why}`, reads, deny: why, as };
}

/** Where people may know what the rule requires. @param need see policy/requirement-text.ts */
export function deniesFor(need: string): Expected {
  return { ...denies("role"), need } as Expected;
}

export const REQUEST_ID = "8Qf3example-request-id_0123456789ABCDEFG==";

export function eventOf(request: GateRequest): CloudFrontFunctionEvent {
  const {
    client = "navigation",
    host = "app.example.com",
    method = "GET",
    path = "/wiki/page",
    query,
    headers = {},
    session,
    cookies,
  } = request;
  const cookie = [
    ...(session === undefined ? [] : [`${SESSION_COOKIE}=${session}`]),
    ...(cookies === undefined ? [] : [cookies]),
  ].join("; ");
  const all = {
    ...(host !== null && { Host: host }),
    "User-Agent": "test",
    ...CLIENTS[client],
    ...headers,
    ...(cookie && { Cookie: cookie }),
  };
  return functionEvent({
    id: REQUEST_ID,
    method,
    path,
    query,
    headers: Object.entries(all),
    body: Buffer.alloc(0),
    clientIp: "192.0.2.1",
  });
}

export function storeOf({ records = storeWith(), fault }: GateRequest): KeyValueStore {
  return { records, fault };
}

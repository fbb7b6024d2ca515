/**
 * Requests that cost the gate as much as possible: long or ambiguous paths, many cookies and headers, tokens of every
 * form. They have two sizes: the largest that the web ACL lets pass, and the largest that CloudFront accepts.
 */
import { SESSION_COOKIE } from "../session/cookies";
import type { GateRequest } from "./gate";
import { hostileApiShapes } from "./hostile-api";
import { KINDS, sampleRules } from "./sample";
import { SIGNED_IN_REQUEST } from "./scenarios";

export interface HostileRequest {
  name: string;
  /** The part that accepts this size. */
  passes: keyof typeof SIZES;
  request: GateRequest;
}

/** Characters of the path and of the query, bytes of all cookies, bytes of all other headers. */
interface Sizes {
  path: number;
  query: number;
  cookies: number;
  headers: number;
}

const SIZES = {
  /**
   * The core rule set refuses longer paths, queries and cookies; it has no limit for headers.
   * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
   */
  "the web ACL": { path: 1024, query: 2048, cookies: 10_240, headers: 8192 },
  /**
   * 8,192 bytes for the URL and 32,768 for the whole request.
   * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
   */
  CloudFront: { path: 8000, query: 8000, cookies: 16_000, headers: 12_000 },
} satisfies Record<string, Sizes>;

/** Instructions that the most expensive request may cost. */
export const HOSTILE_LIMITS = { "the web ACL": 1_000_000, CloudFront: 2_000_000 } satisfies Record<
  keyof typeof SIZES,
  number
>;

/** Repeated to the length of the path. The ones with `/` also make many segments. */
const PATHS = {
  letters: "a",
  segments: "a/",
  "escaped letters beyond ASCII": "%C3%A9",
  "the same in lower case": "%c3%a9",
  "escaped spaces": "%20",
  "segments of escapes": "%20/",
  "escaped slashes": "%2F",
  "escaped percent signs": "%25",
  "escaped letters": "%41",
  "escaped dots": "%2e",
  "broken escapes": "%",
  "half an escape": "%2",
  "overlong UTF-8": "%C0%AF",
  slashes: "/",
  "dot segments": "../",
  "hidden files": ".a/",
  parameters: ";a",
  backslashes: "\\",
  brackets: "[]",
  "raw letters beyond ASCII": "é",
};

/** One cookie of a list. */
const COOKIES = {
  "of the gateway": (i: number) => [`__Host-gate-${i}`, ""],
  "nearly of the gateway": (i: number) => [`__Host-gat-${i}`, ""],
  "of the gateway's path": (i: number) => [`__Secure-gate${i}`, ""],
  "with an underscore": (i: number) => [`_${i}`, ""],
  "with short names": (i: number) => [i.toString(36), ""],
} satisfies Record<string, (i: number) => [string, string]>;

/** One header of a list. */
const HEADERS = {
  "of the gateway": (i: number) => [`x-gate-${i}`, ""],
  "of the gateway in another spelling": (i: number) => [`x.gate_${i}`, ""],
  "nearly of the gateway": (i: number) => [`x-gatf-${i}`, ""],
  "that start with x": (i: number) => [`x${i}`, ""],
  "about forwarding": (i: number) => [`x-forwarded-host${"-".repeat(i % 7)}${i}`, ""],
  "with short names": (i: number) => [i.toString(36), ""],
} satisfies Record<string, (i: number) => [string, string]>;

const KID = "k1";
/** Values of the session cookie. */
const TOKENS = (length: number): Record<string, string> => ({
  "of no form": "x".repeat(length),
  empty: "",
  "of dots": ".".repeat(length),
  "with an unknown key": `2.k2.${"x".repeat(length - 5)}`,
  "with a long key ID": `2.${"k".repeat(length - 4)}.x`,
  "with a wrong MAC": `2.${KID}.${"x".repeat(length - 5)}`,
  "of empty fields": `2.${KID}.${"~".repeat(length - 5)}`,
  "beyond ASCII": `2.${KID}.${"é".repeat((length - 5) / 2)}`,
});
const LONGEST_TOKEN = 3800;

const RULES = sampleRules(12);
const anonymous: GateRequest = { rules: RULES };

/** Rules of a site with API behaviors. If a rule has conditions, its requests go on to the handler. */
const API_RULES = [{ path: "/plan/**", allow: KINDS["claim"]! }, ...RULES];

/** A public area, one for a role that the session has, and one for a role that it lacks. */
const AREAS = ["/assets/", "/orders/", "/admin/"] as const;

export const HOSTILE_REQUESTS: readonly HostileRequest[] = Object.keys(SIZES).flatMap((key) => {
  const passes = key as keyof typeof SIZES;
  const size = SIZES[passes];
  const signedIn = SIGNED_IN_REQUEST;
  const path = (area: string, unit: string) => area + unit.repeat((size.path - area.length) / unit.length);
  const cookies = (kind: keyof typeof COOKIES, bytes = size.cookies) => Object.fromEntries(list(COOKIES[kind], bytes));
  const headers = (kind: keyof typeof HEADERS) => list(HEADERS[kind], size.headers);
  const withCookies = (request: GateRequest, more: Record<string, string>) => ({
    ...request,
    cookies: { ...more, ...request.cookies },
  });
  const kinds = <T extends object>(all: T) => Object.keys(all) as (keyof T & string)[];
  const shapes: [name: string, request: GateRequest][] = [
    ...kinds(PATHS).flatMap((kind): [string, GateRequest][] => [
      ...AREAS.map((area): [string, GateRequest] => [
        `path of ${kind} below ${area}, with a session`,
        { ...signedIn, path: path(area, PATHS[kind]) },
      ]),
      [`path of ${kind}, without a session`, { ...anonymous, path: path("/orders/", PATHS[kind]) }],
      [
        `path of ${kind}, and cookies and headers of the gateway`,
        {
          ...withCookies(signedIn, cookies("of the gateway", size.cookies - 600)),
          path: path("/orders/", PATHS[kind]),
          headers: headers("of the gateway"),
        },
      ],
    ]),
    ...kinds(COOKIES).flatMap((kind): [string, GateRequest][] => [
      [`cookies ${kind}, on a public path`, { ...anonymous, path: "/assets/a.css", cookies: cookies(kind) }],
      [`cookies ${kind}, with a session`, withCookies(signedIn, cookies(kind, size.cookies - 600))],
    ]),
    ...kinds(HEADERS).flatMap((kind): [string, GateRequest][] => [
      [`headers ${kind}, on a public path`, { ...anonymous, path: "/assets/a.css", headers: headers(kind) }],
      [`headers ${kind}, with a session`, { ...signedIn, headers: headers(kind) }],
    ]),
    ...Object.entries(TOKENS(LONGEST_TOKEN)).map(([kind, token]): [string, GateRequest] => [
      `token ${kind}`,
      { ...signedIn, cookies: { [SESSION_COOKIE]: token } },
    ]),
    [
      "a token as long as all cookies may be",
      { ...signedIn, cookies: { [SESSION_COOKIE]: `2.${KID}.${"x".repeat(size.cookies - 20)}` } },
    ],
    ...["a", "%", "&a=1", "é", "'", "=", "+"].flatMap((unit): [string, GateRequest][] => [
      [`query of ${unit}, without a session`, { ...anonymous, query: unit.repeat(size.query / unit.length) }],
      [`query of ${unit}, with a session`, { ...signedIn, query: unit.repeat(size.query / unit.length) }],
    ]),
    ...["x", "text/html,", "TEXT/HTML"].map((unit): [string, GateRequest] => [
      `Accept of ${unit}`,
      {
        ...anonymous,
        headers: [
          ["Sec-Fetch-Mode", ""],
          ["Accept", unit.repeat(size.headers / 10)],
        ],
      },
    ]),
    ["denied page", { ...signedIn, path: "/admin" }],
    ["denied page of no rule", { rules: RULES.slice(0, 3), path: "/orders" }],
    ["denied problem", { ...signedIn, path: "/admin", method: "POST", headers: [["Sec-Fetch-Mode", "cors"]] }],
    ["long method", { ...signedIn, method: "A".repeat(1000) }],
    [
      "preflight",
      { ...anonymous, method: "OPTIONS", headers: [["Access-Control-Request-Method", "x".repeat(size.headers)]] },
    ],
    ["another host", { ...anonymous, headers: [["Host", "x".repeat(200)]] }],
    ...hostileApiShapes(
      size.headers,
      path("/orders/", PATHS["escaped spaces"]),
      { rules: API_RULES, api: true },
      { ...signedIn, rules: API_RULES, api: true },
    ).map(([name, request]): [string, GateRequest] => [`API: ${name}`, request]),
  ];
  return shapes.map(([name, request]) => ({ name, passes, request }));
});

/** Entries whose names, values and separators have the given maximum of bytes together. */
function list(entry: (i: number) => [string, string], bytes: number): [string, string][] {
  const entries: [string, string][] = [];
  for (let used = 0; ; entries.push(entry(entries.length))) {
    const [name, value] = entry(entries.length);
    used += name.length + value.length + ": \r\n".length;
    if (used > bytes) return entries;
  }
}

/** Who is sent to sign in, where the way back leads, and what everybody else gets. */
import {
  asksToSignIn,
  denies,
  passesAsPublic,
  passesWith,
  returnsForm,
  signsIn,
  takesForm,
  type Client,
  type GateCase,
} from "./case";
import { ALICE_HEADERS, NOW, token } from "./sessions";

const NAVIGATES: Record<Client, boolean> = {
  navigation: true,
  "browser without metadata": true,
  fetch: false,
  image: false,
  iframe: false,
  "half of a navigation": false,
  "the other half": false,
  program: false,
  "program that says nothing": false,
};

const CLIENTS = (Object.entries(NAVIGATES) as [Client, boolean][]).flatMap(([client, navigates]): GateCase[] => [
  [`no session, asked by: ${client}`, { client }, navigates ? signsIn("none") : asksToSignIn("none")],
  [
    `a role is missing, asked by: ${client}`,
    { client, path: "/admin/x", session: token() },
    denies("role", navigates ? "page" : "problem"),
  ],
]);

const SAME_ORIGIN = { "Sec-Fetch-Site": "same-origin" };
const EXPIRED = token({ expiresAt: NOW - 1 });

/** Forms whose session may be renewable. Only those of the same origin take the way there, and no other method does. */
const FORMS = (
  [
    ["a form that is posted after the token's end", { headers: SAME_ORIGIN, session: EXPIRED }, takesForm("expired")],
    [
      "a form with a query",
      { headers: SAME_ORIGIN, session: EXPIRED, query: "a=1&b=%2F" },
      takesForm("expired", "/wiki/page?a=1&b=%2F"),
    ],
    ["a form whose key is gone", { headers: SAME_ORIGIN, session: token(), records: {} }, takesForm("key")],
    [
      "a form whose way back would lack the query",
      { headers: SAME_ORIGIN, session: EXPIRED, query: "x".repeat(2048) },
      returnsForm("expired"),
    ],
    [
      "a form whose way back would lack a query that needs repair",
      { headers: SAME_ORIGIN, session: EXPIRED, query: "a b" },
      returnsForm("expired"),
    ],
    ["a form of this site without a session", { headers: SAME_ORIGIN }, returnsForm("none")],
    ["a form after the token's end, of nobody knows which site", { session: EXPIRED }, returnsForm("expired")],
    ...["same-site", "cross-site", "none", "Same-Origin", "same-origin, same-origin"].map((site): GateCase => [
      `a form after the token's end, from: ${site}`,
      { headers: { "Sec-Fetch-Site": site }, session: EXPIRED },
      returnsForm("expired"),
    ]),
  ] satisfies GateCase[]
).map(([name, request, expected]): GateCase => [name, { method: "POST", ...request }, expected]);

const METHODS: GateCase[] = [
  ["HEAD of a navigation", { method: "HEAD" }, signsIn("none")],
  ["a form that is posted", { method: "POST" }, returnsForm("none")],
  ...FORMS,
  [
    "a form that is posted by a browser without metadata",
    { method: "POST", client: "browser without metadata" },
    returnsForm("none"),
  ],
  [
    "a fetch of this site that posts after the token's end",
    { method: "POST", client: "fetch", headers: SAME_ORIGIN, session: EXPIRED },
    asksToSignIn("expired"),
  ],
  [
    "a form in a frame that is posted after the token's end",
    { method: "POST", client: "iframe", headers: SAME_ORIGIN, session: EXPIRED },
    asksToSignIn("expired"),
  ],
  [
    "a navigation with another method",
    { method: "PUT", headers: SAME_ORIGIN, session: EXPIRED },
    returnsForm("expired"),
  ],
  ["a fetch that posts", { method: "POST", client: "fetch" }, asksToSignIn("none")],
  ["a program that posts", { method: "POST", client: "program" }, asksToSignIn("none")],
  ["a form in a frame that is posted", { method: "POST", client: "iframe" }, asksToSignIn("none")],
  [
    "a form that is posted where a role is missing",
    { method: "POST", path: "/admin/x", session: token() },
    denies("role"),
  ],
  [
    "an expired session of a fetch",
    { client: "fetch", session: token({ expiresAt: NOW - 1 }) },
    asksToSignIn("expired"),
  ],
  ["a fetch that asks for HTML", { client: "fetch", headers: { Accept: "text/html" } }, asksToSignIn("none")],
  ["a navigation that asks for JSON", { headers: { Accept: "application/json" } }, signsIn("none")],
];

/** Path, query and the way back. */
const RETURN_TO: GateCase[] = (
  [
    ["/wiki/a", undefined, "/wiki/a"],
    ["/wiki/a", "", "/wiki/a"],
    ["/wiki/a", "x=1&y=2", "/wiki/a?x=1&y=2"],
    ["/wiki/a", "x=%2F&y=%C3%BC", "/wiki/a?x=%2F&y=%C3%BC"],
    ["/wiki/a", "return_to=//evil.example", "/wiki/a?return_to=//evil.example"],
    ["/wiki/a", "?a#b", "/wiki/a??a#b"],
    ["/wiki/a", "x=a b", "/wiki/a"],
    ["/wiki/a", "x=ü", "/wiki/a"],
    ["/wiki/a", "x=\ud800", "/wiki/a"],
    ["/wiki/a", "x=1\r\nset-cookie: a=b", "/wiki/a"],
    ["/wiki/%C3%BC%20b", undefined, "/wiki/%C3%BC%20b"],
    ["/wiki/a&b=c", undefined, "/wiki/a&b=c"],
    ["/wiki/@evil.example", undefined, "/wiki/@evil.example"],
    [`/wiki/${"a".repeat(1900)}`, "b=1", `/wiki/${"a".repeat(1900)}?b=1`],
    ["/wiki/a", "x".repeat(2047), `/wiki/a?${"x".repeat(2047)}`],
    ["/wiki/a", "x".repeat(2048), "/wiki/a"],
  ] as const
).map(([path, query, returnTo]) => [
  `the way back to ${path.slice(0, 40)} with the query ${query && query.length > 99 ? `of ${query.length} characters` : JSON.stringify(query)}`,
  { path, ...(query !== undefined && { query }) },
  signsIn("none", returnTo),
]);

const REST: GateCase[] = [
  ["a query reaches the origin as it is", { query: "a=1&a=2&b=%2f", session: token() }, passesWith(ALICE_HEADERS)],
  ["a public route asks no store", { path: "/public/x", session: token(), fault: "error" }, passesAsPublic()],
  ["no rule, asked by a program", { path: "/nowhere", client: "program" }, denies("rule", "problem")],
  ["no rule, in spite of a session", { path: "/nowhere", session: token() }, denies("rule")],
  ["an endpoint, asked by a program", { path: "/_gate/unknown", client: "program" }, denies("endpoint", "problem")],
  ["a refused path, asked by a program", { path: "/a//b", client: "program" }, denies("path", "problem")],
];

export const ANSWER_CASES: GateCase[] = [...CLIENTS, ...METHODS, ...RETURN_TO, ...REST];

/** Who may go where: roles, methods, hosts and the paths of rules. */
import {
  asksToSignIn,
  denies,
  deniesFor,
  passesAsPublic,
  passesWith,
  signsIn,
  type GateCase,
  type Expected,
} from "./case";
import { ALICE_HEADERS, token } from "./sessions";

const TOKEN = token();
const passes = passesWith(ALICE_HEADERS);
const isPublic = passesAsPublic();

/** Path, the roles of the session, and what the origin is told of them; `null` where the role is missing. */
const ROLES: GateCase[] = (
  [
    ["/admin/x", ["admin"], "admin"],
    ["/admin/x", ["staff", "admin"], "staff,admin"],
    ["/admin/x", ["admin", "staff", "editor"], "admin,staff,editor"],
    ["/admin/x", [], null],
    ["/admin/x", ["staff"], null],
    ["/admin/x", ["admi"], null],
    ["/admin/x", ["administrator"], null],
    ["/admin/x", ["superadmin"], null],
    ["/admin/x", ["sub-admin", "admin-s"], null],
    ["/admin/x", ["Admin"], null],
    ["/admin/x", ["+", "*", "%"], null],
    ["/staff/x", ["staff"], "staff"],
    ["/staff/x", ["admin"], "admin"],
    ["/staff/x", ["staff", "admin"], "staff,admin"],
    ["/staff/x", ["admin", "staff"], "admin,staff"],
    ["/staff/x", ["guest"], null],
    ["/ops/x", ["ops@example.com"], "ops@example.com"],
    ["/ops/x", ["team:a/b.c-d"], "team:a/b.c-d"],
    ["/ops/x", ["ops@exampleXcom"], null],
    ["/ops/x", ["team:a/bXc-d"], null],
    ["/ops/x", ["team:a", "b.c-d"], null],
    ["/ops/x", ["ops", "example.com"], null],
    ["/groups/x", ["/staff"], "/staff"],
    ["/groups/x", ["staff"], null],
    ["/groups/x", ["Domain Users"], "Domain%20Users"],
    ["/groups/x", ["Domain", "Users"], null],
    ["/groups/x", ["Domain%20Users"], null],
    ["/groups/x", ["Ärzte"], "%C3%84rzte"],
    ["/groups/x", ["A\u0308rzte"], null],
    ["/groups/x", ["cn=a,ou=b"], "cn%3Da%2Cou%3Db"],
    ["/groups/x", ["cn=a", "ou=b"], null],
    ["/groups/x", ["a!b", "+", "~", "Ärzte"], "a%21b,%2B,%7E,%C3%84rzte"],
    ["/groups/x", [], null],
    ["/clinic/x", ["Ärzte"], "%C3%84rzte"],
    ["/clinic/a%2Fb", ["Ärzte"], "%C3%84rzte"],
    ["/clinic/x", ["C3%84rzte"], null],
    ["/wiki/x", ["admin"], "admin"],
  ] as const
).map(([path, roles, told]) => [
  `${path} with the roles ${JSON.stringify(roles)}`,
  { path, session: token({ roles: [...roles] }) },
  told === null ? denies("role") : passesWith({ ...ALICE_HEADERS, "x-gate-roles": told }),
]);

/** A rule whose text begins with an encoded character does not take escapes for that. */
const ENCODED_FIRST: GateCase = [
  "an escape where the first role of the rule begins with an encoded character",
  { path: "/groups/a%2Fb", session: token({ roles: ["Ärzte"] }) },
  denies("path"),
];

/** What the page of a refusal learns: this site lets people know. */
const NEEDED: Record<string, string> = {
  "/corp/x": "main=+",
  "/both/x": "main!partner=+",
  "/corp-admin/x": "main=admin!root",
  "/files/a%2Fb": "main=admin",
  "/any-admin/x": "admin",
};

/** Path, identity provider, roles of the session: may it pass? */
const PROVIDERS: GateCase[] = (
  [
    ["/corp/x", "main", [], true],
    ["/corp/x", "partner", ["admin"], false],
    ["/corp/x", "mai", [], false],
    ["/corp/x", "main2", [], false],
    ["/corp/x", "", [], false],
    ["/corp/x", "partner", ["main"], false],
    ["/both/x", "main", [], true],
    ["/both/x", "partner", [], true],
    ["/both/x", "third", ["admin"], false],
    ["/corp-admin/x", "main", ["admin"], true],
    ["/corp-admin/x", "main", ["staff", "root"], true],
    ["/corp-admin/x", "main", [], false],
    ["/corp-admin/x", "main", ["main"], false],
    ["/corp-admin/x", "partner", ["admin"], false],
    ["/files/a%2Fb", "main", ["admin"], true],
    ["/files/a%2Fb", "partner", ["admin"], false],
    ["/any-admin/x", "partner", ["admin"], true],
    ["/any-admin/x", "partner", [], false],
    ["/x", "third", [], true],
  ] as const
).map(([path, idp, roles, passes]) => [
  `${path} by way of "${idp}" with the roles [${roles.join()}]`,
  { site: "shared", path, session: token({ idp, roles: [...roles] }) },
  passes
    ? passesWith({ ...ALICE_HEADERS, "x-gate-idp": idp, ...(roles.length > 0 && { "x-gate-roles": roles.join() }) })
    : deniesFor(NEEDED[path]!),
]);

const PREFLIGHT = { "Access-Control-Request-Method": "POST", Origin: "https://other.example" };
const editor = token({ roles: ["editor"] });
const editorPasses = passesWith({ ...ALICE_HEADERS, "x-gate-roles": "editor" });

const METHODS: GateCase[] = [
  ["a rule for GET takes GET", { path: "/reports/7", session: TOKEN }, passes],
  ["a rule for GET takes HEAD", { path: "/reports/7", method: "HEAD", session: TOKEN }, passes],
  ...["POST", "PUT", "PATCH", "DELETE", "OPTIONS"].map((method): GateCase => [
    `a rule for GET takes no ${method}`,
    { path: "/reports/7", method, session: TOKEN },
    denies("rule"),
  ]),
  ["a rule for POST takes POST", { path: "/reports/7/edit", method: "POST", session: editor }, editorPasses],
  ["a rule for POST takes no GET; the next rule does", { path: "/reports/7/edit", session: TOKEN }, passes],
  [
    "a rule for POST and a role without the role",
    { path: "/reports/7/edit", method: "POST", session: TOKEN },
    denies("role"),
  ],
  ["a rule for two methods takes the second", { path: "/api/x", method: "POST", session: TOKEN }, passes],
  ["a rule for two methods takes no third", { path: "/api/x", method: "DELETE", session: TOKEN }, denies("rule")],
  ["a rule without methods takes every method", { path: "/wiki/x", method: "DELETE", session: TOKEN }, passes],
  ["a method in lower case is another method", { path: "/reports/7", method: "get", session: TOKEN }, denies("rule")],
  [
    "a preflight passes without a session where the rule says so",
    { path: "/api/x", method: "OPTIONS", headers: PREFLIGHT, client: "fetch" },
    isPublic,
  ],
  [
    "a preflight passes without a role's identity",
    { path: "/api/x", method: "OPTIONS", headers: PREFLIGHT, client: "fetch", session: TOKEN },
    isPublic,
  ],
  [
    "a preflight needs a session where the rule says nothing",
    { path: "/wiki/x", method: "OPTIONS", headers: PREFLIGHT, client: "fetch" },
    asksToSignIn("none"),
  ],
  [
    "a preflight to where no rule is",
    { path: "/nowhere", method: "OPTIONS", headers: PREFLIGHT, client: "fetch" },
    denies("rule", "problem"),
  ],
  [
    "OPTIONS without a preflight's header is none",
    { path: "/api/x", method: "OPTIONS", client: "fetch" },
    denies("rule", "problem"),
  ],
  ...(
    [
      ["with an empty body passes", { ...PREFLIGHT, "Content-Length": "0" }, isPublic],
      ["without an origin is none", { "Access-Control-Request-Method": "POST" }, denies("rule", "problem")],
      ["with a body is none", { ...PREFLIGHT, "Content-Length": "5" }, denies("rule", "problem")],
      [
        "with a body of unknown length is none",
        { ...PREFLIGHT, "Transfer-Encoding": "chunked" },
        denies("rule", "problem"),
      ],
    ] satisfies [string, Record<string, string>, Expected][]
  ).map(([what, headers, expected]): GateCase => [
    `a preflight ${what}`,
    { path: "/api/x", method: "OPTIONS", headers, client: "fetch" },
    expected,
  ]),
  [
    "GET with a preflight's header is none",
    { path: "/api/x", headers: PREFLIGHT, client: "fetch" },
    asksToSignIn("none"),
  ],
  [
    "POST with a preflight's header is none",
    { path: "/api/x", method: "POST", headers: PREFLIGHT, client: "fetch" },
    asksToSignIn("none"),
  ],
  [
    "a preflight passes on a route with escapes",
    { site: "open", path: "/api/a%2Fb", method: "OPTIONS", headers: PREFLIGHT, client: "fetch" },
    isPublic,
  ],
];

const HOSTS: GateCase[] = [
  ["the other host of the site", { host: "docs.example.com", session: TOKEN }, passes],
  ["a rule of another host", { path: "/docs-only" }, denies("rule")],
  ["a rule of this host, after the common ones", { host: "docs.example.com", path: "/docs-only" }, isPublic],
  ["a rule of this host, before the common ones", { host: "docs.example.com", path: "/admin/help" }, isPublic],
  ["what that host's rule does not name", { host: "docs.example.com", path: "/admin/x" }, signsIn("none", "/admin/x")],
  [
    "another host named by a proxy's header",
    { path: "/admin/help", headers: { "X-Forwarded-Host": "docs.example.com", Forwarded: "host=docs.example.com" } },
    signsIn("none", "/admin/help"),
  ],
  ["an unknown host", { host: "evil.example" }, denies("host")],
  ["an unknown host, for a program", { host: "evil.example", client: "program" }, denies("host", "problem")],
  ["an unknown host and a public path", { host: "evil.example", path: "/public/x" }, denies("host")],
  ["an unknown host and an active session", { host: "d111111abcdef8.cloudfront.net", session: TOKEN }, denies("host")],
  ["no host", { host: null }, denies("host")],
  ["an empty host", { host: "" }, denies("host")],
  ["a host in upper case", { host: "App.example.com" }, denies("host")],
  ["a host with a port", { host: "app.example.com:443" }, denies("host")],
  ["a host with a final dot", { host: "app.example.com." }, denies("host")],
  ["a name that ends in the host", { host: "evilapp.example.com" }, denies("host")],
  ["a name that starts with the host", { host: "app.example.com.evil.example" }, denies("host")],
  ["both hosts at once", { host: "app.example.com,docs.example.com" }, denies("host")],
];

/** Path and what an anonymous viewer gets: "public", "sign in" or the refusal. */
const RULES: GateCase[] = (
  [
    ["/", "public"],
    ["/public", "public"],
    ["/public/", "public"],
    ["/public/a/b/c", "public"],
    ["/publican", "rule"],
    ["/PUBLIC/a", "rule"],
    ["/exact", "public"],
    ["/exact/", "public"],
    ["/exact/more", "rule"],
    ["/exac", "rule"],
    ["/people/ann", "sign in"],
    ["/people/ann/", "sign in"],
    ["/people", "rule"],
    ["/people/", "rule"],
    ["/people/ann/mail", "rule"],
    ["/people/print", "public"],
    ["/anything/print", "public"],
    ["/anything/else/print", "rule"],
    ["/print", "rule"],
    // The rules of an area come before the wildcard behind them, whatever they say.
    ["/admin/print", "sign in"],
    ["/wiki/print", "public"],
    ["/nowhere", "rule"],
    ["/toString", "rule"],
    ["/__proto__", "rule"],
    ["/_gate", "endpoint"],
    ["/_gate/", "endpoint"],
    ["/_gate/login", "endpoint"],
    ["/_gate/unknown", "endpoint"],
    ["/_gateway", "rule"],
    ["/x/_gate/login", "rule"],
  ] as const
).map(([path, outcome]) => [
  `${path} of the handbook`,
  { path },
  outcome === "public" ? isPublic : outcome === "sign in" ? signsIn("none", path) : denies(outcome),
]);

const BASE_PATH: GateCase[] = [
  ["a base path of its own", { site: "door", path: "/_door/login" }, denies("endpoint")],
  ["a base path of its own, for a session", { site: "door", path: "/_door", session: TOKEN }, denies("endpoint")],
  ["the usual base path where it is not the base path", { site: "door", path: "/_gate/login", session: TOKEN }, passes],
  ["sign-in below a base path of its own", { site: "door", path: "/x" }, signsIn("none", "/x")],
  [
    "sign-in below a base path of its own, for a program",
    { site: "door", path: "/x", client: "program" },
    asksToSignIn("none"),
  ],
  ["a base path under an open catch-all", { site: "open", path: "/_gate/x" }, denies("endpoint")],
];

export const POLICY_CASES: GateCase[] = [
  ...ROLES,
  ENCODED_FIRST,
  ...PROVIDERS,
  ...METHODS,
  ...HOSTS,
  ...RULES,
  ...BASE_PATH,
];

/** Which file of a bucket a request gets, once it may pass. */
import { asksToSignIn, denies, passesAsPublic, passesWith, signsIn, type GateCase } from "./case";
import { ALICE_HEADERS, token } from "./sessions";

const TOKEN = token();

/** Path and what the cache is asked for; the same where nothing changes. */
const FOLDERS: GateCase[] = (
  [
    ["/", "/index.html"],
    ["/index.html", "/index.html"],
    ["/docs/", "/docs/index.html"],
    ["/docs/deep/er/", "/docs/deep/er/index.html"],
    ["/docs", "/docs"],
    ["/docs/page.html", "/docs/page.html"],
    ["/docs.d/", "/docs.d/index.html"],
    // A rule names this file.
    ["/favicon.ico", "/favicon.ico"],
    ["/favicon.ico/", "/favicon.ico/"],
    ["/.well-known/thing", "/.well-known/thing"],
    ["/with%20space/", "/with%20space/index.html"],
    ["/files/a%2Fb/", "/files/a%2Fb/index.html"],
    // Another server's paths are its own.
    ["/api/", "/api/"],
    ["/api/docs/", "/api/docs/"],
    // Not in the behavior of the API: CloudFront's patterns end nowhere but at a star.
    ["/api", "/api"],
    ["/apis/", "/apis/index.html"],
    ["/API/", "/API/index.html"],
    ["/raw/", "/raw/"],
    ["/raw/docs/", "/raw/docs/"],
    ["/az/.d/x", "/az/.d/x"],
  ] as const
).map(([path, uri]) => [`${path} is served ${uri}`, { site: "buckets", path }, passesAsPublic({ uri })]);

const DEEP_LINKS: GateCase[] = (
  [
    ["app", "/", "/index.html"],
    ["app", "/orders/17", "/index.html"],
    ["app", "/orders/", "/index.html"],
    ["app", "/v1.2/orders", "/index.html"],
    ["app", "/assets/app.3f9a.js", "/assets/app.3f9a.js"],
    ["app", "/assets/missing.js", "/assets/missing.js"],
    ["app", "/favicon.ico", "/favicon.ico"],
    ["app", "/index.html", "/index.html"],
    ["app", "/.env", "/.env"],
    ["app", "/with%20space", "/index.html"],
    ["buckets", "/app/", "/app/index.html"],
    ["buckets", "/app/orders/17", "/app/index.html"],
    ["buckets", "/app/x.js", "/app/x.js"],
  ] as const
).map(([site, path, uri]) => [
  `${path} of an application is served ${uri}`,
  { site, path, session: TOKEN },
  passesWith(ALICE_HEADERS, { uri }),
]);

export const SERVED_CASES: GateCase[] = [
  ...FOLDERS,
  ...DEEP_LINKS,
  // The path of the viewer is decided, and is the one to which a sign-in returns.
  [
    "a deep link without a session",
    { site: "app", path: "/orders/17", query: "a=b" },
    signsIn("none", "/orders/17?a=b"),
  ],
  [
    "a deep link without a session, by a script",
    { site: "app", path: "/orders/17", client: "fetch" },
    asksToSignIn("none"),
  ],
  ["a deep link for a role", { site: "buckets", path: "/app/admin/users", session: TOKEN }, denies("role")],
  [
    "a deep link for a role, with the role",
    { site: "buckets", path: "/app/admin/users", session: token({ roles: ["admin"] }) },
    passesWith({ ...ALICE_HEADERS, "x-gate-roles": "admin" }, { uri: "/app/index.html" }),
  ],
  ["a folder that can be read in two ways", { site: "buckets", path: "/docs/../app/" }, denies("path")],
  ["an empty segment before a folder", { site: "buckets", path: "//docs/" }, denies("path")],
  ["an encoded slash at the end", { site: "buckets", path: "/docs%2F" }, denies("path")],
  [
    "HEAD of a folder",
    { site: "buckets", path: "/docs/", method: "HEAD" },
    passesAsPublic({ uri: "/docs/index.html" }),
  ],
  [
    "the query of a folder",
    { site: "buckets", path: "/docs/", query: "v=/x/" },
    passesAsPublic({ uri: "/docs/index.html" }),
  ],
];

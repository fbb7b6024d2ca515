/** A note tells of rules that another name of a page would avoid, and only of those. */
import example from "../../config/example";
import { parseConfig } from "../../config/load";
import { otherNames } from "../../config/other-names";
import { SMALL } from "../support/small-config";

const SERVER = { type: "custom", domainName: "app.example.net", open: true };
const ADMIN = { path: "/admin/**", allow: { roles: ["admin"] } };
const ALL = { path: "/**", allow: "signed-in" };
const IDP = { identityProviders: { main: { ...SMALL.identityProviders.main, roles: { claim: "groups" } } } };

function notes(more: object) {
  return otherNames(parseConfig({ ...SMALL, ...IDP, origin: SERVER, ...more }, "test"));
}

test("names the rule, the other name, who gets in and what to do", () => {
  expect(notes({ policy: [ADMIN, ALL] })).toEqual([
    {
      path: "policy[0]",
      message:
        "if app.example.net serves the page also as /ADMIN, that is open to: signed-in. Make the wider rule at least as strict, or set exactPaths: true on the origin once you have checked that it serves no page under another name (docs/policy.md)",
    },
  ]);
});

test("is one for each server, whatever the number of rules", () => {
  const api = { path: "/api/*", origin: { type: "custom", domainName: "api.example.net", open: true } };
  const reports = { path: "/reports", allow: { roles: ["boss"] } };
  const keys = { path: "/api/keys", allow: { roles: ["admin"] } };
  expect(notes({ behaviors: [api], policy: [ADMIN, reports, keys, ALL] })).toMatchObject([
    { path: "policy[0]", message: expect.stringContaining("signed-in, and 1 more like it.") },
    { path: "policy[2]", message: expect.stringContaining("api.example.net serves the page also as /api/KEYS") },
  ]);
});

const OPEN: [what: string, policy: object[], name: string][] = [
  [
    "a public rule below",
    [
      { path: "/app/**", allow: "signed-in" },
      { path: "/**", allow: "public" },
    ],
    "/APP",
  ],
  ["another role below", [ADMIN, { path: "/**", allow: { roles: ["staff"] } }], "/ADMIN"],
  ["more roles below", [ADMIN, { path: "/**", allow: { roles: ["admin", "staff"] } }], "/ADMIN"],
  ["any provider below", [{ path: "/a", allow: { idp: ["main"] } }, ALL], "/A"],
  [
    "only a format",
    [ADMIN, { path: "/ADMIN/**", allow: { roles: ["admin"] } }, { path: "/*", allow: "signed-in" }],
    "/admin.json",
  ],
  ["only a script", [ADMIN, { path: "/index.php/**", allow: "signed-in" }], "/index.php/admin"],
  [
    "one method",
    [
      { ...ADMIN, methods: ["POST"] },
      { ...ALL, methods: ["POST"] },
      { path: "/**", allow: "public", methods: ["GET"] },
    ],
    "/ADMIN",
  ],
  ["one host", [ADMIN, { ...ALL, host: "docs.example.com" }], "/ADMIN"],
  [
    "a segment in the middle",
    [
      { path: "/a/*/keys", allow: { roles: ["admin"] } },
      { path: "/a/**", allow: "signed-in" },
    ],
    "/a/1/KEYS",
  ],
];
test.each(OPEN)("is given for %s", (_, policy, name) => {
  expect(notes({ policy, alternateDomains: ["docs.example.com"] })[0]?.message).toContain(`also as ${name},`);
});

const CLOSED: [what: string, more: object][] = [
  ["nothing else is allowed", { policy: [ADMIN] }],
  ["the wider rule is as strict", { policy: [{ path: "/a/**", allow: "signed-in" }, ALL] }],
  ["the wider rule is stricter", { policy: [{ path: "/a/**", allow: "public" }, ALL] }],
  ["the server is exact", { policy: [ADMIN, ALL], origin: { ...SERVER, exactPaths: true } }],
  ["the origin is a bucket", { policy: [ADMIN, ALL], origin: { type: "s3" } }],
  [
    "the other names lead to a bucket",
    {
      policy: [ADMIN, ALL],
      origin: { type: "s3" },
      behaviors: [{ path: "/admin/*", origin: SERVER }],
    },
  ],
];
test.each(CLOSED)("is not given if %s", (_, more) => {
  expect(notes(more)).toEqual([]);
});

test("is not given for the example", () => {
  expect(otherNames(parseConfig(example, "example"))).toEqual([]);
});

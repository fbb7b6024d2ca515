/** The decision table: the compiled policy's answers, in the order of the rules. */
import { decisionTable, describeAllow, mayPass } from "../../policy/decision-table";
import type { PolicyRule } from "../../policy/rule";

const STAFF = { roles: ["staff", "admin"] };
const RULES: PolicyRule[] = [
  { path: "/assets/**", allow: "public" },
  { path: "/reports/*/edit", methods: ["POST"], allow: STAFF },
  { path: "/reports/**", methods: ["GET"], allow: "signed-in" },
  { host: "docs.example.com", path: "/help", allow: "public" },
];

test.each([
  [
    "one path of each rule, in their order",
    "app.example.com",
    "GET",
    [
      { path: "/assets", allow: "public" },
      { path: "/reports/1/edit", allow: "signed-in" },
      { path: "/reports", allow: "signed-in" },
    ],
  ],
  [
    "what another method may do",
    "app.example.com",
    "POST",
    [
      { path: "/assets", allow: "public" },
      { path: "/reports/1/edit", allow: STAFF },
    ],
  ],
  [
    "a rule of one host has a row for that host only",
    "docs.example.com",
    "POST",
    [
      { path: "/assets", allow: "public" },
      { path: "/reports/1/edit", allow: STAFF },
      { path: "/help", allow: "public" },
    ],
  ],
])("%s", (_, host, method, rows) => {
  expect(decisionTable(RULES, host, method)).toEqual(rows);
});

test("the root comes first, and once", () => {
  expect(
    decisionTable(
      [
        { path: "/a", allow: "public" },
        { path: "/**", allow: "signed-in" },
      ],
      "app.example.com",
      "GET",
    ),
  ).toEqual([
    { path: "/", allow: "signed-in" },
    { path: "/a", allow: "public" },
  ]);
});

test.each([
  ["public", [], true, "public"],
  ["signed-in", [], true, "signed-in"],
  [STAFF, ["admin"], true, "staff or admin"],
  [STAFF, ["administrator"], false, "staff or admin"],
  [STAFF, [], false, "staff or admin"],
] as const)("%j and the roles %j: %s", (allow, roles, passes, words) => {
  const rule = typeof allow === "string" ? allow : { roles: [...allow.roles] };
  expect(mayPass(rule, roles, "main")).toBe(passes);
  expect(describeAllow(rule)).toBe(words);
});

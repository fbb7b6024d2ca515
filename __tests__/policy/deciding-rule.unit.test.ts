import { decidingRule, describeRule } from "../../policy/deciding-rule";
import type { PolicyRule } from "../../policy/rule";

const RULES: PolicyRule[] = [
  { path: "/public/**", allow: "public" },
  { path: "/admin/**", allow: { roles: ["admin"] } },
  { host: "wiki.example.com", path: "/**", methods: ["GET"], allow: { roles: ["staff", "admin"], idp: ["corp"] } },
  { path: "/api/**", methods: ["GET", "POST"], allow: "signed-in", preflight: "pass" },
];
const HOST = "app.example.com";

test.each([
  [{ host: HOST, method: "GET", path: "/public/a" }, "/public/** public"],
  [{ host: HOST, method: "DELETE", path: "/admin" }, "/admin/** admin"],
  [{ host: "wiki.example.com", method: "HEAD", path: "/api" }, "wiki.example.com GET /** staff or admin (corp)"],
  [{ host: HOST, method: "POST", path: "/api/x/" }, "GET,POST /api/** signed-in"],
  [{ host: HOST, method: "OPTIONS", path: "/api/x", preflight: true }, "GET,POST /api/** signed-in"],
  [{ host: HOST, method: "DELETE", path: "/api/x" }, undefined],
  [{ host: HOST, method: "GET", path: "/" }, undefined],
])("%j is decided by %s", (request, expected) => {
  const rule = decidingRule(RULES)(request);
  expect(rule === undefined ? undefined : describeRule(RULES[rule]!)).toBe(expected);
});

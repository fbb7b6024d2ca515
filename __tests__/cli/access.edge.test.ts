/** `edgegate access`, on the example and on the config with everything. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { edgegate } from "../support/cli";
import { EVERYTHING } from "../support/configs";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "edgegate-access-"));
  writeFileSync(join(folder, "everything.json"), JSON.stringify(EVERYTHING));
});
afterAll(() => rmSync(folder, { recursive: true }));

const everything = () => ["--config", join(folder, "everything.json")];

/** The cells of each line. */
const table = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.trim().split(/ {2,}/));

test("says who can open a path, which rule says so, and why the rules before it do not", async () => {
  const { code, stdout, stderr } = await edgegate(["access", "/admin"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(table(stdout)).toEqual([
    ["Who can open /admin, according to config/example.ts"],
    ["host", "methods", "path", "may pass", "rule"],
    ["handbook.example.com", "any", "/admin", "admin", "3: /admin/**"],
    ["Roles are granted by"],
    ["admin", "main (claim roles)"],
    ["Other rules before these do not match"],
    ["1: /public/**", "for another path"],
    ["2: /favicon.ico", "for another path"],
  ]);
});

test("methods and hosts that differ have lines of their own", async () => {
  const intranet = table((await edgegate(["access", "/intranet/7", ...everything()])).stdout);
  expect(intranet).toContainEqual([
    "admin.example.com",
    "any",
    "/intranet/7",
    "admin or ops@example.com (staff or corp)",
    "1: /intranet/**",
  ]);
  expect(intranet).toContainEqual(["docs.example.com", "any", "/intranet/7", "staff", "5: /**"]);
  // The hook may grant admin, and "corp" may not.
  expect(intranet).toContainEqual(["admin", "staff (claim roles), the sign-in hook"]);
  const { stdout } = await edgegate(["access", "/catalogue/7/items", ...everything()]);
  const lines = table(stdout);
  expect(lines).toContainEqual(["any", "GET, HEAD, POST", "/catalogue/7/items", "signed-in", "3: /catalogue/*/items"]);
  expect(lines).toContainEqual([
    "any",
    "PUT, PATCH, DELETE, OPTIONS",
    "/catalogue/7/items",
    "signed-in",
    "4: /catalogue/**",
  ]);
  expect(stdout).toContain("Rule 3 lets CORS preflights pass without a session");
});

test("a pattern lists every outcome below it, and what is left", async () => {
  const { stdout } = await edgegate(["access", "/**", "--method", "POST", "--json"]);
  const { rows } = JSON.parse(stdout) as {
    rows: { path: string; rule?: number; mayPass: string; grantedBy?: object }[];
  };
  expect(rows.map(({ path, rule, mayPass }) => [path, rule, mayPass])).toEqual([
    ["/public/**", 0, "public"],
    ["/favicon.ico", 1, "public"],
    ["/admin/**", 2, "admin"],
    ["/staff/**", 3, "staff or admin"],
    ["/api/**", 5, "staff or admin"],
    ["/**", undefined, "nobody"],
  ]);
  expect(rows[3]!.grantedBy).toEqual({ staff: ["main"], admin: ["main"] });
});

test("a path with escapes passes only where the rule takes them", async () => {
  const { stdout } = await edgegate([
    "access",
    "/assets/a%2Fb",
    "--host",
    "app.example.com",
    "--json",
    ...everything(),
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ rows: [{ rule: 1, mayPass: "public" }] });
  const other = await edgegate(["access", "/catalogue/a%2Fb", "--host", "app.example.com", "--json", ...everything()]);
  expect(JSON.parse(other.stdout)).toMatchObject({
    rows: [{ rule: 3, mayPass: "nobody: the rule does not take escapes" }],
  });
});

test("no rule applies to the gateway's own paths", async () => {
  const { code, stdout } = await edgegate(["access", "/_door/login", ...everything()]);
  expect(code).toBe(0);
  expect(stdout).toContain("belongs to the gateway");
});

test.each([
  [["access"], "missing required argument 'path'"],
  [["access", "admin"], "write the path alone"],
  [["access", "/admin?tab=1"], "write the path alone"],
  [["access", "//admin"], "refuses //admin whatever the policy says"],
  [["access", "/api*"], 'write "/api/**"'],
  [["access", "/admin", "--host", "other.example.com"], "write one of handbook.example.com"],
  [["access", "/admin", "--method", "get"], "Allowed choices are GET"],
])("edgegate %j is refused with what to write", async (args, told) => {
  const { code, stdout, stderr } = await edgegate(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(told);
});

import type { EdgeRequest } from "../../local/cloudfront-events";
import { logLine, type LogEntry } from "../../local/log-line";
import { judge } from "../../local/verdict";

const ENTRY: LogEntry = {
  time: new Date(2026, 0, 2, 3, 4, 5, 6),
  method: "GET",
  host: "app.localhost",
  authority: "app.localhost:8443",
  requestId: "R1",
  address: "127.0.0.1",
  path: "/api/hello",
  status: 200,
  milliseconds: 12.4,
  decision: "allow",
  rule: "/api/** signed-in",
  who: "alice@example.com",
};

describe("the line of a request", () => {
  test("has time, method, status, duration, address, decision and user, in columns", () => {
    expect(logLine(ENTRY)).toBe(
      "03:04:05.006 GET     200   12 ms app.localhost/api/hello              allow /api/** signed-in          alice@example.com",
    );
    const denied = logLine({ ...ENTRY, method: "DELETE", status: 403, decision: "deny role", path: "/a", who: "u1" });
    expect(denied.indexOf("deny role")).toBe(logLine(ENTRY).indexOf("allow"));
    expect(denied.indexOf("u1")).toBe(logLine(ENTRY).indexOf("alice"));
  });

  test("colors decisions if it is asked to", () => {
    const tagged = (name: string) => (text: string) => `<${name}>${text.trim()}</>`;
    const colors = { dim: tagged("dim"), green: tagged("green"), yellow: tagged("yellow"), red: tagged("red") };
    const colored = (entry: Partial<LogEntry>) => logLine({ ...ENTRY, rule: undefined, ...entry }, colors);
    expect(colored({})).toContain("<green>allow</>");
    expect(colored({ decision: "login expired" })).toContain("<yellow>login expired</>");
    expect(colored({ decision: "deny rule", status: 403 })).toMatch(/<red>403<\/>.*<red>deny rule<\/>/);
    expect(logLine(ENTRY)).not.toContain("<");
  });

  test("lets no stranger move the cursor, and is not endless", () => {
    const line = logLine({ ...ENTRY, host: "a\u001b[2J", path: `/\u009b${"x".repeat(5000)}`, who: "a\u202eb" });
    expect(line).not.toMatch(/\p{C}/u);
    expect(line.length).toBeLessThan(400);
  });
});

describe("the verdict", () => {
  const asked = (path: string, method = "GET"): EdgeRequest => ({
    id: "1",
    method,
    path,
    query: "token=secret",
    headers: [["Host", "app.localhost:1"]],
    body: Buffer.alloc(0),
    clientIp: "127.0.0.1",
  });
  const verdictOf = judge([
    { path: "/public/**", allow: "public" },
    { path: "/admin/**", allow: { roles: ["admin"] } },
    { path: "/api/**", allow: "signed-in" },
  ]);

  test.each([
    ["allow public", "/public/x", { decision: "allow", rule: "/public/** public" }],
    ["login expired", "/api/x", { decision: "login expired", rule: "/api/** signed-in" }],
    ["deny rule", "/other", { decision: "deny rule" }],
    ["deny path", "/api/x", { decision: "deny path" }],
    ["deny role u9", "/admin", { decision: "deny role", rule: "/admin/** admin", who: "u9" }],
    ["", "/api/x", { decision: "" }],
  ])("of %j at %s", (log, path, expected) => {
    expect(verdictOf(asked(path), log, undefined)).toEqual({ rule: undefined, who: undefined, ...expected });
  });

  test("names the user by an address seen earlier", () => {
    expect(verdictOf(asked("/api"), "allow session u1", "%C3%A4da@example.com").who).toBe("äda@example.com");
    expect(verdictOf(asked("/admin"), "deny role u1", undefined).who).toBe("äda@example.com");
    expect(verdictOf(asked("/api"), "allow session u2", "%zz").who).toBe("%zz");
  });
});

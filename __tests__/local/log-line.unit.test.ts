import type { EdgeRequest } from "../../local/cloudfront-events";
import { handlerLines } from "../../local/handler-lines";
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
  const judged = judge([
    { path: "/public/**", allow: "public" },
    { path: "/admin/**", allow: { roles: ["admin"] } },
    { path: "/api/**", allow: "signed-in" },
  ]);
  const gateSays = judged.ofGate;

  test.each([
    ["allow public", "/public/x", { decision: "allow", rule: "/public/** public" }],
    ["login expired", "/api/x", { decision: "login expired", rule: "/api/** signed-in" }],
    ["verify public", "/api/x", { decision: "verify public", rule: "/api/** signed-in" }],
    ["deny rule", "/other", { decision: "deny rule" }],
    ["deny path", "/api/x", { decision: "deny path" }],
    ["deny role u9", "/admin", { decision: "deny role", rule: "/admin/** admin", who: "u9" }],
    ["", "/api/x", { decision: "" }],
  ])("of %j at %s", (log, path, expected) => {
    expect(gateSays(asked(path), log, undefined)).toEqual({ rule: undefined, who: undefined, ...expected });
  });

  test("names the user by an address seen earlier", () => {
    expect(gateSays(asked("/api"), "allow session u1", "%C3%A4da@example.com").who).toBe("äda@example.com");
    expect(gateSays(asked("/admin"), "deny role u1", undefined).who).toBe("äda@example.com");
    expect(gateSays(asked("/api"), "allow session u2", "%zz").who).toBe("%zz");
  });

  test.each<[what: string, decided: Parameters<typeof judged.ofHandler>[1], decision: string, who: string | undefined]>(
    [
      [
        "a token of a person",
        {
          headers: [
            ["X-Gate-User", "u7"],
            ["X-Gate-Email", "b%C3%B6b@example.com"],
          ],
        },
        "allow",
        "böb@example.com",
      ],
      ["a token of a program", { headers: [["x-gate-user", "u8"]] }, "allow", "u8"],
      ["an address that needs no token", { headers: [["x-other", "u8"]] }, "allow", undefined],
      ["a stale token", { outcome: "token_refused", detail: "expired" }, "deny token_refused expired", undefined],
      ["a token without a role", { outcome: "not_allowed", detail: "role", uid: "u8" }, "deny not_allowed role", "u8"],
      ["no token", { outcome: "not_allowed" }, "deny not_allowed", undefined],
      ["a handler that logged nothing", undefined, "deny", undefined],
    ],
  )("of the bearer handler about %s has the rule of the gate's", (_what, decided, decision, who) => {
    const ofGate = gateSays(asked("/api/x"), "verify public", undefined);
    expect(judged.ofHandler(ofGate, decided)).toEqual({ decision, rule: "/api/** signed-in", who });
  });

  test("of the bearer handler about a session names its user", () => {
    const ofGate = gateSays(asked("/api/x"), "verify session u5", "eve@example.com");
    const refused = judged.ofHandler(ofGate, { outcome: "not_allowed", detail: "step-up", uid: "u5" });
    expect(refused).toMatchObject({ decision: "deny not_allowed step-up", who: "eve@example.com" });
  });
});

describe("what the bearer handler logged", () => {
  const line = (requestId: string, more: object = {}) =>
    JSON.stringify({ endpoint: "bearer", outcome: "token_refused", status: 401, requestId, ...more });

  test("is found before and after somebody asks, once", async () => {
    const lines = handlerLines();
    lines.add(line("R1", { detail: "expired" }));
    expect(await lines.about("R1")).toEqual({ outcome: "token_refused", detail: "expired" });
    const asked = lines.about("R2");
    for (const other of [
      "no JSON",
      "null",
      line("R3"),
      JSON.stringify({ endpoint: "me", outcome: "x", requestId: "R2" }),
    ])
      lines.add(other);
    lines.add(line("R2", { uid: "u1" }));
    expect(await asked).toEqual({ outcome: "token_refused", uid: "u1" });
    expect(await lines.about("R1")).toBeUndefined();
  });
});

/** What the log of `edgegate dev` says of requests with a token, which the gate leaves to the bearer handler. */
import { readFileSync } from "node:fs";
import { parseConfig } from "../../config/load";
import { signIn } from "../../local/check";
import { HttpClient } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";
import { edgegate } from "../support/cli";
import { startTestEdge, TEST_CONFIG } from "../support/local-edge";

const CONFIG = parseConfig({
  ...TEST_CONFIG,
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  behaviors: [{ path: "/api/*", origin: { type: "custom", domainName: "api.example.com", open: true }, api: true }],
  policy: [
    { path: "/api/import/**", allow: { roles: ["importer"] } },
    { path: "/api/export/**", allow: { roles: ["exporter"] } },
    { path: "/api/strong/**", allow: { roles: ["staff"], maxAge: "1h", acr: ["urn:mfa"] } },
    { path: "/**", allow: "signed-in" },
  ],
});

let edge: LocalEdge;
let http: HttpClient;
let token: string;

beforeAll(async () => {
  edge = await startTestEdge({ config: CONFIG });
  http = new HttpClient(readFileSync(edge.caFile, "utf8"));
  const local = `--local=${new URL(edge.url).port}`;
  const made = await edgegate("token create --expires 1h --role importer --description x".split(" ").concat(local));
  expect({ code: made.code, stderr: made.code === 0 ? "" : made.stderr }).toEqual({ code: 0, stderr: "" });
  token = made.stdout.trim();
});
afterAll(() => edge?.close());

/** The line of a request: what is behind the path. */
async function lineOf(path: string, status: number, headers: Record<string, string>): Promise<string> {
  expect((await http.send("GET", new URL(path, edge.url), headers)).status).toBe(status);
  const [line] = edge
    .logs()
    .split("\n")
    .filter((one) => one.includes(`${path} `));
  return line!.split(`${path} `)[1]!.replace(/ +/g, " ").trim();
}
const bearer = (value: string) => ({ authorization: `Bearer ${value}` });

test("a token that is enough: as whom it was allowed, and the rule", async () => {
  expect(await lineOf("/api/import/a", 200, bearer(token))).toBe(`allow /api/import/** importer ${token.slice(4, 20)}`);
});

test("a token that is not enough: whose it is, what it lacks, and the rule", async () => {
  expect(await lineOf("/api/export/a", 403, bearer(token))).toBe(
    `deny not_allowed role /api/export/** exporter ${token.slice(4, 20)}`,
  );
});

test("a token that is refused: why", async () => {
  const wrong = token.slice(0, -4) + (token.endsWith("AAAA") ? "BBBB" : "AAAA");
  expect(await lineOf("/api/import/b", 401, bearer(wrong))).toBe(
    "deny token_refused service_token unknown /api/import/** importer",
  );
  expect(edge.logs()).not.toContain(wrong.slice(20));
});

test("a session whose conditions the handler evaluates", async () => {
  const user = edge.users.find(({ roles }) => roles.includes("staff"))!;
  await signIn(http, `${edge.url}/page`, user);
  expect(await lineOf("/api/strong/a", 401, {})).toBe(
    `deny not_allowed step-up /api/strong/** staff, acr urn:mfa, signed in within 1h ${user.id}@example.com`,
  );
});

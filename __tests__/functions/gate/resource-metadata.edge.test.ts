/** Where the gate of API behaviors says that clients learn whose tokens it takes (RFC 9728), in both engines. */
import { runGate as runInNjs } from "../../../local/gate-njs";
import { runGate as runInSandbox } from "../../../local/gate-sandbox";
import type { ManagedConfigInput } from "../../../config/schema";
import { describeWith } from "../../support/tools";
import { eventOf, type GateRequest } from "./case";
import { storeWith, token } from "./sessions";
import { COMMON, gateSources } from "./sites";

const origin = COMMON.origin;
/** The first behavior's gate is that of all of them. */
const SITE = {
  ...COMMON,
  name: "agents",
  alternateDomains: ["docs.example.com"],
  behaviors: [
    { path: "/mcp*", origin, api: { resource: { scopes: ["mcp:read", "mcp:write"] } } },
    { path: "/plain/*", origin, api: true },
    { path: "/orders/*", origin, api: { resource: {} } },
  ],
  accessTokens: { main: { identityProvider: "main", audience: ["https://app.example.com/mcp"] } },
  policy: [
    { path: "/mcp/admin", allow: { roles: ["admin"] } },
    { path: "/**", allow: "signed-in" },
  ],
} as const satisfies ManagedConfigInput;

const SOURCES = gateSources({ agents: SITE as ManagedConfigInput });
const MCP = '/.well-known/oauth-protected-resource/mcp", scope="mcp:read mcp:write"';

const CASES: [what: string, request: GateRequest, challenge: string][] = [
  ["a resource", { path: "/mcp" }, `Bearer realm="gate", resource_metadata="https://app.example.com${MCP}`],
  ["a path below it", { path: "/mcp/x" }, `Bearer realm="gate", resource_metadata="https://app.example.com${MCP}`],
  [
    "a resource on another host",
    { path: "/mcp", host: "docs.example.com" },
    `Bearer realm="gate", resource_metadata="https://docs.example.com${MCP}`,
  ],
  [
    "a token that is none",
    { path: "/mcp", headers: { Authorization: "Bearer x" } },
    `Bearer realm="gate", resource_metadata="https://app.example.com${MCP}, error="invalid_token"`,
  ],
  [
    "a session without the role",
    { path: "/mcp/admin", session: token(), records: storeWith() },
    `Bearer realm="gate", resource_metadata="https://app.example.com${MCP}`,
  ],
  [
    "a resource without scopes",
    { path: "/orders/7" },
    'Bearer realm="gate", resource_metadata="https://app.example.com/.well-known/oauth-protected-resource/orders"',
  ],
  ["an API that is no resource", { path: "/plain/x" }, 'Bearer realm="gate"'],
];

function challenges(run: typeof runInSandbox): void {
  test.each(CASES)("%s", async (_, request, challenge) => {
    const { result } = await run(SOURCES.agents, eventOf({ client: "program", ...request }), {
      records: request.records ?? storeWith(),
    });
    expect(result).toMatchObject({ headers: { "www-authenticate": { value: challenge } } });
  });

  test("a host of somebody else is not told", async () => {
    const { result } = await run(SOURCES.agents, eventOf({ path: "/mcp", host: "evil.example.net" }), { records: {} });
    expect(result).toMatchObject({ statusCode: 421 });
    expect(JSON.stringify(result)).not.toContain("resource_metadata");
  });
}

describe("in the sandbox", () => challenges(runInSandbox));
describeWith("njs", "in njs", () => challenges(runInNjs));

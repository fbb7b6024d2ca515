/** The documents by which clients learn whose tokens a resource takes (RFC 9728). */
import { HOST, startAuth, type AuthEnvironment } from "../../support/auth-fixture";

const PATH = "/.well-known/oauth-protected-resource";
const WHOLE = { path: "", authorizationServers: ["https://login.example.com"] };
const MCP = {
  path: "/mcp",
  authorizationServers: ["https://login.example.com", "https://partner.example.net/oauth"],
  scopes: ["mcp:read", "mcp:write"],
  documentation: "https://docs.example.com/mcp",
};

let environment: AuthEnvironment;
beforeAll(async () => {
  environment = await startAuth({ settings: { resources: [WHOLE, MCP] } });
});
afterAll(() => environment.close());

const ask = (path: string, method = "GET", headers: Record<string, string> = {}) =>
  environment.invoke({ url: path, method, headers: { Accept: "application/json", ...headers } });

test("describes each resource by its own URL, as RFC 9728 section 3.3 asks", async () => {
  const mcp = await ask(`${PATH}/mcp`);
  expect(mcp).toMatchObject({ status: 200, headers: { "content-type": ["application/json"] } });
  expect(JSON.parse(mcp.body)).toEqual({
    resource: `https://${HOST}/mcp`,
    authorization_servers: MCP.authorizationServers,
    scopes_supported: MCP.scopes,
    bearer_methods_supported: ["header"],
    resource_name: environment.settings.theme.productName,
    resource_documentation: MCP.documentation,
  });
  expect(JSON.parse((await ask(PATH)).body)).toEqual({
    resource: `https://${HOST}`,
    authorization_servers: WHOLE.authorizationServers,
    bearer_methods_supported: ["header"],
    resource_name: environment.settings.theme.productName,
  });
});

test("is for everybody: scripts of any site may read it, and caches keep it for minutes", async () => {
  for (const method of ["GET", "HEAD"])
    expect((await ask(`${PATH}/mcp`, method)).headers).toMatchObject({
      "access-control-allow-origin": ["*"],
      "cache-control": ["public, max-age=300"],
    });
});

test("answers the preflight of a client in a browser, which sends a header of its protocol", async () => {
  const answer = await ask(`${PATH}/mcp`, "OPTIONS", {
    Origin: "https://inspector.example.net",
    "Access-Control-Request-Method": "GET",
    "Access-Control-Request-Headers": "mcp-protocol-version",
  });
  expect(answer).toMatchObject({
    status: 204,
    body: "",
    headers: { "access-control-allow-origin": ["*"], "access-control-allow-headers": ["*"] },
  });
});

test.each([
  `${PATH}/other`,
  `${PATH}/mcp/`,
  `${PATH}/mcp/x`,
  `${PATH}/`,
  `${PATH}x`,
  "/.well-known/openid-configuration",
])("%s is no resource", async (path) => expect((await ask(path)).status).toBe(404));

test.each(["POST", "PUT", "DELETE"])("%s is not taken", async (method) => {
  const { status, headers } = await ask(`${PATH}/mcp`, method);
  expect({ status, allow: headers["allow"] }).toEqual({ status: 405, allow: ["GET, HEAD, OPTIONS"] });
});

test("another host has none", async () => {
  const answer = await environment.invoke({ url: `https://evil.example.net${PATH}/mcp`, headers: { Accept: "*/*" } });
  expect(answer.status).toBe(421);
  expect(answer.body).not.toContain("authorization_servers");
});

/** Mistakes in the metadata of a protected resource, such as an MCP server. */
import type { Mistake } from "../small-config";

/** An API with metadata, and an issuer for it. */
const withResource = (path: string, resource: object) => ({
  behaviors: [{ path, origin: { type: "custom", domainName: "mcp.example.com", open: true }, api: { resource } }],
  accessTokens: { main: { identityProvider: "main", audience: ["https://wiki.example.com/mcp"] } },
});

export const RESOURCE_METADATA_MISTAKES: Mistake[] = [
  [
    withResource("/v*/mcp", {}),
    "behaviors[0].api.resource",
    'a resource needs a pattern whose only "*" is at its end, such as "/mcp*"; it is "/v*/mcp"',
  ],
  [
    { ...withResource("/mcp*", {}), accessTokens: {} },
    "behaviors[0].api.resource",
    "say where clients get tokens: write accessTokens, or authorizationServers here",
  ],
  [
    withResource("/mcp*", { scopes: ["two words"] }),
    "behaviors[0].api.resource.scopes[0]",
    'write a scope, such as "orders:read"; it is "two words"',
  ],
  [
    withResource("/mcp*", { authorizationServers: [] }),
    "behaviors[0].api.resource.authorizationServers",
    "name an authorization server, or leave authorizationServers out; it is []",
  ],
  [
    withResource("/mcp*", { authorizationServers: ["http://login.example.com"] }),
    "behaviors[0].api.resource.authorizationServers[0]",
    'write the issuer\'s https URL, such as "https://login.example.com"; it is "http://login.example.com"',
  ],
  [
    withResource("/mcp*", { documentation: "docs" }),
    "behaviors[0].api.resource.documentation",
    'write the https URL of a page; it is "docs"',
  ],
];

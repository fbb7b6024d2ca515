/**
 * An MCP server without any code for sign-in: the gateway has verified who calls. Behind `secretHeader` or in a VPC,
 * nobody else reaches it.
 */
import { createServer } from "node:http";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";

function tools() {
  const server = new McpServer({ name: "notes", version: "1.0.0" });
  server.registerTool("whoami", { description: "Says who you are" }, ({ requestInfo }) => {
    const header = (name) => decodeURIComponent(requestInfo?.headers[name] ?? "");
    const lines = ["user", "email", "roles"].map((name) => `${name}: ${header(`x-gate-${name}`)}`);
    return { content: [{ type: "text", text: lines.join("\n") }] };
  });
  return server;
}

export const server = createServer(async (request, response) => {
  // The server has no sessions, so any instance can answer any request.
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  response.once("close", () => transport.close());
  await tools().connect(transport);
  await transport.handleRequest(request, response);
});

if (process.argv[1] === import.meta.filename) server.listen(Number(process.env.PORT ?? 3000));

/**
 * An agent with a client library of somebody else's, in a process of its own. It prints the address at which its user has
 * to sign in, reads the authorization code from its input, then calls the tool once for each further line, and prints what
 * came of it. Arguments: the server's address; then the ID of a client, if it does not register itself.
 */
import { createInterface } from "node:readline";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [, , address, clientId] = process.argv;
const REDIRECT_URI = "http://localhost:9/callback";
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

let information = clientId === undefined ? undefined : { client_id: clientId };
let tokens;
let verifier;
/** Addresses that the library asked for, in order. */
const asked = [];

const authProvider = {
  redirectUrl: REDIRECT_URI,
  clientMetadata: {
    client_name: "Test agent",
    redirect_uris: [REDIRECT_URI],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: "none",
  },
  clientInformation: () => information,
  saveClientInformation: (registered) => void (information = registered),
  tokens: () => tokens,
  saveTokens: (fresh) => void (tokens = fresh),
  redirectToAuthorization: (url) => say({ signIn: url.href, asked, registered: clientId === undefined }),
  saveCodeVerifier: (fresh) => void (verifier = fresh),
  codeVerifier: () => verifier,
};

const logged = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  asked.push(url.pathname);
  return fetch(input, init);
};
const transport = () => new StreamableHTTPClientTransport(new URL(address), { authProvider, fetch: logged });
const newClient = () => new Client({ name: "test-agent", version: "1.0.0" });

const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const first = transport();
try {
  await newClient().connect(first);
  say({ connected: "without a sign-in" });
} catch (error) {
  if (!(error instanceof UnauthorizedError)) {
    say({ failed: String(error) });
    process.exit(1);
  }
}
const { value: code } = await input.next();
await first.finishAuth(code);
const client = newClient();
await client.connect(transport());
const { tools } = await client.listTools();
say({ tools: tools.map(({ name }) => name), token: tokens.access_token, scope: tokens.scope });

for await (const line of input) {
  if (line === "end") break;
  try {
    const { content } = await client.callTool({ name: "whoami" });
    say({ said: content[0].text });
  } catch (error) {
    say({ refused: error instanceof UnauthorizedError ? "sign in again" : String(error) });
  }
}
process.exit(0);

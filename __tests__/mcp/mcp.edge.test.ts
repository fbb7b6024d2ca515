/**
 * An MCP server without code for sign-in, behind the local edge, and an agent with a client library of npm: it finds out
 * where to sign in, does so, calls a tool, and is refused when its user is revoked.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { parseConfig } from "../../config/load";
import { HttpClient } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";

import { edgegate } from "../support/cli";
import { startTestEdge, TEST_CONFIG } from "../support/local-edge";

const ROOT = join(__dirname, "../..");
const CONFIG = parseConfig({
  ...TEST_CONFIG,
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  behaviors: [
    {
      path: "/mcp*",
      origin: { type: "custom", domainName: "mcp.example.com", open: true },
      api: { resource: { scopes: ["mcp:tools"], documentation: "https://docs.example.com/mcp" } },
    },
  ],
  accessTokens: { main: { identityProvider: "main", audience: ["https://app.example.com/mcp"] } },
  policy: [
    { path: "/mcp", allow: { scopes: ["mcp:tools"], roles: ["staff"] } },
    { path: "/**", allow: "signed-in" },
  ],
});

let server: ChildProcess;
let edge: LocalEdge;

beforeAll(async () => {
  const program = `
import { server } from ${JSON.stringify(join(ROOT, "docs/mcp/server.mjs"))};
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;
  server = spawn(process.execPath, ["--input-type=module", "-e", program], { cwd: ROOT });
  const port = await new Promise<number>((resolve, reject) => {
    server.stdout!.once("data", (data: Buffer) => resolve(Number(data.toString())));
    server.stderr!.once("data", (data: Buffer) => reject(new Error(data.toString())));
  });
  edge = await startTestEdge({ config: CONFIG, origins: { "/mcp*": new URL(`http://127.0.0.1:${port}`) } });
});
afterAll(async () => {
  await edge?.close();
  server?.kill();
});

interface Said {
  signIn?: string;
  asked?: string[];
  tools?: string[];
  token?: string;
  said?: string;
  refused?: string;
  failed?: string;
}

/** The agent, and what it says next. */
function startAgent(): { next(): Promise<Said>; tell(line: string): void; end(): void } {
  const child = spawn(
    process.execPath,
    ["--require", join(ROOT, "local/localhost-names.js"), join(__dirname, "client.mjs"), `${edge.url}/mcp`],
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: edge.caFile }, cwd: ROOT },
  );
  let errors = "";
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the agent ended:\n${errors}`);
      return JSON.parse(value as string) as Said;
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    end: () => void child.kill(),
  };
}

/** Signs in as a person would, at the address that the agent opens. @returns the code that the agent gets */
async function codeFor(address: string, user: string): Promise<string> {
  const browser = new HttpClient(readFileSync(edge.caFile, "utf8"));
  const { id, password } = edge.users.find((one) => one.id === user)!;
  let answer = await browser.open(address);
  const action = /<form[^>]*\saction="([^"]+)"/.exec(answer.body)![1]!;
  answer = await browser.send(
    "POST",
    new URL(action, answer.url),
    { accept: "text/html" },
    new URLSearchParams({ user: id, password }).toString(),
  );
  for (let hops = 0; hops < 5; hops++) {
    const next = new URL(String(answer.headers["location"]), answer.url);
    if (next.port === "9") return next.searchParams.get("code")!;
    answer = await browser.send("GET", next, { accept: "text/html" });
  }
  throw new Error(`no code: ${answer.status} at ${answer.url.pathname}\n${answer.body}`);
}

test("an agent discovers, signs its user in, calls a tool, and is refused seconds after its user is revoked", async () => {
  const agent = startAgent();
  try {
    const { signIn, asked, failed } = await agent.next();
    expect(failed).toBeUndefined();
    expect(asked!.slice(0, 2)).toEqual(["/mcp", "/.well-known/oauth-protected-resource/mcp"]);
    const wanted = new URL(signIn!).searchParams;
    expect(Object.fromEntries(wanted)).toMatchObject({
      resource: `${edge.url}/mcp`,
      scope: expect.stringContaining("mcp:tools"),
      code_challenge_method: "S256",
    });
    agent.tell(await codeFor(signIn!, "staff"));
    const { tools, token } = await agent.next();
    expect(tools).toEqual(["whoami"]);
    expect(decodeProtectedHeader(token!)).toMatchObject({ typ: "at+jwt" });
    expect(decodeJwt(token!)).toMatchObject({ aud: `${edge.url}/mcp`, iss: edge.issuer, scope: "mcp:tools" });
    agent.tell("call");
    const { said } = await agent.next();
    expect(said).toMatch(/^user: [\w-]{16}\nemail: staff@.*\nroles: staff$/);
    const person = ["--issuer", edge.issuer, "--subject", "staff"];
    const revoke = [
      "revoke",
      "user",
      ...person,
      "--yes",
      "--reason",
      "agent stolen",
      `--local=${new URL(edge.url).port}`,
    ];
    expect(await edgegate(revoke)).toMatchObject({ code: 0 });
    const since = Date.now();
    let last: Said;
    do {
      agent.tell("call");
      last = await agent.next();
    } while (last.said !== undefined && Date.now() - since < 60_000);
    // The library has a refresh token. The provider takes it, but the new token is no proof of a person either.
    expect(last).not.toHaveProperty("said");
    expect(Date.now() - since).toBeLessThan(30_000);
    expect(edge.logs()).toMatch(/"detail":"revoked"/);
  } finally {
    agent.end();
  }
});

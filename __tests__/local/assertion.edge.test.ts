/** Assertions from the rotator's first key to a server behind an API, through the shipped functions of a local edge. */
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeProtectedHeader, importJWK, jwtVerify, type JSONWebKeySet, type JWTPayload } from "jose";
import { parseConfig } from "../../config/load";
import { signIn } from "../../local/check";
import { HttpClient } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";
import { assertionKeysName } from "../../stacks/names";
import { edgegate } from "../support/cli";
import { startTestEdge, TEST_CONFIG } from "../support/local-edge";

const AUDIENCE = "https://api.example.com";
const CONFIG = parseConfig({
  ...TEST_CONFIG,
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  behaviors: [
    {
      path: "/api/*",
      origin: { type: "custom", domainName: "api.example.com", open: true, assertion: true },
      api: true,
    },
  ],
  assertion: { audience: AUDIENCE },
  policy: [
    { path: "/import/**", allow: { roles: ["importer"] } },
    { path: "/**", allow: "signed-in" },
  ],
});

let server: Server;
let edge: LocalEdge;
let browser: HttpClient;
let programs: HttpClient;
let token: string;
let uid: string;
/** What the server got last. */
let got: string | undefined;

beforeAll(async () => {
  server = createServer(({ headers }, response) => {
    got = headers["x-gate-assertion"] as string | undefined;
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  edge = await startTestEdge({ config: CONFIG, origins: { "/api/*": new URL(`http://127.0.0.1:${port}`) } });
  const ca = readFileSync(edge.caFile, "utf8");
  [browser, programs] = [new HttpClient(ca), new HttpClient(ca)];
  await signIn(browser, `${edge.url}/page`, edge.users[1]!);
  const local = `--local=${new URL(edge.url).port}`;
  const made = await edgegate([
    "token",
    "create",
    "--expires",
    "1h",
    "--role",
    "importer",
    "--description",
    "x",
    local,
  ]);
  expect({ code: made.code, stderr: made.code === 0 ? "" : made.stderr }).toEqual({ code: 0, stderr: "" });
  token = made.stdout.trim();
  uid = token.slice(4, 20);
});
afterAll(async () => {
  await edge?.close();
  server?.close();
});

const secret = () => edge.aws.secrets.get(assertionKeysName(edge.config))!;

/** By a server that has read this secret. */
async function claims(text: string): Promise<JWTPayload> {
  const jwk = (JSON.parse(text) as JSONWebKeySet).keys.find((key) => key.kid === kid());
  const { payload } = await jwtVerify(got!, await importJWK(jwk!, "HS256"), {
    issuer: edge.url,
    audience: AUDIENCE,
    algorithms: ["HS256"],
  });
  return payload;
}

async function ask(http: HttpClient, headers: Record<string, string> = {}): Promise<void> {
  got = undefined;
  const url = new URL("/api/x", edge.url);
  expect((await http.send("GET", url, { "x-gate-assertion": "mallory", ...headers })).status).toBe(200);
}
const asProgram = () => ask(programs, { authorization: `Bearer ${token}` });
const kid = () => decodeProtectedHeader(got!).kid;
const kids = (text: string) => (JSON.parse(text) as JSONWebKeySet).keys.map((key) => key.kid);

async function edgeToken(): Promise<string> {
  const body = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: token,
    subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
  }).toString();
  const answer = await programs.send("POST", new URL("/_gate/token", edge.url), {}, body);
  return (JSON.parse(answer.body) as { access_token: string }).access_token;
}

test("the gate and the handler tell the server who asks, with one key", async () => {
  await ask(browser);
  expect((await claims(secret())).roles).toEqual(edge.users[1]!.roles);
  expect(kid()).toBe(kids(secret())[0]);
  await asProgram();
  const ofHandler = await claims(secret());
  expect(ofHandler.sub).toBe(uid);
  expect(kid()).toBe(kids(secret())[0]);
  await ask(programs, { authorization: `Bearer ${await edgeToken()}` });
  const ofGate = await claims(secret());
  for (const { iat, exp, ...said } of [ofHandler, ofGate])
    expect(said).toMatchObject({
      sub: uid,
      sid: expect.any(String) as string,
      roles: ["importer"],
      idp: "service-token",
    });
});

test("a server that read the keys before a rotation accepts what both sign after it", async () => {
  const before = secret();
  await edge.aws.rotate(assertionKeysName(edge.config));
  expect(kids(secret())[0]).toBe(kids(before)[1]);
  await ask(browser);
  expect(kid()).toBe(kids(before)[1]);
  await claims(before);
  await asProgram();
  await claims(before);
});

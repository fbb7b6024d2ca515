/** `edgegate dev --origin`: a real app behind the command as people start it. */
import WebSocket from "ws";
import { signIn } from "../../local/check";
import { HttpClient } from "../../local/http-client";
import { demoUsers } from "../../local/users";
import { SESSION_COOKIE } from "../../session/cookies";
import { startDev, type DevProcess } from "../support/dev-process";
import { startOwnApp, type OwnApp, type Seen } from "../support/own-app";
import { soon } from "../support/soon";

const config = (behaviors: string) => `export default {
  name: "own",
  domain: "wiki.example.com",
  alternateDomains: ["docs.example.com"],
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  identityProviders: { main: { issuer: "https://login.example.com", clientId: "wiki" } },
  origin: { type: "s3" },
  behaviors: [${behaviors}],
  policy: [{ path: "/**", allow: "signed-in" }],
};
`;
const API = '{ path: "/api/*", origin: { type: "custom", domainName: "api.example.com", open: true } }';

let app: OwnApp;
let dev: DevProcess;

beforeAll(async () => {
  app = await startOwnApp();
  dev = await startDev({ "gateway.config.ts": config(API) }, ["--origin", `/api/*=${app.url.origin}`]);
});
afterAll(async () => {
  await dev?.end();
  await app?.close();
});

test("says where requests go, and where each host is", () => {
  expect(dev.output()).toMatch(new RegExp(`/api/\\* +gate, then ${app.url.origin}\n`));
  expect(dev.output()).toContain(dev.url.replace("app.", "docs."));
});

test("the app gets requests and WebSockets of people who are signed in, and the terminal shows who", async () => {
  const browser = new HttpClient(dev.ca());
  const answer = await signIn(browser, `${dev.url}/api/show?token=secret`, demoUsers([])[2]!);
  const { headers, url } = JSON.parse(answer.body) as Seen;
  expect([url, headers["x-gate-email"], headers["host"]]).toEqual([
    "/api/show?token=secret",
    "guest@example.com",
    app.url.host,
  ]);

  const { port, host } = new URL(dev.url);
  const websocket = new WebSocket(`wss://127.0.0.1:${port}/api/ws`, {
    ca: dev.ca(),
    servername: "app.localhost",
    headers: { host, cookie: `${SESSION_COOKIE}=${browser.cookie(SESSION_COOKIE)}` },
  } as WebSocket.ClientOptions);
  const messages: string[] = [];
  websocket.on("message", (data: Buffer) => messages.push(data.toString()));
  await soon(() => expect(messages).toEqual(["hello guest@example.com"]));
  websocket.close();

  const line = (status: number, path: string) =>
    new RegExp(
      `\n\\d\\d:\\d\\d:\\d\\d\\.\\d{3} GET +${status} +\\d+ ms app\\.localhost${path} +allow /\\*\\* signed-in +guest@example\\.com\n`,
    );
  await soon(() => expect(dev.output()).toMatch(line(101, "/api/ws")));
  expect(dev.output()).toMatch(line(200, "/api/show"));
  // Neither queries nor colors.
  expect(dev.output()).not.toMatch(/secret|\u001b/);
});

test("a config without the behavior of the app is not deployed", async () => {
  dev.save("gateway.config.ts", config(""));
  await soon(() =>
    expect(dev.output()).toContain("--origin /api/*: the config has no such behavior; its behaviors are default"),
  );
  expect((await new HttpClient(dev.ca()).fetch("GET", `${dev.url}/api/show`)).status).toBe(401);
});

/** A change to the config of a running `edgegate dev`. */
import { signIn } from "../../local/check";
import { HttpClient } from "../../local/http-client";
import { demoUsers } from "../../local/users";
import { startDev, type DevProcess } from "../support/dev-process";
import { soon } from "../support/soon";

const config = (more = "") => `import { defineConfig } from "edgegate";
import { policy } from "./rules";
export default defineConfig({
  name: "reloaded",
  domain: "wiki.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  identityProviders: { main: { issuer: "https://login.example.com", clientId: "wiki" } },
  origin: { type: "s3" },
  policy,${more}
});
`;
const rules = (...list: string[]) => `export const policy = [${list.join(", ")}];\n`;
const ALL = '{ path: "/**", allow: "signed-in" as const }';
const OPEN = '{ path: "/open/**", allow: "public" as const }';
const EDITORS = '{ path: "/edit/**", allow: { roles: ["editor"] } }';

let dev: DevProcess;
let browser: HttpClient;
const [admin] = demoUsers([]);

beforeAll(async () => {
  dev = await startDev({ "gateway.config.ts": config(), "rules.ts": rules(ALL) });
  browser = new HttpClient(dev.ca());
  await signIn(browser, `${dev.url}/`, admin!);
});
afterAll(async () => {
  expect(await dev?.end()).toBe(0);
});

const said = (text: string | RegExp) => soon(() => expect(dev.output()).toMatch(text));
const status = async (path: string, visitor = browser) => (await visitor.fetch("GET", dev.url + path)).status;
const stranger = () => new HttpClient(dev.ca());

test("a module that the config imports takes effect; the session and what it can do stay", async () => {
  expect([await status("/"), await status("/open/a", stranger())]).toEqual([200, 401]);
  dev.save("rules.ts", rules(OPEN, ALL));
  await said(/reloaded in [\d.]+ s: policy \(rules\.ts\)/);
  expect([await status("/"), await status("/open/a", stranger())]).toEqual([200, 200]);
  // Renewing needs the ledger, the keys and the provider's grant.
  expect((await browser.fetch("POST", `${dev.url}/_gate/refresh`)).status).toBe(200);
  expect(dev.output()).toMatch(
    /\d\d:\d\d:\d\d\.\d{3} GET +200 +\d+ ms app\.localhost\/open\/a +allow \/open\/\*\* public\n/,
  );
});

test("a broken config says where, keeps the old one, and works again once it is right", async () => {
  dev.save("rules.ts", rules(ALL).replace("]", ""));
  await said(/not reloaded, the last config keeps serving: gateway\.config\.ts: 1 mistake\n.*rules\.ts/);
  expect(await status("/open/a", stranger())).toBe(200);

  dev.save("gateway.config.ts", config('\n  sesion: { idle: "30m" },'));
  dev.save("rules.ts", rules(ALL));
  await said("sesion");
  expect(await status("/open/a", stranger())).toBe(200);

  dev.save("gateway.config.ts", config().replace("./rules", "./later"));
  await said("later");
  dev.save("later.ts", rules(ALL));
  await soon(() => expect(dev.output().match(/reloaded in [\d.]+ s: policy/g)).toHaveLength(2));
  expect([await status("/"), await status("/open/a", stranger())]).toEqual([200, 401]);
});

test("a new role has its user, and a new host its certificate and its redirect URI", async () => {
  dev.save("later.ts", rules(EDITORS, ALL));
  dev.save("gateway.config.ts", config('\n  alternateDomains: ["docs.example.com"],').replace("./rules", "./later"));
  await said(/reloaded in [\d.]+ s: (policy, alternateDomains|alternateDomains, policy)/);
  const docs = dev.url.replace("app.", "docs.");
  const answer = await signIn(stranger(), `${docs}/edit/x`, admin!);
  expect([answer.status, answer.url.href]).toEqual([200, `${docs}/edit/x`]);
  expect(await status("/")).toBe(200);
});

test("a gateway of another name is not deployed over this one", async () => {
  dev.save("gateway.config.ts", config().replace("./rules", "./later").replace('"reloaded"', '"other"'));
  await said('name: "other" names another gateway; end this one, and start that');
  expect(await status("/")).toBe(200);
});

test("saving without a change deploys nothing", async () => {
  dev.save(
    "gateway.config.ts",
    config('\n  alternateDomains: ["docs.example.com"], // again').replace("./rules", "./later"),
  );
  await said("gateway.config.ts: saved, no setting changed");
});

/** `edgegate doctor` and `edgegate doctor idp`, as operators type them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalEdge } from "../../local/local-edge";
import { edgegate } from "../support/cli";
import { createSigningKey, signIdToken } from "../support/idp/keys";
import { startTestEdge } from "../support/local-edge";

let edge: LocalEdge;
let local: string;
let folder: string;

beforeAll(async () => {
  edge = await startTestEdge();
  local = `--local=${new URL(edge.url).port}`;
  folder = mkdtempSync(join(tmpdir(), "edgegate-test-"));
});
afterAll(async () => {
  await edge?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a gateway without a problem", async () => {
  const { code, stdout, stderr } = await edgegate(["doctor", local]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^app\.localhost:\d+\n/);
  expect(stdout).toMatch(/\n {2}ok {5} +closed path +\/: browsers are sent to sign in\n/);
  expect(stdout).toMatch(/\n\n10 checks passed\n$/);
});

test("for programs", async () => {
  const { stdout } = await edgegate(["doctor", local, "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    gateway: "local-test",
    places: [
      { place: new URL(edge.url).host, findings: expect.arrayContaining([expect.objectContaining({ status: "ok" })]) },
    ],
    problems: 0,
    warnings: 0,
  });
});

test("an identity provider without a problem, with its client secret", async () => {
  const { code, stdout, stderr } = await edgegate(["doctor", "idp", local, "--client-secret"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`main: ${edge.issuer}\n`);
  expect(stdout).toMatch(/ok {6} +credentials +the client secret is right/);
  expect(stdout).toMatch(/\n\n14 checks passed\n$/);
});

test("a token of somebody else: exit code 6, and what is in it", async () => {
  const key = await createSigningKey("ES256", "x");
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: edge.issuer,
    aud: "edgegate-test",
    sub: "mallory",
    iat: now,
    exp: now + 600,
    roles: ["admin"],
    note: `\u001b[31m${"x".repeat(200)}`,
  };
  const token = await signIdToken(claims, key);
  const file = join(folder, "token.txt");
  writeFileSync(file, `${token}\n`);
  const piped = await edgegate(["doctor", "idp", "main", local, "--token", "-"], { input: token });
  const read = await edgegate(["doctor", "idp", "main", local, "--token", file]);
  expect(piped).toEqual(read);
  const { code, stdout } = read;
  expect(code).toBe(6);
  expect(stdout).toMatch(/WRONG {4} *signature +the provider publishes no key that fits\n +→ /);
  expect(stdout).toMatch(/\n {2}sub +"mallory"\n/);
  expect(stdout).toMatch(/from roles:\n +admin: admin\n/);
  expect(stdout).toMatch(/\nyes +any +any +\/admin\/\*\* +admin\n/);
  expect(stdout).toMatch(/\n1 problem of \d+ checks\n$/);
  expect(stdout).not.toContain("\u001b");
  for (const part of token.split(".").slice(1)) expect(stdout).not.toContain(part);
});

test.each<[name: string, args: string[], input: string, message: RegExp, hint: RegExp]>([
  ["no such provider", ["other"], "", /no identity provider "other"/, /write one of main/],
  ["no token", ["--token", "-"], "", /the token is empty/, /write --token <path>, or pipe it in/],
  ["no JWT", ["--token", "-"], "not a token", /not a signed token/, /paste the ID token/],
  ["no such file", ["--token", "/nowhere/token.txt"], "", /\/nowhere\/token\.txt cannot be read \(ENOENT\)/, /^/],
])("%s", async (_name, args, input, message, hint) => {
  const { code, stdout, stderr } = await edgegate(["doctor", "idp", local, ...args], { input });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(hint);
});

test("of several providers one must be named, and what only Terraform knows must be given", async () => {
  const config = ["--config", "examples/identity-providers.ts"];
  const several = await edgegate(["doctor", "idp", ...config]);
  expect(several.code).toBe(2);
  expect(several.stderr).toMatch(/the config has several identity providers\nwrite one of staff, customers/);
  const { code, stderr } = await edgegate(["doctor", "idp", "customers", ...config]);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /only Terraform knows the issuer of customers\nwrite --issuer and --client-id as terraform output/,
  );
});

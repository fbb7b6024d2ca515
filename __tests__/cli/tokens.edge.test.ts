/** Service tokens from the command line to the origin, through the shipped functions of a local edge. */
import { readFileSync } from "node:fs";
import { nextSecond } from "../../local/check";
import { HttpClient } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";
import { edgegate, type Run, type RunOptions } from "../support/cli";
import { startTestEdge } from "../support/local-edge";
import { TOKEN_CONFIG } from "../support/token-config";

const TOKEN = /^egs_[\w-]{16}_[\w-]{43}\n$/;
const DESCRIPTION = ["--description", "nightly import"];

let edge: LocalEdge;
let local: string;
let http: HttpClient;
beforeAll(async () => {
  edge = await startTestEdge({ config: TOKEN_CONFIG });
  local = `--local=${new URL(edge.url).port}`;
  http = new HttpClient(readFileSync(edge.caFile, "utf8"));
});
afterAll(() => edge?.close());

async function done(args: string[], options?: RunOptions): Promise<Run> {
  const run = await edgegate([...args, local], options);
  expect({ code: run.code, stderr: run.code === 0 ? "" : run.stderr }).toEqual({ code: 0, stderr: "" });
  return run;
}

async function create(...more: string[]): Promise<{ token: string; id: string; stderr: string }> {
  const { stdout, stderr } = await done(["token", "create", "--expires", "1h", ...DESCRIPTION, ...more]);
  expect(stdout).toMatch(TOKEN);
  const token = stdout.trim();
  return { token, id: token.slice(4, 20), stderr };
}

const call = async (path: string, token: string) =>
  (await http.send("GET", new URL(path, edge.url), { authorization: `Bearer ${token}` })).status;

async function exchange(token: string, more: Record<string, string> = {}) {
  const body = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    subject_token: token,
    subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
    ...more,
  }).toString();
  const response = await http.send("POST", new URL("/_gate/token", edge.url), {}, body);
  return { status: response.status, ...(JSON.parse(response.body) as { access_token: string; scope?: string }) };
}

interface Listed {
  tokens: ({ id: string; state: string; usedOn?: string } & Record<string, unknown>)[];
}
const listed = async (id: string) => {
  const { stdout } = await done(["token", "list", "--json"]);
  return (JSON.parse(stdout) as Listed).tokens.find((token) => token.id === id);
};

test("a token is made, shown once, used, exchanged, listed and revoked", async () => {
  const { token, id, stderr } = await create("--role", "importer", "--scope", "orders.read", "--claim", "plan=premium");
  expect(stderr).toContain(`Service token ${id}, valid until `);
  expect(stderr).not.toContain(token);
  expect(stderr).not.toContain("warning");
  expect(await listed(id)).toMatchObject({
    state: "active",
    roles: ["importer"],
    scopes: ["orders.read"],
    claims: { plan: ["premium"] },
    by: "operator:local",
  });
  expect(await listed(id)).not.toHaveProperty("usedOn");

  const { access_token: edgeToken, status, scope } = await exchange(token);
  expect([status, scope]).toEqual([200, "orders.read"]);
  expect([await call("/api/import/1", edgeToken), await call("/api/orders/1", edgeToken)]).toEqual([200, 200]);
  expect(await call("/admin/", edgeToken)).not.toBe(200);

  const { stdout } = await done(["token", "list"]);
  expect(stdout).toMatch(new RegExp(`^${id} +active +importer +orders\\.read .* nightly import$`, "m"));
  expect((await listed(id))!.usedOn).toBe(new Date().toISOString().slice(0, 10));
  expect(stdout).not.toContain(token.slice(21));

  const revoked = await done(["token", "revoke", id, "--reason", "left in a log"]);
  expect(revoked.stdout).toContain(`Service token ${id}: revoked`);
  expect(revoked.stdout).toContain("nightly import");
  await nextSecond();
  expect(await call("/api/import/1", edgeToken)).toBe(401);
  expect((await exchange(token)).status).toBe(400);
  expect(await call("/api/import/1", token)).toBe(401);
  expect(await listed(id)).toMatchObject({ state: "revoked", endedReason: "left in a log" });
  expect((await done(["token", "revoke", id])).stdout).toContain("was already revoked");
});

test("a token is accepted as it is, too, with its roles and scopes and no others", async () => {
  const { token, id } = await create("--scope", "orders.read");
  expect([await call("/api/orders/1", token), await call("/api/other", token)]).toEqual([200, 200]);
  expect(await call("/api/import/1", token)).toBe(403);
  // A browser's path, where nothing verifies it.
  expect(await call("/staff/", token)).not.toBe(200);
  expect((await listed(id))!.usedOn).toBeDefined();
});

test("an edge token has no more scopes than were asked for", async () => {
  const { token } = await create("--scope", "orders.read", "--scope", "orders.write");
  const narrow = await exchange(token, { scope: "orders.write" });
  expect(await call("/api/orders/1", narrow.access_token)).toBe(403);
  expect(await call("/api/orders/1", (await exchange(token)).access_token)).toBe(200);
});

test.each(["user", "session"])("revoke %s ends a token, too", async (kind) => {
  const { token, id } = await create();
  const { access_token: edgeToken } = await exchange(token);
  expect(await call("/api/other", edgeToken)).toBe(200);
  await done(["revoke", kind, id, ...(kind === "user" ? ["--yes"] : [])]);
  await nextSecond();
  expect([await call("/api/other", edgeToken), (await exchange(token)).status]).toEqual([401, 400]);
  expect(await listed(id)).toMatchObject({ state: "revoked" });
});

test("a lockdown ends edge tokens, and the token makes new ones", async () => {
  const { token } = await create();
  const { access_token: before } = await exchange(token);
  await done(["lockdown", "--yes"]);
  await nextSecond();
  expect(await call("/api/other", before)).toBe(401);
  expect(await call("/api/other", (await exchange(token)).access_token)).toBe(200);
});

test("create warns of a role that no rule names", async () => {
  const { stderr } = await create("--role", "imprter");
  expect(stderr).toContain('warning: no rule of the policy names the role "imprter"');
});

test("create tells programs everything in one document", async () => {
  const { stdout, stderr } = await done(["token", "create", "--expires", "90d", ...DESCRIPTION, "--json"]);
  const made = JSON.parse(stdout) as Record<string, unknown>;
  expect(made).toMatchObject({ description: "nightly import", roles: [], scopes: [], claims: {}, warnings: [] });
  expect(`${String(made["token"])}\n`).toMatch(TOKEN);
  expect(Number(made["endsAt"]) - Number(made["createdAt"])).toBe(90 * 86_400);
  expect(stderr).toBe("");
});

test("revoke does not end a session, and finds no token that nobody made", async () => {
  for (const id of ["ZZZZZZZZZZZZZZZZ", "-ZZZZZZZZZZZZZZZ"]) {
    const { code, stderr } = await edgegate(["token", "revoke", id, local]);
    expect(code).toBe(4);
    expect(stderr).toContain("edgegate token list shows all");
  }
});

test("revoke does not repeat a token that was pasted in the place of its ID", async () => {
  const { token, id } = await create();
  const { code, stderr } = await edgegate(["token", "revoke", token, local]);
  expect(code).toBe(2);
  expect(stderr).toContain(`write its ID, ${id}`);
  expect(stderr).not.toContain(token.slice(21));
});

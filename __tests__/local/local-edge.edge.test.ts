import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { configSchema } from "../../config/schema";
import { makeCertificate } from "../../local/certificate";
import { check, signIn } from "../../local/check";
import { HttpClient } from "../../local/http-client";
import { withForeignProvider } from "../../local/local-config";
import { startLocalEdge, type LocalEdge } from "../../local/local-edge";
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../session/cookies";
import { startForeignEdge } from "../support/foreign-edge";
import { startTestEdge, TEST_CONFIG } from "../support/local-edge";
import { tokenKeys } from "../support/store-records";
import { describeWith } from "../support/tools";

describe("the local edge", () => {
  let edge: LocalEdge;
  let browser: HttpClient;

  beforeAll(async () => {
    edge = await startTestEdge();
  });
  afterAll(async () => {
    await edge?.close();
  });
  beforeEach(() => {
    browser = new HttpClient(readFileSync(edge.caFile, "utf8"));
  });

  test("passes its own check, and its logs hold nothing secret", async () => {
    const results = await check(edge);
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(9);
    const secrets = [...edge.aws.secrets.values(), ...Object.values(edge.keys().keys), ...tokenKeys(edge.store)];
    expect(tokenKeys(edge.store)).toHaveLength(1);
    expect(secrets.filter((secret) => edge.logs().includes(secret))).toEqual([]);
    expect(edge.logs()).not.toMatch(/eyJ|__Host-|__Secure-|code=|state=|2\.[a-z0-9]{8}\./);
  });

  test("removes identity headers and gateway cookies that a visitor sends", async () => {
    await signIn(browser, `${edge.url}/staff`, edge.users[1]!);
    const headers = {
      cookie: `${SESSION_COOKIE}=${browser.cookie(SESSION_COOKIE)}; ${REFRESH_COOKIE}=x; own=1`,
      "x-gate-roles": "admin",
      "x-gate-anything": "1",
    };
    const answer = await new HttpClient(readFileSync(edge.caFile, "utf8")).send(
      "GET",
      new URL("/api/hello", edge.url),
      headers,
    );
    expect(JSON.parse(answer.body)).toMatchObject({ roles: ["staff"], user: "staff@example.com" });
    expect(answer.body).not.toContain("x-gate-anything");
    const page = await new HttpClient(readFileSync(edge.caFile, "utf8")).send(
      "GET",
      new URL("/staff", edge.url),
      headers,
    );
    expect(/<dt>cookie<\/dt><dd>(.*?)<\/dd>/.exec(page.body)?.[1]).toBe("own=1");
  });

  test("tells a server by a secret that the gate was there, and no server that is not meant to know", async () => {
    const name = "edgegate/local-test/origin";
    const accepted = () => (JSON.parse(edge.aws.secrets.get(name)!) as { accepted: string[] }).accepted;
    await signIn(browser, `${edge.url}/staff`, edge.users[1]!);
    const receivedAt = async (path: string) => {
      const { body } = await browser.send("GET", new URL(path, edge.url), { "x-gate-origin-secret": "mallory" });
      return /<dt>x-gate-origin-secret<\/dt><dd>(.*?)<\/dd>/.exec(body)?.[1];
    };
    const [sent, next] = accepted();
    expect(await receivedAt("/shop/cart")).toBe(sent);
    for (const path of ["/staff", "/"]) expect(await receivedAt(path)).toBeUndefined();
    await edge.aws.rotate(name);
    expect(await receivedAt("/shop/cart")).toBe(next);
    expect(accepted()[0]).toBe(next);
    for (const value of [sent!, ...accepted()]) expect(edge.logs()).not.toContain(value);
  });

  test("shows what a request holds as text, never as markup", async () => {
    await signIn(browser, `${edge.url}/staff`, edge.users[1]!);
    const answer = await browser.send("GET", new URL("/staff/x?q=<script>alert(1)</script>", edge.url), {
      "x-evil": "<img src=x onerror=alert(1)>",
    });
    expect(answer.status).toBe(200);
    expect(answer.body).not.toMatch(/<img|<script>alert/);
  });

  test("adds the response headers policy to what the origin answers", async () => {
    const { headers } = await browser.open(`${edge.url}/public`);
    expect(headers).toMatchObject({
      "strict-transport-security": expect.stringMatching(/^max-age=\d{8}/),
      "x-content-type-options": "nosniff",
    });
  });

  test("does not let a method through that the behavior does not take", async () => {
    expect((await browser.fetch("DELETE", `${edge.url}/public`)).status).toBe(403);
    expect((await browser.fetch("DELETE", `${edge.url}/api/hello`)).status).toBe(401);
  });

  test("answers like CloudFront when the store fails: nobody passes", async () => {
    await signIn(browser, `${edge.url}/staff`, edge.users[1]!);
    edge.store.fault = "error";
    try {
      expect((await browser.open(`${edge.url}/staff`)).status).toBe(503);
      expect((await browser.open(`${edge.url}/public`)).status).toBe(200);
    } finally {
      edge.store.fault = undefined;
    }
  });

  test("lets nothing through where the distribution decides nothing", async () => {
    const behavior = edge.distribution.behaviors.at(-1)!;
    const { gate } = behavior;
    delete behavior.gate;
    try {
      expect((await browser.open(`${edge.url}/public`)).status).toBe(503);
    } finally {
      behavior.gate = gate!;
    }
  });

  test("serves many requests at a time without mixing them up", async () => {
    const visits = edge.users.map(async (user) => {
      const own = new HttpClient(readFileSync(edge.caFile, "utf8"));
      await signIn(own, `${edge.url}/api/hello`, user);
      const answers = await Promise.all(Array.from({ length: 10 }, () => own.fetch("GET", `${edge.url}/api/hello`)));
      return [...new Set(answers.map(({ body }) => (JSON.parse(body) as { user: string }).user))];
    });
    expect(await Promise.all(visits)).toEqual([["admin@example.com"], ["staff@example.com"], ["guest@example.com"]]);
  });
});

describeWith("njs", "the local edge with njs", () => {
  test("passes the same check", async () => {
    const edge = await startTestEdge({ engine: "njs" });
    try {
      expect((await check(edge)).filter(({ ok }) => !ok)).toEqual([]);
    } finally {
      await edge.close();
    }
  });
});

test("prints why a request failed, with the codes of the log", async () => {
  const lines: string[] = [];
  const edge = await startTestEdge({ onRequest: (line) => lines.push(line) });
  try {
    edge.aws.faults.set("DynamoDB_20120810.BatchGetItem", "error");
    const { status } = await signIn(
      new HttpClient(readFileSync(edge.caFile, "utf8")),
      `${edge.url}/staff`,
      edge.users[1]!,
    );
    expect(status).toBe(503);
    // The log comes another way than the answer.
    for (let tries = 0; tries < 20 && !lines.some((line) => line.startsWith("local-test-auth:")); tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lines).toContain("local-test-auth: ledger_unavailable InternalServerError");
  } finally {
    await edge.close();
  }
});

describe("starting and ending", () => {
  test("leaves no process and no file behind", async () => {
    const edge = await startTestEdge();
    const folder = dirname(edge.caFile);
    expect([children(), existsSync(folder)]).toEqual([expect.arrayContaining([expect.any(String)]), true]);
    await edge.close();
    expect([children(), existsSync(folder)]).toEqual([[], false]);
  });

  test("a port in use is reported in one sentence, and nothing is left running", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await expect(startTestEdge({ port })).rejects.toThrow(`port ${port} is in use; choose another with --port`);
    other.close();
    expect(children()).toEqual([]);
  });

  test("another identity provider takes the place of the local one, and only of that", async () => {
    const foreign = { issuer: "https://login.example.org", clientId: "abc", clientSecret: "from-a-file" };
    const edge = await startLocalEdge({
      ...withForeignProvider(configSchema.parse(TEST_CONFIG), foreign),
      port: 0,
    });
    try {
      expect(edge.distribution.authSettings.identityProviders).toEqual({
        main: expect.objectContaining({
          issuer: "https://login.example.org",
          clientId: "abc",
          clientAuthentication: "client_secret_basic",
        }),
      });
      expect([...edge.aws.secrets.values()]).toContain("from-a-file");
      expect(edge.users).toEqual([]);
    } finally {
      await edge.close();
    }
  });

  test("signs in at another identity provider, whose certificate is of another authority", async () => {
    const folder = mkdtempSync(join(tmpdir(), "edgegate-test-"));
    const certificate = await makeCertificate(folder, ["localhost"]);
    const { edge, users, close } = await startForeignEdge(certificate);
    try {
      const browser = new HttpClient(`${readFileSync(edge.caFile, "utf8")}\n${certificate.cert}`);
      const answer = await signIn(browser, `${edge.url}/admin`, users[0]!);
      expect([answer.status, answer.url.href]).toEqual([200, `${edge.url}/admin`]);
    } finally {
      await close();
      rmSync(folder, { recursive: true });
    }
  });

  /** The commands of this process's own children that are not workers of the test runner or of the bundler. */
  function children(): string[] {
    const lines = execFileSync("ps", ["-A", "-o", "ppid=,args="], { encoding: "utf8" }).split("\n");
    return lines.filter((line) => line.trim().startsWith(`${process.pid} `) && !/ps -A|esbuild/.test(line));
  }
});

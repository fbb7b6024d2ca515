/** A script of another origin that calls an API behavior: what the browser sends, and what it lets the script read. */
import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { parseConfig } from "../../config/load";
import { HttpClient } from "../../local/http-client";
import type { LocalEdge } from "../../local/local-edge";
import { demoApi, PROGRAM } from "../../local/program";
import { launchBrowser, newVisitor, signInAs } from "../support/browser";
import { startTestEdge, TEST_CONFIG } from "../support/local-edge";
import { startApiServer, startOtherSite, type ApiServer, type OtherSite } from "../support/other-site";
import { describeWith } from "../support/tools";

interface Sent {
  method?: string | undefined;
  headers?: Record<string, string>;
  credentials?: "include";
}

/** What the script can read. */
interface Read {
  status: number;
  body: unknown;
  headers: Record<string, string>;
}

describeWith("chromium", "a script of another origin", (chromium) => {
  let edge: LocalEdge;
  let browser: Browser;
  let site: OtherSite;
  let api: ApiServer;
  let context: BrowserContext;
  let page: Page;
  let token: string;
  /** Preflights that reached the edge. */
  let preflights: number;

  beforeAll(async () => {
    [site, api] = await Promise.all([startOtherSite(), startApiServer()]);
    const config = parseConfig({
      ...TEST_CONFIG,
      hostedZoneId: "Z0123456789ABCDEFGHIJ",
      accessTokens: { main: { identityProvider: "main", audience: ["https://api.example.com"] } },
      behaviors: [
        {
          path: "/api/*",
          origin: { type: "custom", domainName: "api.example.com", open: true },
          api: {
            cors: {
              // The same site as the gateway, because a port makes no other site, and another one.
              origins: [`https://app.localhost:${site.port}`, `https://partner.localhost:${site.port}`],
              methods: ["GET", "PUT"],
              headers: ["authorization", "content-type", "idempotency-key"],
              exposeHeaders: ["x-total"],
              credentials: true,
            },
          },
        },
        { path: "/private/*", origin: { type: "custom", domainName: "api.example.com", open: true }, api: true },
      ],
      policy: [
        { path: "/api/reports/**", allow: { roles: ["staff"] } },
        { path: "/api/**", allow: "signed-in" },
        { path: "/private/**", allow: "signed-in" },
        { path: "/**", allow: "signed-in" },
      ],
    });
    edge = await startTestEdge({
      config,
      origins: { "/api/*": api.url, "/private/*": api.url },
      onRequest: (_line, entry) => {
        if (entry?.method === "OPTIONS") preflights++;
      },
    });
    browser = await launchBrowser(chromium);
    token = await post(`${edge.issuer}/token`, {
      grant_type: "client_credentials",
      client_id: PROGRAM.id,
      client_secret: PROGRAM.secret,
      resource: demoApi(edge.config)!.resource,
    });
  });
  afterAll(async () => {
    await browser?.close();
    await edge?.close();
    site?.close();
    api?.close();
  });
  beforeEach(async () => {
    preflights = 0;
    api.seen.length = 0;
    ({ context, page } = await newVisitor(browser));
    await page.goto(`https://partner.localhost:${site.port}`);
  });
  afterEach(() => context.close());

  /** @returns the access token of the answer */
  async function post(url: string, form: Record<string, string>): Promise<string> {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const client = new HttpClient(readFileSync(edge.caFile, "utf8"));
    const { body } = await client.send("POST", new URL(url), type, new URLSearchParams(form).toString());
    return (JSON.parse(body) as { access_token: string }).access_token;
  }

  /** Calls from the page. @returns `blocked` if the browser lets the script read nothing */
  const call = (path: string, options: Sent = {}, from = page): Promise<Read | "blocked"> =>
    from.evaluate(
      async ([url, sent]) => {
        try {
          const response = await fetch(url, sent);
          const body = (await response.json()) as unknown;
          return { status: response.status, body, headers: Object.fromEntries(response.headers) };
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          return "blocked" as const;
        }
      },
      [edge.url + path, options as RequestInit] as const,
    );
  const bearer = (value = token) => ({ headers: { authorization: `Bearer ${value}` } });

  test("reads an answer, and of its headers those that the config exposes", async () => {
    const { status, body, headers } = (await call("/api/orders", bearer())) as Read;
    expect([status, body]).toEqual([200, { email: null, key: null }]);
    expect(headers).toMatchObject({ "content-type": "application/json", "x-total": "3" });
    expect(headers).not.toHaveProperty("x-internal");
    expect(api.seen).toEqual(["GET /api/orders"]);
  });

  test("asks first for a method and a header that are not simple, and only once", async () => {
    const change = { method: "PUT", headers: { ...bearer().headers, "idempotency-key": "k7" } };
    expect(await call("/api/orders/7", change)).toMatchObject({ status: 200, body: { key: "k7" } });
    expect(preflights).toBe(1);
    expect(await call("/api/orders/7", change)).toMatchObject({ status: 200 });
    expect(preflights).toBe(1);
    expect(api.seen).toEqual(["PUT /api/orders/7", "PUT /api/orders/7"]);
  });

  test.each<[string, Sent]>([
    ["method", { method: "DELETE" }],
    ["header", { headers: { "x-debug": "1" } }],
  ])("is stopped by its browser for a %s that is not listed", async (_, { method, headers }) => {
    expect(await call("/api/orders", { method, headers: { ...bearer().headers, ...headers } })).toBe("blocked");
    expect(preflights).toBe(1);
    expect(api.seen).toEqual([]);
  });

  test("is stopped by its browser if the origin is not listed, and learns nothing without a preflight either", async () => {
    await page.goto(`https://stranger.localhost:${site.port}`);
    expect(await call("/api/orders", bearer())).toBe("blocked");
    expect(await call("/api/orders", { method: "PUT" })).toBe("blocked");
    expect(preflights).toBe(2);
    expect(await call("/api/orders")).toBe("blocked");
    expect(preflights).toBe(2);
    expect(api.seen).toEqual([]);
  });

  test("is stopped by its browser at an API without CORS, whoever it is", async () => {
    expect(await call("/private/orders", bearer())).toBe("blocked");
    expect(api.seen).toEqual([]);
  });

  describe("reads why it is refused", () => {
    const problem = (challenge: string) => ({
      "content-type": "application/problem+json",
      "www-authenticate": challenge,
    });

    test("without a token", async () => {
      expect(await call("/api/orders")).toMatchObject({
        status: 401,
        body: { title: "Token required" },
        headers: problem('Bearer realm="gate"'),
      });
    });

    test("by the gate", async () => {
      expect(await call("/api/orders", bearer("nonsense"))).toMatchObject({
        status: 401,
        headers: problem('Bearer realm="gate", error="invalid_token"'),
      });
    });

    test("by the handler, which verifies signatures", async () => {
      const [head, body, signature] = token.split(".") as [string, string, string];
      const forged = [head, body, [...signature].reverse().join("")].join(".");
      expect(await call("/api/orders", bearer(forged))).toMatchObject({
        status: 401,
        headers: problem('Bearer realm="gate", error="invalid_token"'),
      });
    });

    test.each(["access token", "edge token"])("by a rule, with an %s", async (kind) => {
      const presented =
        kind === "access token"
          ? token
          : await post(`${edge.url}/_gate/token`, {
              grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
              subject_token: token,
              subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
            });
      expect(await call("/api/orders", bearer(presented))).toMatchObject({ status: 200 });
      expect(await call("/api/reports/7", { ...bearer(presented), method: "PUT" })).toMatchObject({
        status: 403,
        headers: problem('Bearer realm="gate", error="insufficient_scope"'),
      });
      expect(api.seen).toEqual(["GET /api/orders"]);
    });

    test("by the API itself", async () => {
      expect(await call("/api/missing", bearer())).toMatchObject({ status: 404, headers: { "x-total": "3" } });
    });
  });

  test("of the same site may use the session of the browser, and one of another site may not", async () => {
    await page.goto(`${edge.url}/`);
    await signInAs(page, "guest");
    await page.waitForURL(`${edge.url}/`);
    const answers: Record<string, unknown> = {};
    for (const name of ["app", "partner"]) {
      await page.goto(`https://${name}.localhost:${site.port}`);
      answers[name] = await call("/api/orders", { credentials: "include" });
    }
    expect(answers).toMatchObject({
      app: { status: 200, body: { email: "guest@example.com" } },
      partner: { status: 401, body: { title: "Token required", login: "/_gate/login" } },
    });
    // Without being asked to, the browser sends no cookie to another origin.
    await page.goto(`https://app.localhost:${site.port}`);
    expect(await call("/api/orders")).toMatchObject({ status: 401 });
  });
});

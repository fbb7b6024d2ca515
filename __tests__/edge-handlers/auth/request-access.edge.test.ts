/**
 * Asking for access by the button of a refusal: from the page of the gate's own source, through the handler's bundle, to a
 * function or server of the site.
 */
import { setTimeout } from "node:timers/promises";
import type { ConfigInput } from "../../../config/schema";
import { runGate as runInNjs } from "../../../local/gate-njs";
import { isResponse } from "../../../local/gate-result";
import { runGate as runInSandbox } from "../../../local/gate-sandbox";
import { TEXTS, type Language } from "../../../pages/texts/texts";
import { SESSION_COOKIE } from "../../../session/cookies";
import { tokenKey } from "../../../session/keys";
import { hmac } from "../../../session/node-hash";
import { encodeKeyRecord, keyRecordName } from "../../../session/shard";
import type { HookSettings } from "../../../session/settings";
import { COMMON, gateSources } from "../../functions/gate/sites";
import { eventOf, type GateRequest } from "../../functions/gate/case";
import { expectProblem } from "../../support/answers";
import { HOST, withAuth, type AuthEnvironment, type AuthOptions } from "../../support/auth-fixture";
import type { Browser } from "../../support/browser-emulator";
import type { EdgeResponse } from "../../support/cloudfront-event";
import { startHookServer, type HookServer } from "../../support/hook-server";
import { describeWith } from "../../support/tools";

const FUNCTION = "arn:aws:lambda:us-east-1:111122223333:function:tickets";
const HOOK: HookSettings = { function: FUNCTION, timeout: 2 };
const PLACE = { path: "/admin/o'neil(1)", query: "month=5&token=secret-of-a-query" };
const IN_FRAME = { "Sec-Fetch-Dest": "iframe", "Sec-Fetch-Site": "same-origin" };
const POLICY: ConfigInput["policy"] = [
  { path: "/admin/**", allow: { roles: ["editor", "secret-role"] } },
  { path: "/staff/**", allow: { roles: ["staff"] } },
  { path: "/**", allow: "public" },
];
const { asks, links } = gateSources({
  asks: {
    ...COMMON,
    name: "asks",
    policy: POLICY,
    accessDenied: { tellRoles: ["editor"], requestHook: { lambda: FUNCTION } },
  },
  links: { ...COMMON, name: "links", policy: POLICY, accessDenied: { tellRoles: ["editor"] } },
});

interface Asking extends AuthEnvironment {
  /** What the function was told, in order. */
  told: unknown[];
  /** What it does. */
  answer: () => unknown;
}

function withRequests(body: (own: Asking) => Promise<void>, options: AuthOptions = {}): Promise<void> {
  const settings = { accessDenied: { tellRoles: ["editor"], requestHook: HOOK } };
  return withAuth({ settings, idp: { roles: { grant: ["staff", "editor"] } }, ...options }, async (environment) => {
    const own: Asking = Object.assign(environment, { told: [], answer: () => null });
    own.aws.functions.set(FUNCTION, (payload) => {
      own.told.push(payload);
      return Promise.resolve(own.answer());
    });
    own.idp.user = { sub: "mia", email: "mia@example.com", roles: ["staff"] };
    await body(own);
  });
}

function storeOf({ keys: { keys } }: AuthEnvironment): { records: Record<string, string> } {
  const records = Object.entries(keys).map(([kid, key]) => [
    keyRecordName(kid),
    encodeKeyRecord(tokenKey(hmac, key), []),
  ]);
  return { records: Object.fromEntries(records) as Record<string, string> };
}

/** The address of the frame in the page of the gate, as a browser asks for it. */
async function frameOf(
  own: AuthEnvironment,
  browser: Browser,
  request: GateRequest = PLACE,
  run = runInSandbox,
): Promise<string> {
  const { result } = await run(asks, eventOf({ ...request, session: browser.jar.get(SESSION_COOKIE)! }), storeOf(own));
  if (!isResponse(result)) throw new Error("the gate let it pass");
  const [, source] = / src="([^"]+)"/.exec(JSON.stringify(result.body).replaceAll("\\", ""))!;
  const { pathname, search } = new URL(source!, `https://${HOST}`);
  return pathname + search;
}

async function visitor(own: AuthEnvironment): Promise<Browser> {
  const browser = own.browser();
  await browser.signIn();
  return browser;
}

const open = (browser: Browser, frame: string) => browser.navigate(frame, { headers: IN_FRAME });
const hidden = ({ body }: EdgeResponse) =>
  /<input type=hidden name=refusal value="([^"]+)">/.exec(body)?.[1]!.replaceAll("&#39;", "'").replaceAll("&amp;", "&");

/** Presses the button. */
const press = (browser: Browser, refusal: string, headers: Record<string, string> = {}) =>
  browser.navigate("/_gate/request-access", {
    method: "POST",
    headers: { ...IN_FRAME, "Content-Type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams({ refusal }).toString(),
  });

async function expectUnsent(own: Asking, response: EdgeResponse, status: number, line: object): Promise<void> {
  expect(response.status).toBe(status);
  expect(await own.logLines(response)).toEqual([expect.objectContaining(line)]);
  expect(own.told).toEqual([]);
}

test("the function is told who asks for which page, and nothing that is secret", () =>
  withRequests(async (own) => {
    const browser = await visitor(own);
    const page = await open(browser, await frameOf(own, browser));
    expect(page.status).toBe(200);
    const answer = await press(browser, hidden(page)!);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain("<h1>Request sent</h1>");
    expect(answer.headers["content-security-policy"]![0]).toContain("frame-ancestors 'self'");
    expect(own.told).toEqual([
      {
        version: 1,
        type: "access_request",
        time: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
        host: HOST,
        path: "/admin/o'neil(1)",
        requestId: "8Qf3example-request-id_0123456789ABCDEFG==",
        missingRoles: [["editor"]],
        user: { uid: own.uid("mia"), email: "mia@example.com", identityProvider: "main", roles: ["staff"] },
      },
    ]);
    expect(await own.logLines(answer)).toEqual([
      expect.objectContaining({ endpoint: "request-access", outcome: "sent", status: 200 }),
    ]);
  }));

test.each([
  ["en", "“Request access” tells whoever runs this site which account you use"],
  ["de", "„Zugriff anfragen“ teilt dem Betreiber dieser Website mit, welches Konto"],
  ["fr", "«\u00a0Demander l’accès\u00a0» indique au responsable de ce site quel compte"],
  ["es", "«Solicitar acceso» comunica al responsable de este sitio qué cuenta"],
])("the text beside the button says what it does: %s", (language, text) =>
  withRequests(async (own) => {
    const browser = await visitor(own);
    const frame = await frameOf(own, browser);
    const inLanguage = { headers: { ...IN_FRAME, "Accept-Language": language } };
    const { body } = await browser.navigate(frame, inLanguage);
    expect(body).toContain(text);
    // The label is that of the button.
    expect(body).toContain(`<button class=b>${/[“„«]\s?([^”“»]+?)\s?[”“»]/.exec(text)![1]!}</button>`);
    const advice = TEXTS[language as Language].deniedAdvice;
    expect(body).not.toContain(advice);
    expect((await browser.navigate(frame.replace(/&kid=.*/, ""), inLanguage)).body).toContain(advice);
  }),
);

test("the page tells nothing of what the config keeps to itself", () =>
  withRequests(async (own) => {
    const browser = await visitor(own);
    const shown = await open(browser, await frameOf(own, browser));
    const answer = await press(browser, hidden(shown)!);
    for (const { body } of [{ body: shown.body.replace(/<input[^>]+>/, "") }, answer]) {
      expect(body).not.toContain("secret-role");
      expect(body).not.toContain(FUNCTION);
    }
  }));

describe("the button is there only", () => {
  test("in a page of the gate: a link to the frame has no proof", () =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      const frame = await frameOf(own, browser);
      expect(hidden(await open(browser, frame.replace(/&kid=.*/, "")))).toBeUndefined();
    }));

  test("for a refusal of a rule", () =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      expect(await frameOf(own, browser, { path: "/admin/x%2fy" })).not.toContain("&mac=");
    }));

  test("if the config names whom to tell, and then the endpoint is there, too", async () => {
    await withRequests(
      async (own) => {
        const browser = await visitor(own);
        const frame = await frameOf(own, browser);
        expect(hidden(await open(browser, frame))).toBeUndefined();
        expect((await press(browser, frame)).status).toBe(404);
      },
      { settings: { accessDenied: { tellRoles: ["editor"] } } },
    );
    expect(links).not.toContain("refused ");
  });
});

describe("nothing is sent", () => {
  const cases: [name: string, refusal: (frame: string) => string, user?: Record<string, unknown>][] = [
    ["for another path", (frame) => frame.replace("admin", "Admin")],
    ["for another role", (frame) => frame.replace(/&need=[^&]*/, "&need=editor")],
    ["with a later end", (frame) => frame.replace(/&until=(\d+)/, (_, until) => `&until=${Number(until) + 1}`)],
    ["with another key's ID", (frame) => frame.replace(/&kid=\w+/, "&kid=zz")],
    ["without a MAC", (frame) => frame.replace(/&mac=.*/, "")],
    ["with half of a MAC", (frame) => frame.slice(0, -20)],
    ["with an empty MAC", (frame) => frame.replace(/&mac=.*/, "&mac=")],
    ["for a refusal of another kind", (frame) => frame.replace("why=role", "why=closed")],
    ["with more in front", (frame) => `/x?to=%2Fpayroll&y=${frame}`],
    ["without a refusal", () => ""],
  ];

  test("for what the gate did not refuse", () =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      const frame = await frameOf(own, browser);
      for (const [name, change] of cases) {
        expect([name, change(frame)]).not.toEqual([name, frame]);
        const answer = await press(browser, change(frame));
        expect([name, answer.status]).toEqual([name, 400]);
        expect(answer.body).toContain("<h1>Your request was not sent</h1>");
      }
      expect(own.told).toEqual([]);
      // None of it used up the user's requests.
      expect((await press(browser, frame)).status).toBe(200);
    }));

  test("with the refusal of somebody else", () =>
    withRequests(async (own) => {
      const frame = await frameOf(own, await visitor(own));
      own.idp.user = { sub: "bob", email: "bob@example.com", roles: ["editor"] };
      const other = await visitor(own);
      await expectUnsent(own, await press(other, frame), 400, { outcome: "access_request_expired" });
    }));

  test("an hour later", () =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      const frame = await frameOf(own, browser);
      for (let minutes = 0; minutes <= 60; minutes += 20) {
        own.clock.advance(20 * 60);
        await browser.navigate("/_gate/login?return_to=%2F");
      }
      const answer = await press(browser, frame);
      await expectUnsent(own, answer, 400, { outcome: "access_request_expired" });
      expect(answer.body).toContain(
        `href="/_gate/login?return_to=${encodeURIComponent("/admin/o'neil(1)?month=5&token=secret-of-a-query").replace("'", "&#39;")}"`,
      );
    }));

  test.each([
    ["of another site", { "Sec-Fetch-Site": "cross-site" }],
    ["of another host of the site", { "Sec-Fetch-Site": "same-site" }],
    ["of a browser without metadata, from elsewhere", { "Sec-Fetch-Site": "", Origin: "https://evil.example.com" }],
  ])("by a page %s", (_name, headers) =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      const answer = await press(browser, await frameOf(own, browser), headers);
      await expectUnsent(own, answer, 403, { outcome: "cross_origin" });
    }),
  );

  test("without a session, and with one that was revoked", () =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      const frame = await frameOf(own, browser);
      await expectUnsent(own, await press(own.browser(), frame), 401, { outcome: "not_signed_in" });
      await browser.copy().fetch("/_gate/logout?local", { method: "POST" });
      await expectUnsent(own, await press(browser, frame), 401, { outcome: "not_signed_in" });
    }));

  test("to a program: it gets problem details", () =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      expectProblem(await browser.fetch("/_gate/request-access", { method: "POST", body: "refusal=x" }), 400);
      expect((await browser.fetch("/_gate/request-access")).status).toBe(405);
    }));
});

describe("how often", () => {
  test("the same page is asked for once in an hour, and whoever asks again hears the same", () =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      for (let n = 0; n < 3; n++) {
        const answer = await press(browser, await frameOf(own, browser));
        expect(answer.body).toContain("<h1>Request sent</h1>");
      }
      expect(own.told).toHaveLength(1);
    }));

  test("two clicks at the same instant send one request, and both hear that it was sent", () =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      const frames = [await frameOf(own, browser), await frameOf(own, browser)];
      const answers = await Promise.all([...frames, ...frames].map((frame) => press(browser.copy(), frame)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      expect(own.told).toHaveLength(1);
      const lines = await Promise.all(answers.map((answer) => own.logLines(answer)));
      expect(lines.map(([line]) => line!["outcome"]).sort()).toEqual(["repeated", "repeated", "repeated", "sent"]);
    }));

  test("a click during a request that fails makes a request of its own", () =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      const frame = await frameOf(own, browser);
      let second: Promise<EdgeResponse> | undefined;
      own.answer = async () => {
        own.answer = () => null;
        second = press(browser.copy(), frame);
        await setTimeout(500);
        throw new Error("secret database");
      };
      expect((await press(browser, frame)).status).toBe(503);
      expect((await second!).status).toBe(200);
      expect(own.told).toHaveLength(2);
    }));

  test("a click during a slow request is told to come back, and sends nothing", () =>
    withRequests(
      async (own) => {
        const browser = await visitor(own);
        const frame = await frameOf(own, browser);
        let second: EdgeResponse | undefined;
        own.answer = async () => {
          own.scaleTime(1);
          second = await press(browser.copy(), frame);
          return null;
        };
        expect((await press(browser, frame)).status).toBe(200);
        expect(second!.status).toBe(503);
        expect(second!.body).toContain("This usually resolves itself within a minute.");
        expect(await own.logLines(second!)).toEqual([expect.objectContaining({ outcome: "access_request_under_way" })]);
        expect(own.told).toHaveLength(1);
      },
      { settings: { accessDenied: { tellRoles: ["editor"], requestHook: { ...HOOK, timeout: 20 } } } },
    ));

  test.each([
    ["that may have been told, by a handler that died,", "UpdateItem", 503, "function_failed"],
    [
      "that was told, which the ledger could not record,",
      "PutItem",
      200,
      "record ledger_unavailable InternalServerError",
    ],
  ])("a site %s is told nothing more for five minutes", (_name, operation, status, detail) =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      const frame = await frameOf(own, browser);
      own.answer = () => {
        own.aws.faults.set(`DynamoDB_20120810.${operation}`, "error");
        if (status === 503) throw new Error("secret database");
      };
      const first = await press(browser, frame);
      expect(await own.logLines(first)).toEqual([expect.objectContaining({ status, detail })]);
      own.aws.faults.clear();
      own.answer = () => null;
      own.scaleTime(1);
      expect((await press(browser, frame)).status).toBe(503);
      expect(own.told).toHaveLength(1);
      own.clock.advance(301);
      expect((await press(browser, frame)).status).toBe(200);
      expect(own.told).toHaveLength(2);
    }),
  );

  test("a page can be asked for again an hour later, not with the next hour of the clock", () =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      // The gate reads the machine's clock, once, before it is awaited.
      const frameNow = () => {
        const clock = jest.spyOn(Date, "now").mockReturnValue(own.clock.now() * 1000);
        const frame = frameOf(own, browser);
        clock.mockRestore();
        return frame;
      };
      const counts: number[] = [];
      for (const minutes of [0, 14, 14, 14, 14, 5]) {
        own.clock.advance(minutes * 60);
        await browser.navigate("/_gate/login?return_to=%2F");
        expect((await press(browser, await frameNow())).status).toBe(200);
        counts.push(own.told.length);
      }
      expect(counts).toEqual([1, 1, 1, 1, 1, 2]);
    }));

  test("ten pages in an hour, in any number of sessions of the user", () =>
    withRequests(async (own) => {
      const browsers = [await visitor(own), await visitor(own)];
      const statuses: number[] = [];
      for (let n = 0; n < 12; n++) {
        const browser = browsers[n % 2]!;
        statuses.push((await press(browser, await frameOf(own, browser, { path: `/admin/${n}` }))).status);
      }
      expect(statuses).toEqual([...Array<number>(10).fill(200), 429, 429]);
      expect(own.told).toHaveLength(10);
    }));

  test("what was not sent can be sent again", () =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      const frame = await frameOf(own, browser);
      own.answer = () => {
        throw new Error("secret database");
      };
      const failed = await press(browser, frame);
      expect(failed.status).toBe(503);
      expect(failed.body).toContain("<h1>Your request was not sent</h1>");
      expect(await own.logLines(failed)).toEqual([
        expect.objectContaining({ outcome: "access_request_failed", detail: "function_failed" }),
      ]);
      own.answer = () => null;
      expect((await press(browser, frame)).status).toBe(200);
      expect(own.told).toHaveLength(2);
    }));
});

test.each([
  ["de", "Anfrage gesendet"],
  ["fr", "Demande envoyée"],
  ["es", "Solicitud enviada"],
])("the answer is in the visitor's language: %s", (language, title) =>
  withRequests(async (own) => {
    const browser = await visitor(own);
    const answer = await press(browser, await frameOf(own, browser), { "Accept-Language": language });
    expect(answer.body).toContain(`<h1>${title}</h1>`);
  }),
);

describe("a server", () => {
  let server: HookServer;
  afterEach(() => server.close());

  function withServer(body: (own: AuthEnvironment) => Promise<void>, audience?: string): Promise<void> {
    const starting: Promise<void>[] = [];
    const prepare: AuthOptions["prepare"] = ({ aws, certificate }) => {
      starting.push(
        startHookServer(certificate, aws.sts, () => Math.floor(Date.now() / 1000)).then((started) => {
          server = started;
        }),
      );
    };
    return withAuth({ prepare }, async (own) => {
      await Promise.all(starting);
      const requestHook = { url: server.url, audience: audience ?? new URL(server.url).origin, timeout: 1 };
      own.publishSettings({ ...own.settings, accessDenied: { requestHook } });
      await body(own);
    });
  }

  test.each<[HookServer["answer"], number]>([
    [[200, ""], 200],
    [[202, "<html>"], 200],
    [[204, ""], 200],
    [[302, "", { location: "https://localhost/elsewhere" }], 503],
    [[403, "{}"], 503],
    [[500, "{}"], 503],
  ])("gets a token of AWS for it, and answers %j: %d", (answer, status) =>
    withServer(async (own) => {
      server.answer = answer;
      const browser = await visitor(own);
      expect((await press(browser, await frameOf(own, browser))).status).toBe(status);
      // The config names no role that may be told.
      expect(server.questions).toEqual([expect.objectContaining({ type: "access_request", missingRoles: [] })]);
    }),
  );

  test("that gets a token for somebody else is told nothing", () =>
    withServer(async (own) => {
      const browser = await visitor(own);
      const answer = await press(browser, await frameOf(own, browser));
      expect(await own.logLines(answer)).toEqual([
        expect.objectContaining({ outcome: "access_request_failed", detail: "HTTP_401" }),
      ]);
      expect(server.questions).toEqual([]);
    }, "https://other.example.com"));

  test("that does not answer in time is given up", () =>
    withServer(async (own) => {
      own.scaleTime(1);
      server.answer = "hang";
      const browser = await visitor(own);
      expect((await press(browser, await frameOf(own, browser))).status).toBe(503);
    }));
});

describeWith("njs", "in njs", () => {
  test("the proof of the gate is the same, and the handler takes it", () =>
    withRequests(async (own) => {
      const browser = await visitor(own);
      expect((await press(browser, await frameOf(own, browser, PLACE, runInNjs))).status).toBe(200);
      expect(own.told).toHaveLength(1);
    }));
});

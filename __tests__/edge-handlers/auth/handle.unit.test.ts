/** What of the core cannot be seen from outside, or not in a short time. */
import { ANSWER_TIME, timeToAnswer } from "../../../edge-handlers/shared/cloudfront/answer-time";
import { spentFlows } from "../../../edge-handlers/auth/sign-in/spent-flows";
import { createHandle } from "../../../edge-handlers/auth/handle";
import type { Incoming } from "../../../edge-handlers/shared/incoming";
import { seal } from "../../../edge-handlers/auth/cookies/seal";
import type { Ports } from "../../../edge-handlers/auth/ports";
import { REFRESH_COOKIE, SESSION_COOKIE } from "../../../session/cookies";
import { tokenKey } from "../../../session/keys";
import type { LedgerSession } from "../../../ledger/records";
import { hmac } from "../../../session/node-hash";
import { NO_FLOOR } from "../../../session/shard";
import { mintToken, type Session } from "../../../session/token";

const HOST = "app.example.com";
const NOW = 1_000_000;
/** Far above what a test takes on a busy machine. */
const LIMIT = 60_000;

const PORTS: Ports = {
  outdatedSettings: () => undefined,
  settings: async () => ({
    basePath: "/_gate",
    hosts: [HOST],
    session: { absolute: 28_800, idle: 3600, token: 900 },
    identityProviders: {
      main: {
        label: "Main",
        issuer: "https://idp.example",
        clientId: "c",
        clientAuthentication: "none",
        scopes: ["openid"],
      },
    },
    eventTransmitters: {},
    onReuse: "revoke-session",
    claims: [],
    theme: { productName: "Example", accentColor: "#2456c7" },
  }),
  keys: async () => ({ current: "k1", keys: { k1: "m".repeat(43) } }),
  refreshKeys: async () => undefined,
  keysNewerThan: async () => ({ current: "k1", keys: { k1: "m".repeat(43) } }),
  clientSecret: async () => "",
  renewClientSecret: async () => "",
  keyService: {} as Ports["keyService"],
  webIdentityToken: async () => "",
  renewWebIdentityToken: async () => "",
  invokeHook: async () => ({ allow: true }),
  now: () => NOW,
  random: () => "",
  log: () => undefined,
  ledger: {} as Ports["ledger"],
  revoke: async () => undefined,
  signOut: async () => undefined,
  raise: async () => undefined,
};

function request(path: string, method: string, more: Record<string, string> = {}): Incoming {
  const headers = new Headers({ accept: "text/html", cookie: "__Host-gate=x", ...more });
  return {
    headers,
    requestId: "r",
    address: "203.0.113.178",
    open: () => new Request(`https://${HOST}${path}`, { method, headers }),
  };
}

describe("where the browser does not say which site asks (no Fetch Metadata)", () => {
  const ORIGINS: [string, Record<string, string>, { logout: number; refresh: number }][] = [
    ["the site itself", { origin: `https://${HOST}` }, { logout: 302, refresh: 401 }],
    ["another site", { origin: "https://evil.example" }, { logout: 200, refresh: 403 }],
    ["another port of the site", { origin: `https://${HOST}:8443` }, { logout: 200, refresh: 403 }],
    ["the site without TLS", { origin: `http://${HOST}` }, { logout: 200, refresh: 403 }],
    ["a sandboxed frame", { origin: "null" }, { logout: 200, refresh: 403 }],
    ["nobody says where", {}, { logout: 302, refresh: 403 }],
  ];

  test.each(ORIGINS)("a POST from %s signs out, or asks first", async (_name, origin, { logout }) => {
    const response = await createHandle(PORTS, LIMIT)(request("/_gate/logout", "POST", origin));
    expect(response.status).toBe(logout);
    expect(response.headers.getSetCookie().length > 0).toBe(logout === 302);
  });

  test.each(ORIGINS)("a POST from %s renews what there is, or is refused", async (_name, origin, { refresh }) => {
    expect((await createHandle(PORTS, LIMIT)(request("/_gate/refresh", "POST", origin))).status).toBe(refresh);
  });
});

test("a request for another identity provider is redirected there, even if the session could be renewed", async () => {
  const metadata = jest.fn<Promise<never>, [string]>().mockRejectedValue(new Error("not reachable"));
  const { main } = (await PORTS.settings()).identityProviders;
  const settings = {
    ...(await PORTS.settings()),
    identityProviders: { main: main!, other: { ...main!, issuer: "https://other.example" } },
  };
  const keys = await PORTS.keys();
  const uid = "u".repeat(16);
  const session: Session = {
    uid,
    sid: "s",
    issuedAt: NOW,
    expiresAt: NOW + 900,
    mark: 0,
    floor: NO_FLOOR,
    authTime: NOW,
    idp: "main",
    strength: "",
    roles: [],
    email: "",
    claims: {},
  };
  const token = mintToken(hmac, tokenKey(hmac, keys.keys["k1"]!), "k1", session);
  const refresh = await seal(PORTS, "edgegate-refresh", { sid: "s", refreshToken: "t", generation: 0 });
  const found = { uid, sid: "s", startedAt: NOW, renewedAt: NOW, generation: 0, endsAt: NOW + 900 } as LedgerSession;
  const ledgerStatus = async () => ({ session: found, revocations: [], mark: 0, gatewayMark: 0, floor: NO_FLOOR });
  const [claim, release] = [async () => found, async () => undefined];
  const cookie = `${SESSION_COOKIE}=${token}; ${REFRESH_COOKIE}=${refresh}`;
  const ledger = { prepare: () => undefined, ledgerStatus, claim, release } as unknown as Ports["ledger"];
  const noKey = () => async () => new Uint8Array();
  const handle = createHandle({ ...PORTS, settings: async () => settings, ledger }, LIMIT, {
    metadata,
    keySet: () => Object.assign(noKey, { answered: noKey, load: async () => undefined }),
    accessTokenKeys: { of: async () => Promise.reject(new Error("asked for keys")) },
    nonces: new Map(),
    spentFlows: spentFlows(),
  });
  for (const idp of ["other", "main"]) await handle(request(`/_gate/login?idp=${idp}`, "GET", { cookie }));
  expect([...new Set(metadata.mock.calls.flat())]).toEqual(["https://other.example", "https://idp.example"]);
});

test.each([
  ["usually", 5_000, 4_500],
  ["after an initialization that was part of the invocation", 2_000, 1_500],
  ["if nothing is left", 100, 0],
])("the time for an answer ends before the invocation does: %s", async (_name, remaining, expected) => {
  const limit = jest.spyOn(AbortSignal, "timeout");
  const handle = createHandle(PORTS, ANSWER_TIME);
  await handle({ ...request("/_gate/callback/main", "GET"), timeLimit: timeToAnswer(remaining) });
  expect(limit.mock.calls[0]).toEqual([expected]);
  limit.mockRestore();
});

test("calls that are too long together end before Lambda@Edge would end the function", async () => {
  const time = new AbortController();
  const limit = jest.spyOn(AbortSignal, "timeout").mockReturnValue(time.signal);
  const log = jest.fn();
  const handle = createHandle({ ...PORTS, log, keys: () => new Promise(() => undefined) }, ANSWER_TIME);
  const response = handle(request("/_gate/callback/main", "GET"));
  time.abort();
  expect((await response).status).toBe(503);
  expect(limit.mock.calls[0]).toEqual([ANSWER_TIME]);
  expect(ANSWER_TIME).toBeLessThan(5000 - 250);
  expect(log).toHaveBeenCalledWith(
    expect.objectContaining({ outcome: "out_of_time", status: 503, requestId: "r", address: "203.0.113.178" }),
  );
  limit.mockRestore();
});

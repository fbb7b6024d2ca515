/** The gate of API behaviors as it is deployed, in both engines: which tokens it takes from where, and what it leaves to the handler. */
import type { ManagedConfigInput } from "../../../config/schema";
import { runGate as runInNjs } from "../../../local/gate-njs";
import { runGate as runInSandbox } from "../../../local/gate-sandbox";
import { describeWith } from "../../support/tools";
import { eventOf, storeOf, type GateRequest } from "./case";
import { ALICE, ALICE_HEADERS, NOW, shardRecord, signed, storeWith, token } from "./sessions";
import { COMMON, gateSources } from "./sites";

const ORIGIN = COMMON.origin;
const ISSUER = COMMON.identityProviders.main.issuer;
const AUDIENCE = ["https://api.example.com"];
const OTHER = "https://other.example.com";

const SITE: ManagedConfigInput = {
  ...COMMON,
  name: "api",
  accessTokens: {
    main: { identityProvider: "main", audience: AUDIENCE },
    ci: { profile: "github", audience: AUDIENCE, require: { repository: "example/app" } },
  },
  behaviors: [
    { path: "/api/open/*", origin: ORIGIN, api: { cors: { origins: "*" } } },
    { path: "/api/exact", origin: ORIGIN, api: { cors: { origins: ["https://exact.example.com"], maxAge: "1m" } } },
    { path: "/api/closed/*", origin: ORIGIN, api: true },
    {
      path: "/api/*",
      origin: ORIGIN,
      api: {
        cors: {
          origins: [OTHER, "http://app.localhost:5173"],
          methods: ["GET", "PUT"],
          headers: ["X-Total"],
          exposeHeaders: ["x-count"],
          credentials: true,
        },
      },
    },
  ],
  policy: [
    { path: "/api/public/**", allow: "public" },
    { path: "/api/admin/**", allow: { roles: ["admin"] } },
    { path: "/api/ci/**", allow: { idp: ["ci"] } },
    { path: "/api/never/**", allow: "nobody" },
    { path: "/api/office/**", allow: [{ public: true, networks: ["192.0.2.0/24"] }, { roles: ["admin"] }] },
    { path: "/api/plan/**", allow: { claims: { plan: "pro" } } },
    { path: "/api/files/**", allow: "signed-in", escapes: true },
    { path: "/api/**", allow: "signed-in" },
  ],
};
const REWRITING: ManagedConfigInput = {
  ...SITE,
  name: "rewriting",
  behaviors: [{ path: "/api/*", origin: ORIGIN, api: true }],
  policy: [{ path: "/api/**", allow: "signed-in" }],
  viewerRequest: { before: 'function before(request) { request.uri = "/api/rewritten"; return request; }' },
};
const SOURCES = gateSources({
  api: SITE,
  rewriting: REWRITING,
  shut: { ...SITE, name: "shut", maintenance: { allow: { roles: ["admin"] } } },
});

/** A JWT that nobody signed. */
function jwt(claims: object = {}, header: object = { alg: "RS256", typ: "at+jwt", kid: "1" }): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part({ iss: ISSUER, exp: NOW + 600, ...claims })}.c2lnbmF0dXJl`;
}
const ofText = (claims: string) => `eyJh.${Buffer.from(claims).toString("base64url")}.c2ln`;
const JWT = jwt();
const EDGE = signed(token().slice(0, -44).replace(/^2/, "3"));
const SERVICE = `egs_${"a".repeat(16)}_${"B".repeat(43)}`;

/** Callers come from several issuers. */
const IDENTITY = { ...ALICE_HEADERS, "x-gate-idp": "main" };

interface Request extends GateRequest {
  gate?: keyof typeof SOURCES;
  /** The value of the Authorization header. */
  auth?: string;
}

function run(engine: typeof runInSandbox, { gate = "api", auth, ...request }: Request) {
  const event = eventOf({
    client: "program",
    path: "/api/orders",
    ...request,
    headers: { ...(auth !== undefined && { Authorization: auth }), ...request.headers },
  });
  return engine(SOURCES[gate], event, storeOf(request));
}

/** What a run comes to: the line of the log, and the headers that tell the handler and the origin. */
type Seen = { log: string; status?: number; challenge?: string; headers?: Record<string, string | undefined> };

async function seen(engine: typeof runInSandbox, request: Request): Promise<Seen> {
  const { result, log } = (await run(engine, request)) as unknown as {
    log: string[];
    result: { statusCode?: number; headers: Record<string, { value: string }> };
  };
  const value = (name: string) => result.headers[name]?.value;
  if (result.statusCode !== undefined)
    return {
      log: log.join(),
      status: result.statusCode,
      ...(value("www-authenticate") && { challenge: value("www-authenticate")! }),
    };
  const headers = Object.fromEntries(
    Object.entries(result.headers)
      .filter(([name]) => name.startsWith("x-gate") || name === "authorization")
      .map(([name, { value }]) => [name, value]),
  );
  return { log: log.join(), headers };
}

const requirement = (text: string, path = "/api/orders", ...rest: string[]) => [text, path, path, ...rest].join(" ");
const verifies = (text: string, auth: string, path?: string): Seen => ({
  log: "verify public",
  headers: { authorization: auth, "x-gate-requirement": requirement(text, path) },
});
const refused = (why: string): Seen => ({
  log: `login ${why}`,
  status: 401,
  challenge: 'Bearer realm="gate", error="invalid_token"',
});
const PASSES: Seen = { log: `allow session ${ALICE.uid}`, headers: IDENTITY };
const ASKS: Seen = { log: "login none", status: 401, challenge: 'Bearer realm="gate"' };

const CASES: [name: string, request: Request, expected: Seen][] = [
  // Whose token counts.
  ["a session in the cookie passes", { session: token() }, PASSES],
  ["an edge token in the header passes", { auth: `Bearer ${EDGE}` }, PASSES],
  ["the scheme in another case counts", { auth: `bEARER ${EDGE}` }, PASSES],
  ["the header decides, not the cookie", { auth: `Bearer ${JWT}`, session: token() }, verifies("+", `Bearer ${JWT}`)],
  ["a bad header is not helped by a good cookie", { auth: "Bearer x", session: token() }, refused("form")],
  ["a session token in the header is refused", { auth: `Bearer ${token()}` }, refused("form")],
  ["an edge token in the cookie is refused", { session: EDGE }, { ...ASKS, log: "login form" }],
  ["a JWT in the cookie is refused", { session: JWT }, { ...ASKS, log: "login form" }],
  ["a service token in the cookie is refused", { session: SERVICE }, { ...ASKS, log: "login form" }],
  [
    "a session token that was made into an edge token is refused",
    { auth: `Bearer ${token().replace(/^2/, "3")}` },
    refused("mac"),
  ],
  [
    "an edge token that was made into a session token is refused",
    { session: EDGE.replace(/^3/, "2") },
    { ...ASKS, log: "login mac" },
  ],
  [
    "two session cookies are refused",
    { session: token(), cookies: `__Host-gate=${token()}` },
    { ...ASKS, log: "login several" },
  ],
  [
    "an expired edge token is refused",
    {
      auth: `Bearer ${signed(
        token({ expiresAt: NOW - 1 })
          .slice(0, -44)
          .replace(/^2/, "3"),
      )}`,
    },
    refused("expired"),
  ],
  [
    "a revoked edge token is refused",
    { auth: `Bearer ${EDGE}`, records: storeWith(shardRecord({ revokedSessions: [ALICE.sid.slice(0, 8)] })) },
    refused("revoked"),
  ],
  ["an edge token under an unknown key is refused", { auth: `Bearer ${EDGE.replace("k1", "k9")}` }, refused("key")],
  [
    "an edge token without the role is refused",
    { auth: `Bearer ${EDGE}`, path: "/api/admin/x" },
    { log: `deny role ${ALICE.uid}`, status: 403, challenge: 'Bearer realm="gate", error="insufficient_scope"' },
  ],
  [
    "nothing passes while the store is down",
    { auth: `Bearer ${EDGE}`, fault: "error" },
    { log: "deny store", status: 503 },
  ],

  // What is left to the handler.
  ["a JWT goes on to be verified", { auth: `Bearer ${JWT}` }, verifies("+", `Bearer ${JWT}`)],
  [
    "a JWT of a CI job goes on",
    { auth: `Bearer ${jwt({ iss: "https://token.actions.githubusercontent.com" })}`, path: "/api/ci/x" },
    verifies("ci=+", `Bearer ${jwt({ iss: "https://token.actions.githubusercontent.com" })}`, "/api/ci/x"),
  ],
  ["a service token goes on", { auth: `Bearer ${SERVICE}` }, verifies("+", `Bearer ${SERVICE}`)],
  [
    "with what the rule requires",
    { auth: `Bearer ${JWT}`, path: "/api/admin/x" },
    verifies("admin", `Bearer ${JWT}`, "/api/admin/x"),
  ],
  [
    "and its conditions",
    { auth: `Bearer ${JWT}`, path: "/api/plan/x" },
    verifies("&claim=plan!pro", `Bearer ${JWT}`, "/api/plan/x"),
  ],
  [
    "what is public passes, and says so",
    { path: "/api/public/x" },
    { log: "allow public", headers: { "x-gate-requirement": requirement("*", "/api/public/x") } },
  ],
  [
    "a token at what is public is not looked at",
    { path: "/api/public/x", auth: "Bearer x" },
    {
      log: "allow public",
      headers: { authorization: "Bearer x", "x-gate-requirement": requirement("*", "/api/public/x") },
    },
  ],
  [
    "a place without a session goes on to be checked",
    { path: "/api/office/x" },
    {
      log: "verify public",
      headers: { "x-gate-requirement": requirement("&pub=&net=192.0.2.0/24|&any=admin", "/api/office/x") },
    },
  ],
  [
    "conditions on a session go on with its fields",
    { path: "/api/plan/x", session: token() },
    {
      log: `verify session ${ALICE.uid}`,
      headers: {
        ...IDENTITY,
        "x-gate-requirement": requirement("&claim=plan!pro", "/api/plan/x", token().split(".").slice(2, -1).join(".")),
      },
    },
  ],
  [
    "conditions on a revoked session do not go on",
    {
      path: "/api/plan/x",
      session: token(),
      records: storeWith(shardRecord({ revokedSessions: [ALICE.sid.slice(0, 8)] })),
    },
    { ...ASKS, log: "login revoked" },
  ],
  [
    "what nobody may do is denied with a token",
    { path: "/api/never/x", auth: `Bearer ${JWT}` },
    { log: "deny rule", status: 403 },
  ],
  ["and with a session", { path: "/api/never/x", session: token() }, { log: "deny rule", status: 403 }],
  [
    "what no rule names is denied with a token",
    { path: "/other", auth: `Bearer ${JWT}` },
    { log: "deny rule", status: 403 },
  ],
  [
    "a host that is not served is denied with a token",
    { host: "evil.example.com", auth: `Bearer ${JWT}` },
    { log: "deny host", status: 421 },
  ],
  [
    "an ambiguous path is denied with a token",
    { path: "/api//x", auth: `Bearer ${JWT}` },
    { log: "deny path", status: 400 },
  ],
  [
    "an encoded slash goes on where the rule takes it",
    { path: "/api/files/a%2fb", auth: `Bearer ${JWT}` },
    verifies("+", `Bearer ${JWT}`, "/api/files/a%2fb"),
  ],
  [
    "a requirement of the viewer's own is removed",
    {
      auth: `Bearer ${JWT}`,
      headers: { "X-Gate-Requirement": "* /a /a", "X-Gate-User": "root", X_Gate_Requirement: "* /a /a" },
    },
    verifies("+", `Bearer ${JWT}`),
  ],
  ["one beside a session is removed", { session: token(), headers: { "X-Gate-Requirement": "* /a /a" } }, PASSES],
  [
    "a closed site leaves it to the handler whom it admits",
    { gate: "shut", auth: `Bearer ${JWT}` },
    verifies("#admin=+", `Bearer ${JWT}`),
  ],
  ["a closed site is closed without a token", { gate: "shut" }, { log: "deny closed", status: 503 }],
  [
    "the path that chose the behavior goes with the one that was decided",
    { gate: "rewriting", path: "/api/open/x", auth: `Bearer ${JWT}` },
    {
      log: "verify public",
      headers: { authorization: `Bearer ${JWT}`, "x-gate-requirement": "+ /api/rewritten /api/open/x" },
    },
  ],

  // What is refused for little.
  ["no token", {}, ASKS],
  ["a navigation is answered like a program", { client: "navigation" }, ASKS],
  ["an expired JWT", { auth: `Bearer ${jwt({ exp: NOW - 61 })}` }, refused("expired")],
  [
    "a JWT within a minute of its end goes on",
    { auth: `Bearer ${jwt({ exp: NOW - 30 })}` },
    verifies("+", `Bearer ${jwt({ exp: NOW - 30 })}`),
  ],
  ["a JWT without an end", { auth: `Bearer ${jwt({ exp: undefined })}` }, refused("expired")],
  ["a JWT whose end is a text without a number", { auth: `Bearer ${jwt({ exp: "soon" })}` }, refused("expired")],
  ["a JWT of an unknown issuer", { auth: `Bearer ${jwt({ iss: "https://evil.example.com" })}` }, refused("issuer")],
  ["a JWT without an issuer", { auth: `Bearer ${jwt({ iss: undefined })}` }, refused("issuer")],
  ["a JWT whose issuer is a list", { auth: `Bearer ${jwt({ iss: [ISSUER] })}` }, refused("issuer")],
  [
    "a JWT with escaped slashes in its issuer goes on",
    { auth: `Bearer ${ofText(`{"exp":${NOW + 600},"iss":${JSON.stringify(ISSUER).replaceAll("/", "\\/")}}`)}` },
    verifies("+", `Bearer ${ofText(`{"exp":${NOW + 600},"iss":${JSON.stringify(ISSUER).replaceAll("/", "\\/")}}`)}`),
  ],
  [
    "a JWT with spaces between its claims goes on",
    { auth: `Bearer ${ofText(JSON.stringify({ iss: ISSUER, exp: NOW + 600 }, null, 2))}` },
    verifies("+", `Bearer ${ofText(JSON.stringify({ iss: ISSUER, exp: NOW + 600 }, null, 2))}`),
  ],
  [
    "a JWT with a second issuer inside another claim goes on",
    { auth: `Bearer ${jwt({ act: { iss: "https://other.example.com" } })}` },
    verifies("+", `Bearer ${jwt({ act: { iss: "https://other.example.com" } })}`),
  ],
  [
    "a JWT whose claims do not end goes on, because parsing it is dear",
    { auth: `Bearer ${ofText(`{"exp":${NOW + 600},"iss":${JSON.stringify(ISSUER)}`)}` },
    verifies("+", `Bearer ${ofText(`{"exp":${NOW + 600},"iss":${JSON.stringify(ISSUER)}`)}`),
  ],
  [
    "a JWT of an issuer that begins alike",
    { auth: `Bearer ${jwt({ iss: `${ISSUER}.evil.example` })}` },
    refused("issuer"),
  ],
  ["a JWT whose times are in a text", { auth: `Bearer ${jwt({ exp: "9999999999" })}` }, refused("expired")],
  [
    "a JWT whose end is in another claim",
    { auth: `Bearer ${jwt({ exp: undefined, x: { exp: 1 } })}` },
    refused("expired"),
  ],
  [
    "an expired JWT with many claims goes on, because reading it is dear",
    { auth: `Bearer ${jwt({ exp: NOW - 61, x: "y".repeat(1000) })}` },
    verifies("+", `Bearer ${jwt({ exp: NOW - 61, x: "y".repeat(1000) })}`),
  ],
  ["a JWT of two parts", { auth: `Bearer ${JWT.split(".").slice(0, 2).join(".")}` }, refused("form")],
  ["a JWT of four parts", { auth: `Bearer ${JWT}.x` }, refused("form")],
  ["a JWT whose payload is no JSON", { auth: "Bearer eyJh.YWJj.c2ln" }, refused("expired")],
  [
    "a JWT whose payload is null",
    { auth: `Bearer eyJh.${Buffer.from("null").toString("base64url")}.c2ln` },
    refused("expired"),
  ],
  [
    "a JWT whose payload is a number",
    { auth: `Bearer eyJh.${Buffer.from("1").toString("base64url")}.c2ln` },
    refused("expired"),
  ],
  ["a JWT that does not begin as one", { auth: `Bearer ${JWT.slice(1)}` }, refused("form")],
  ["a JWT that is too long", { auth: `Bearer ${jwt({ x: "y".repeat(8_192) })}` }, refused("form")],
  ["an opaque token", { auth: "Bearer SlAV32hkKG" }, refused("form")],
  ["an empty token", { auth: "Bearer " }, refused("form")],
  ["another scheme", { auth: "Basic YTpi" }, refused("form")],
  ["a scheme alone", { auth: "Bearer" }, refused("form")],
  ["a service token that is too short", { auth: `Bearer ${SERVICE.slice(0, -1)}` }, refused("form")],
];

const PREFLIGHT = (origin: string | undefined, path = "/api/orders", more: Record<string, string> = {}): Request => ({
  method: "OPTIONS",
  path,
  headers: { ...(origin !== undefined && { Origin: origin }), "Access-Control-Request-Method": "PUT", ...more },
});

interface Cors {
  log: string;
  status: number | undefined;
  headers: Record<string, string>;
}

async function corsOf(engine: typeof runInSandbox, request: Request): Promise<Cors> {
  const { result, log } = (await run(engine, request)) as unknown as {
    log: string[];
    result: { statusCode?: number; headers: Record<string, { value: string }> };
  };
  const named = Object.entries(result.headers).filter(([name]) => /^(vary$|access-control-(?!request))/.test(name));
  return {
    log: log.join(),
    status: result.statusCode,
    headers: Object.fromEntries(named.map(([name, { value }]) => [name, value])),
  };
}

const answered = (headers: Record<string, string>): Cors => ({
  log: "answer preflight",
  status: 204,
  headers: { vary: "origin", ...headers },
});
const ALLOWED = {
  "access-control-allow-origin": OTHER,
  "access-control-allow-credentials": "true",
  "access-control-allow-headers": "x-total",
  "access-control-allow-methods": "GET,PUT",
  "access-control-max-age": "3600",
};
const READABLE = {
  vary: "origin",
  "access-control-allow-origin": OTHER,
  "access-control-allow-credentials": "true",
  "access-control-expose-headers": "www-authenticate,x-count",
};

const CORS: [name: string, request: Request, expected: Cors][] = [
  ["a preflight of a listed site is answered", PREFLIGHT(OTHER), answered(ALLOWED)],
  [
    "one of another listed site, too",
    PREFLIGHT("http://app.localhost:5173"),
    answered({ ...ALLOWED, "access-control-allow-origin": "http://app.localhost:5173" }),
  ],
  ["one of a site that is not listed gets no permission", PREFLIGHT("https://evil.example.com"), answered({})],
  ["one of a site whose name begins alike", PREFLIGHT(`${OTHER}.evil.example`), answered({})],
  ["one of a site whose name ends alike", PREFLIGHT("https://evil-other.example.com"), answered({})],
  ["one over http", PREFLIGHT("http://other.example.com"), answered({})],
  ["one of another port", PREFLIGHT(`${OTHER}:8443`), answered({})],
  ["one of an opaque origin", PREFLIGHT("null"), answered({})],
  [
    "the first pattern counts",
    PREFLIGHT("https://any.example.com", "/api/open/x"),
    answered({
      "access-control-allow-origin": "https://any.example.com",
      "access-control-allow-headers": "authorization,content-type",
      "access-control-allow-methods": "GET,HEAD,POST",
      "access-control-max-age": "3600",
    }),
  ],
  [
    "a pattern without a star is one path",
    PREFLIGHT("https://exact.example.com", "/api/exact"),
    answered({
      "access-control-allow-origin": "https://exact.example.com",
      "access-control-allow-headers": "authorization,content-type",
      "access-control-allow-methods": "GET,HEAD,POST",
      "access-control-max-age": "60",
    }),
  ],
  ["and no other", PREFLIGHT("https://exact.example.com", "/api/exact/x"), answered({})],
  [
    "without CORS settings, the policy decides",
    PREFLIGHT(OTHER, "/api/closed/x"),
    { log: "login none", status: 401, headers: {} },
  ],
  [
    "a preflight with a body is none",
    PREFLIGHT(OTHER, "/api/orders", { "Content-Length": "3" }),
    { log: "login none", status: 401, headers: READABLE },
  ],
  [
    "a preflight with a body of unknown length is none",
    PREFLIGHT(OTHER, "/api/orders", { "Transfer-Encoding": "chunked" }),
    { log: "login none", status: 401, headers: READABLE },
  ],
  [
    "a preflight without an origin is none",
    PREFLIGHT(undefined),
    { log: "login none", status: 401, headers: { vary: "origin" } },
  ],
  [
    "a preflight to a host that is not served is refused",
    { ...PREFLIGHT(OTHER), host: "evil.example.com" },
    { log: "deny host", status: 421, headers: READABLE },
  ],
  [
    "a script can read why it is refused",
    { headers: { Origin: OTHER } },
    { log: "login none", status: 401, headers: READABLE },
  ],
  [
    "a script of another site cannot",
    { headers: { Origin: "https://evil.example.com" } },
    { log: "login none", status: 401, headers: { vary: "origin" } },
  ],
  [
    "what passes is left to the response headers policy",
    { headers: { Origin: OTHER }, session: token() },
    { log: `allow session ${ALICE.uid}`, status: undefined, headers: {} },
  ],
];

describe("in the sandbox", () => {
  test.each(CASES)("%s", async (_, request, expected) => {
    expect(await seen(runInSandbox, request)).toEqual(expected);
    // A token has no place in an answer or a log.
    const { result, log } = await run(runInSandbox, request);
    const text = JSON.stringify("statusCode" in result ? [result, log] : log);
    for (const secret of [request.auth, request.session])
      if (secret && secret.length > 40) expect(text).not.toContain(secret.slice(-30));
  });
  test.each(CORS)("%s", async (_, request, expected) => {
    expect(await corsOf(runInSandbox, request)).toEqual(expected);
  });
});

describeWith("njs", "in njs", () => {
  test.each(CASES)("%s", async (_, request, expected) => {
    expect(await seen(runInNjs, request)).toEqual(expected);
  });
  test.each(CORS)("%s", async (_, request, expected) => {
    expect(await corsOf(runInNjs, request)).toEqual(expected);
  });
});

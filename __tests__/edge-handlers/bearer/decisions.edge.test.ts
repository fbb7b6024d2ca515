/** What the handler lets pass, by what the gate said and by what a token's caller may do. */
import { AUDIENCE, startBearer, TABLES, type Asked, type BearerEnvironment } from "../../support/bearer-fixture";
import { openLedger } from "../../support/ledger-fixture";
import { uidOf } from "../../support/session-tokens";

const CORS = {
  origins: ["https://other.example.com"],
  methods: ["GET"],
  headers: ["authorization"],
  exposeHeaders: ["x-total"],
  maxAge: 3600,
  credentials: false,
};

let environment: BearerEnvironment;
let token: string;
beforeAll(async () => {
  environment = await startBearer(
    () => ({ main: { roles: { claim: "roles", grant: ["admin", "staff"] }, claims: ["plan"] } }),
    {
      behaviors: [
        ["/api/forwarded/*", { forwardToken: true }],
        ["/api/v1.0/*", { forwardToken: true }],
        ["/api/open/*", { cors: CORS }],
        ["/api/*", {}],
      ],
    },
  );
  token = await environment.token({
    roles: ["staff"],
    scope: "orders:read profile",
    plan: "premium",
    acr: "mfa",
    auth_time: environment.clock.now() - 100,
    email: "caller@example.com",
    email_verified: true,
  });
});
afterAll(() => environment.close());

const REQUIREMENTS: [required: string, status: number | undefined][] = [
  ["+", undefined],
  ["staff", undefined],
  ["admin!staff", undefined],
  ["admin", 403],
  ["main=+", undefined],
  ["main=staff", undefined],
  ["other=+", 403],
  ["other=staff", 403],
  ["^", 403],
  ["?staff", undefined],
  ["&scope=orders:read", undefined],
  ["&scope=orders:read!profile", undefined],
  ["&scope=orders:write", 403],
  ["&scope=orders:read!orders:write", 403],
  ["&scope=orders", 403],
  ["&claim=plan!premium!gold", undefined],
  ["&claim=plan!gold", 403],
  ["&claim=tier!premium", 403],
  ["&mail=example.com", undefined],
  ["&mail=xample.com", 403],
  ["&all=staff", undefined],
  ["&all=staff!admin", 403],
  ["&not=admin", undefined],
  ["&not=staff", 403],
  ["&acr=mfa", undefined],
  ["&acr=hardware", 401],
  ["&age=900", undefined],
  ["&age=60", 401],
  ["&acr=urn:mace:hw!a%23b", 401],
  ["&any=staff&acr=mfa&age=60", 401],
  ["&any=admin&acr=hardware|&any=staff&age=60", 401],
  ["#staff=&acr=hardware", 401],
  ["?&age=60", 401],
  ["&net=192.0.2.0/24", undefined],
  ["&net=198.51.100.0/24", 403],
  ["&nonet=192.0.2.0/24", 403],
  ["&geo=CH", undefined],
  ["&geo=DE", 403],
  ["&any=admin|&claim=plan!premium", undefined],
  ["&any=admin|&claim=plan!gold", 403],
  ["&own=2", 403],
  ["&own=2!plan", 403],
  ["&pub=&net=198.51.100.0/24", 403],
  ["#admin=+", 503],
  ["#staff=+", undefined],
  ["#staff=admin", 403],
  ["&unknown=x", 403],
];

/** What a client has to ask for (https://www.rfc-editor.org/rfc/rfc9470#section-3). */
const STEP_UPS: Record<string, string> = {
  "&acr=hardware": 'acr_values="hardware"',
  "&acr=urn:mace:hw!a%23b": 'acr_values="urn:mace:hw a#b"',
  "&age=60": 'max_age="60"',
  "&any=staff&acr=mfa&age=60": 'acr_values="mfa", max_age="60"',
  "&any=admin&acr=hardware|&any=staff&age=60": 'max_age="60"',
  "#staff=&acr=hardware": 'acr_values="hardware"',
  "?&age=60": 'max_age="60"',
};

test.each(REQUIREMENTS)("%s: %s", async (required, status) => {
  const answer = await environment.ask({ token, required, headers: { "cloudfront-viewer-country": "CH" } });
  expect(answer.status).toBe(status);
  if (status === 403)
    expect(answer.headers["www-authenticate"]).toBe('Bearer realm="gate", error="insufficient_scope"');
  if (status === 401)
    expect(answer.headers["www-authenticate"]).toBe(
      `Bearer realm="gate", error="insufficient_user_authentication", ${STEP_UPS[required]}`,
    );
  if (status === 503) expect(answer.headers["retry-after"]).toBe("300");
});

test("a segment of the path can be a claim of the caller", async () => {
  const ask = (path: string) => environment.ask({ token, required: "&own=2!plan", path });
  expect((await ask("/api/premium")).status).toBeUndefined();
  expect((await ask("/api/gold")).status).toBe(403);
});

test("a segment is compared with each value of the claim, and not with several at once", async () => {
  const ask = async (path: string, plan: string[]) =>
    (await environment.ask({ token: await environment.token({ plan }), required: "&own=2!plan", path })).status;
  expect(await ask("/api/red!blue", ["red", "blue"])).toBe(403);
  expect(await ask("/api/blue", ["red", "blue"])).toBeUndefined();
  expect(await ask("/api", ["red", "blue"])).toBe(403);
});

const SESSION = "alice00000000001~AliceSession0001~1~zzzzzz~0~~~1~main~~staff~alice@example.com~plan~premium";
const identified = (required: string, payload = SESSION): Asked => ({
  required: null,
  headers: { "x-gate-requirement": `${required} /api/x /api/x ${payload}`, "x-gate-user": "alice00000000001" },
});

const OTHERS: [name: string, request: Asked, status: number | undefined][] = [
  [
    "what the gate decided for a session passes",
    { required: null, headers: { "x-gate-user": "alice00000000001" } },
    undefined,
  ],
  ["what is public passes", { required: "*" }, undefined],
  ["a session that meets conditions passes", identified("&claim=plan!premium"), undefined],
  ["a session that does not, is refused", identified("&claim=plan!gold"), 403],
  ["a session whose fields are cut off is refused", identified("&claim=plan!premium", "alice00000000001~x"), 403],
  [
    "people without a session pass from a place where that is allowed",
    { required: "&pub=&net=192.0.2.0/24" },
    undefined,
  ],
  ["but from nowhere else", { required: "&pub=&net=198.51.100.0/24" }, 401],
  ["a request without a token is refused", { required: "+" }, 401],
  ["a request that the gate has not seen is refused", { required: null }, 500],
  ["so is one with a token", { required: null, headers: { authorization: "Bearer x" } }, 500],
  ["an empty identity is none", { required: null, headers: { "x-gate-user": "" } }, 500],
  ["two identities are none", { required: null, headers: { "x-gate-user": "a", "X-Gate-User": "b" } }, 500],
  ["two requirements are none", { required: "*", headers: { "X-Gate-Requirement": "* /a /a" } }, 500],
  ["a requirement without a path is none", { required: null, headers: { "x-gate-requirement": "*" } }, 500],
  ["an empty requirement is none", { required: null, headers: { "x-gate-requirement": "" } }, 500],
  ["public with a session is not what a gate writes", identified("*"), 500],
  [
    "a session without its identity is not what a gate writes",
    { required: null, headers: { "x-gate-requirement": `+ /a /a ${SESSION}` } },
    500,
  ],
  [
    "an identity beside an open requirement is not what a gate writes",
    { required: "+", headers: { "x-gate-user": "alice00000000001" } },
    500,
  ],
  ["another scheme is refused", { required: "+", headers: { authorization: "Basic YTpi" } }, 401],
  ["a scheme alone is refused", { required: "+", headers: { authorization: "Bearer" } }, 401],
];

test.each(OTHERS)("%s", async (_, request, status) => {
  const answer = await environment.ask(request);
  expect(answer.status).toBe(status);
  expect(answer.headers["x-gate-requirement"]).toBeUndefined();
});

test("two tokens are refused, whichever comes first", async () => {
  const answer = await environment.ask({ token, headers: { Authorization: `Bearer ${token}` } });
  expect(answer.status).toBe(401);
  expect(answer.headers["www-authenticate"]).toContain("invalid_request");
});

test.each([undefined, 0, -1, 1e300, "now", Date.now() + 86_400_000, Math.floor(Date.now() / 1000) + 86_400])(
  "an authentication at the time %p is not recent",
  async (auth_time) => {
    const answer = await environment.ask({
      token: await environment.token({ auth_time }),
      required: "&age=2592000",
    });
    expect(answer.status).toBe(401);
  },
);

test.each(["ID", "Refresh", "Offline", "Logout", 1, null])(
  "a token that says of itself that it is %p is no access token",
  async (typ) => {
    const answer = await environment.ask({ token: await environment.token({ typ }) });
    expect(answer.status).toBe(401);
    expect(await environment.lineAbout(answer)).toMatchObject({ detail: "type typ" });
  },
);

test.each(["DPoP", "Token", "Basic"])("a genuine token is refused with the scheme %s", async (scheme) => {
  const answer = await environment.ask({ headers: { authorization: `${scheme} ${token}` } });
  expect(answer.status).toBe(401);
  expect(answer.headers["www-authenticate"]).toContain("invalid_request");
});

test("of two countries none counts: CloudFront sets one, and a viewer may have sent the other", async () => {
  const ask = (required: string) =>
    environment.ask({
      token,
      required,
      headers: { "cloudfront-viewer-country": "CH", "CloudFront-Viewer-Country": "DE" },
    });
  for (const required of ["&geo=CH", "&geo=DE", "&nogeo=FR"]) expect((await ask(required)).status).toBe(403);
});

test("a value of a claim is never read as the name of the next one", async () => {
  const { status, headers } = await environment.ask({
    token: await environment.token({ plan: "department", scope: "orders:read" }),
  });
  expect(status).toBeUndefined();
  expect(headers["x-gate-department"]).toBeUndefined();
});

test("a user who was revoked is refused, and within ten seconds also where the answer was remembered", async () => {
  const of = (more: Record<string, unknown> = {}) => environment.token({ sub: "mallory", ...more });
  const old = await of();
  expect((await environment.ask({ token: old })).status).toBeUndefined();
  const ledger = openLedger(environment.aws.endpoint, TABLES, environment.clock.now, () => {
    throw new Error("no session is needed");
  });
  await ledger.revoke({ kind: "user", uid: uidOf(environment.issuer.issuer, "mallory") });
  ledger.close();
  environment.clock.advance(11);
  const answer = await environment.ask({ token: old });
  expect(answer.status).toBe(401);
  expect(await environment.lineAbout(answer)).toMatchObject({ outcome: "token_refused", detail: "revoked" });
  environment.clock.advance(90);
  const now = environment.clock.now();
  expect((await environment.ask({ token: await of() })).status).toBe(401);
  expect((await environment.ask({ token: await of({ auth_time: now - 300 }) })).status).toBe(401);
  expect((await environment.ask({ token: await of({ auth_time: now - 5 }) })).status).toBeUndefined();
  expect((await environment.ask({ token })).status).toBeUndefined();
});

test("a refused request without a token is told no error", async () => {
  const answer = await environment.ask({});
  expect(answer.headers["www-authenticate"]).toBe('Bearer realm="gate"');
  expect(JSON.parse(answer.body)).toMatchObject({ title: "Token required" });
});

test.each([
  ["/api/orders", undefined],
  ["/api/forwarded/x", "Bearer "],
  ["/api/v1.0/x", "Bearer "],
  // A pattern is no regular expression.
  ["/api/v1x0/x", undefined],
])("at %s the origin gets the token only where the config says so", async (path, begins) => {
  for (const required of ["+", "*"]) {
    const { status, headers } = await environment.ask({ token, path, required });
    expect(status).toBeUndefined();
    expect(headers["authorization"]).toBe(begins && `${begins}${token}`);
  }
});

test("scripts of listed origins can read why they are refused", async () => {
  const ask = (origin: string, path = "/api/open/x") => environment.ask({ path, headers: { origin } });
  expect((await ask("https://other.example.com")).headers).toMatchObject({
    "access-control-allow-origin": "https://other.example.com",
    "access-control-expose-headers": "www-authenticate,x-total",
    vary: "origin",
  });
  expect((await ask("https://other.example.com.evil.example")).headers["access-control-allow-origin"]).toBeUndefined();
  expect((await ask("null")).headers["access-control-allow-origin"]).toBeUndefined();
  expect((await ask("https://other.example.com", "/api/x")).headers["vary"]).toBeUndefined();
});

test("a HEAD request gets no body", async () => {
  expect(await environment.ask({ method: "HEAD" })).toMatchObject({ status: 401, body: "" });
});

test("a token that may call says so to the log of nobody, and a refused caller is named", async () => {
  const answer = await environment.ask({ token, required: "admin" });
  expect(await environment.lineAbout(answer)).toEqual({
    endpoint: "bearer",
    outcome: "not_allowed",
    status: 403,
    detail: "role",
    idp: "main",
    uid: expect.stringMatching(/^[\w-]{16}$/) as string,
  });
});

describe("without settings", () => {
  test.each(["error", "denied", "garbage"] as const)("nobody is let in while SSM answers with %s", async (fault) => {
    await environment.coldStart();
    environment.aws.faults.set("AmazonSSM.GetParameter", fault);
    const answer = await environment.ask({ token });
    expect(answer.status).toBe(503);
    expect(await environment.lineAbout(answer)).toMatchObject({ outcome: "settings_unavailable" });
    // The gate has decided about these, by what was deployed with it.
    expect(
      (await environment.ask({ required: null, headers: { "x-gate-user": "alice00000000001" } })).status,
    ).toBeUndefined();
    environment.aws.faults.clear();
    environment.clock.advance(11);
    expect((await environment.ask({ token })).status).toBeUndefined();
  });

  test("settings of another version are not read", async () => {
    environment.publish({ version: 2 as 1 });
    await environment.coldStart();
    expect((await environment.ask({ token })).status).toBe(503);
    environment.publish({ version: 1 });
  });

  test("settings that were read bridge an outage", async () => {
    environment.clock.advance(11);
    expect((await environment.ask({ token })).status).toBeUndefined();
    environment.aws.faults.set("AmazonSSM.GetParameter", "error");
    environment.clock.advance(300);
    expect((await environment.ask({ token })).status).toBeUndefined();
    environment.aws.faults.clear();
  });
});

test("a new audience counts within a minute", async () => {
  environment.publish({ issuers: { main: { ...environment.settings.issuers["main"]!, audience: ["urn:new"] } } });
  environment.clock.advance(61);
  expect((await environment.ask({ token })).status).toBe(401);
  environment.publish({ issuers: { main: { ...environment.settings.issuers["main"]!, audience: [AUDIENCE] } } });
});

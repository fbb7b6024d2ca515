/** A site's own functions in the gate, as deployed, in both engines. */
import { buildGate } from "../../../build/gate";
import type { ConfigInput } from "../../../config/schema";
import { runGate as runInNjs } from "../../../local/gate-njs";
import { runGate as runInSandbox } from "../../../local/gate-sandbox";
import { SESSION_COOKIE } from "../../../session/cookies";
import { eventOf, storeOf, type GateRequest } from "./case";
import { ALICE_HEADERS, token } from "./sessions";
import { COMMON, gateSources } from "./sites";
import { describeWith } from "../../support/tools";

/** A program as CloudFront runs it, in the place of the gate. */
const BEFORE = `
import crypto from 'crypto';
const MOVED = { '/old': '/new' }; // a table
let t = 1, e = 2;
function handler(event) {
  var request = event.request;
  if (MOVED[request.uri])
    return { statusCode: 301, statusDescription: 'Moved', headers: { location: { value: MOVED[request.uri] } } };
  switch (request.uri) {
    case '/before/throws': throw new Error('no table');
    case '/before/..': return null;
    case '/before/nothing': return;
    case '/before/host': request.headers.host = { value: 'docs.example.com' }; break;
    case '/before/host-in-place': request.headers.host.value = 'docs.example.com'; break;
    case '/before/method': request.method = 'POST'; break;
    case '/before/dots': request.uri = '/public/../wiki/page'; break;
    case '/before/hash': request.headers['x-hash'] = { value: crypto.createHash('md5').update('x').digest('hex') }; break;
  }
  // The rewrite that the policy decides.
  if (request.uri.startsWith('/shop/')) request.uri = \`/public\${request.uri.slice(5)}\`;
  return request;
}`;

/** One function, which gets the request. */
const AFTER = `async function (request) {
  const uri = request.uri;
  if (uri === '/public/throws') throw new Error('no file');
  if (uri === '/public/rejects') await Promise.reject(new Error('too late'));
  if (uri === '/public/nothing') return;
  if (uri === '/public/text') return 'text';
  if (uri === '/public/no-path') return { headers: {}, uri: 'public' };
  if (uri === '/public/dots') request.uri = '/public/../wiki/page';
  if (uri === '/public/redirect') return { statusCode: 302, headers: { location: { value: '/public/' } } };
  if (uri === '/wiki/me') return { statusCode: 302, headers: { location: { value: '/u/' + request.headers['x-gate-user'].value } } };
  if (uri === '/public/forges' || uri === '/wiki/forges') {
    request.headers['x-gate-user'] = { value: 'mallory' };
    request.headers['x-gate-roles'] = { value: 'admin' };
    request.headers['x-gate-origin-secret'] = { value: 'guess' };
    request.headers['x-forwarded-host'] = { value: 'evil.example' };
    request.cookies['${SESSION_COOKIE}'] = { value: 'token' };
  }
  if (uri === '/public/host') request.headers = { host: { value: 'docs.example.com' } };
  if (uri === '/wiki/new')
    return { method: 'PUT', uri: '/app/new', headers: Object.assign({}, request.headers, { 'x-tier': { value: 'a' } }) };
  if (uri.endsWith('/')) request.uri = uri + 'index.html';
  return request;
}`;

const OWN = {
  ...COMMON,
  alternateDomains: ["docs.example.com"],
  policy: [
    { host: "docs.example.com", path: "/**", allow: "public" },
    { path: "/public/**", allow: "public" },
    { path: "/before/**", methods: ["POST"], allow: "public" },
    { path: "/wiki/**", allow: "signed-in" },
  ],
} satisfies Partial<ConfigInput>;

const SITES = {
  before: { ...OWN, name: "before", viewerRequest: { before: BEFORE } },
  after: { ...OWN, name: "after", viewerRequest: { after: AFTER } },
  both: {
    ...OWN,
    name: "both",
    viewerRequest: {
      before: "function (request) { request.uri = request.uri.replace('/shop/', '/public/'); return request }",
      after: "function (request) { request.uri = '/app' + request.uri; return request }",
    },
  },
  bucket: {
    ...COMMON,
    name: "bucket",
    origin: { type: "s3" },
    viewerRequest: { after: "(request) => { request.headers['x-path'] = { value: request.uri }; return request; }" },
    policy: [{ path: "/**", allow: "public" }],
  },
  without: { ...COMMON, name: "without", policy: [{ path: "/**", allow: "public" }] },
} satisfies Record<string, ConfigInput>;

const SOURCES = gateSources(SITES);

const FAILED = {
  statusCode: 500,
  headers: expect.objectContaining({ "cache-control": { value: "no-store" } }) as unknown,
};
const sent = (uri: string, more: object = {}) => expect.objectContaining({ method: "GET", uri, ...more }) as unknown;
const withHeaders = (headers: object) =>
  expect.objectContaining(
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value: value as string }])),
  ) as unknown;
const session = token();

type Case = [name: string, request: GateRequest, log: string[], result: unknown];

const BEFORE_CASES: Case[] = [
  [
    "before answers itself, without a decision",
    { path: "/old" },
    ["answer before"],
    { statusCode: 301, statusDescription: "Moved", headers: { location: { value: "/new" } } },
  ],
  [
    "before rewrites, and the policy decides about the new path",
    { path: "/shop/a" },
    ["allow public"],
    sent("/public/a"),
  ],
  [
    "the policy decides about the new path, not the old one",
    { path: "/shop/../wiki/page", client: "fetch" },
    ["deny path"],
    expect.objectContaining({ statusCode: 400 }),
  ],
  [
    "a path with dots of before is refused",
    { path: "/before/dots", client: "fetch" },
    ["deny path"],
    expect.objectContaining({ statusCode: 400 }),
  ],
  [
    "before uses a module of the runtime",
    { path: "/before/hash", method: "POST" },
    ["allow public"],
    expect.objectContaining({ headers: withHeaders({ "x-hash": "9dd4e461268c8034f5c8564e155c67a6" }) }),
  ],
  [
    "before cannot change the host that is decided",
    { path: "/before/host" },
    ["deny rule"],
    expect.objectContaining({ statusCode: 403 }),
  ],
  ["nor in place", { path: "/before/host-in-place" }, ["deny rule"], expect.objectContaining({ statusCode: 403 })],
  ["nor the method", { path: "/before/method" }, ["deny rule"], expect.objectContaining({ statusCode: 403 })],
  [
    "a failure of before refuses",
    { path: "/before/throws" },
    ["before: Error: no table", "deny before"],
    expect.objectContaining(FAILED),
  ],
  [
    "nothing from before refuses, whatever the path",
    { path: "/before/.." },
    ["before: Error: it returned no request", "deny before"],
    expect.objectContaining(FAILED),
  ],
  [
    "undefined from before refuses",
    { path: "/before/nothing", client: "fetch" },
    ["before: Error: it returned no request", "deny before"],
    expect.objectContaining({
      ...FAILED,
      body: {
        encoding: "text",
        data: expect.stringMatching(/^\{"status":500,"title":"Something went wrong",.*"requestId":".+"\}$/) as unknown,
      },
    }),
  ],
];

const AFTER_CASES: Case[] = [
  ["after rewrites an allowed request", { path: "/public/a/" }, ["allow public"], sent("/public/a/index.html")],
  [
    "after does not see a refused one",
    { path: "/other/" },
    ["deny rule"],
    expect.objectContaining({ statusCode: 403 }),
  ],
  [
    "after does not see one without a session",
    { path: "/wiki/me", client: "fetch" },
    ["login none"],
    expect.objectContaining({ statusCode: 401 }),
  ],
  [
    "after answers an allowed request",
    { path: "/public/redirect" },
    ["allow public answered"],
    { statusCode: 302, headers: { location: { value: "/public/" } } },
  ],
  [
    "after sees who is signed in, not what the viewer claims",
    { path: "/wiki/me", session, headers: { "X-Gate-User": "mallory" } },
    [`allow session ${ALICE_HEADERS["x-gate-user"]} answered`],
    { statusCode: 302, headers: { location: { value: `/u/${ALICE_HEADERS["x-gate-user"]}` } } },
  ],
  [
    "identity headers of after do not reach the origin",
    { path: "/wiki/forges", session },
    [`allow session ${ALICE_HEADERS["x-gate-user"]}`],
    sent("/wiki/forges", {
      headers: withHeaders({ ...ALICE_HEADERS, "x-forwarded-host": "app.example.com" }),
      cookies: {},
    }),
  ],
  [
    "nor on a public route",
    { path: "/public/forges", session },
    ["allow public"],
    sent("/public/forges", {
      headers: expect.not.objectContaining({ "x-gate-user": expect.anything() as unknown }) as unknown,
      cookies: {},
    }),
  ],
  [
    "a new object from after is taken over, but for the method",
    { path: "/wiki/new", session, query: "a=1" },
    [`allow session ${ALICE_HEADERS["x-gate-user"]}`],
    sent("/app/new", { headers: withHeaders({ ...ALICE_HEADERS, "x-tier": "a" }), querystring: {}, cookies: {} }),
  ],
  [
    "the host stays what was decided",
    { path: "/public/host" },
    ["allow public"],
    sent("/public/host", {
      headers: { host: { value: "app.example.com" }, "x-forwarded-host": { value: "app.example.com" } },
    }),
  ],
  ...(
    [
      ["throws", "Error: no file"],
      ["rejects", "Error: too late"],
      ["nothing", "Error: it returned no request"],
      ["text", "Error: it returned no request"],
      ["no-path", "Error: it returned no request"],
      ["dots", "Error: it returned a path that can be read in two ways"],
    ] as const
  ).map(([path, message]): Case => [
    `${path} in after refuses`,
    { path: `/public/${path}` },
    [`after: ${message}`, "deny after"],
    expect.objectContaining(FAILED),
  ]),
];

const ENGINES = { sandbox: runInSandbox, njs: runInNjs };

function cases(engine: keyof typeof ENGINES): void {
  const run = (site: keyof typeof SITES, request: GateRequest) =>
    ENGINES[engine](SOURCES[site], eventOf(request), storeOf(request));

  const all = [
    ...BEFORE_CASES.map((each) => ["before", ...each] as const),
    ...AFTER_CASES.map((each) => ["after", ...each] as const),
  ];
  test.each(all)("%s: %s", async (site, _, request, log, result) => {
    const seen = await run(site, request);
    expect(seen.result).toEqual(result);
    expect([...seen.log].sort()).toEqual([...log].sort());
    const { headers } = seen.result;
    for (const name of ["x-gate-roles", "x-gate-origin-secret"]) expect(headers).not.toHaveProperty([name]);
  });

  test("both: the policy decides in between", async () => {
    expect((await run("both", { path: "/shop/a" })).result).toEqual(sent("/app/public/a"));
    expect((await run("both", { path: "/app/public/a" })).log).toEqual(["deny rule"]);
  });

  test("after gets the path of the file in a bucket", async () => {
    expect((await run("bucket", { path: "/docs/" })).result).toEqual(
      sent("/docs/index.html", { headers: withHeaders({ "x-path": "/docs/index.html" }) }),
    );
  });
}

describe("in the sandbox", () => cases("sandbox"));
describeWith("njs", "in njs", () => cases("njs"));

describe("a site without functions of its own", () => {
  test("has the gate that knows nothing of them", () => {
    expect(SOURCES.without.startsWith(`${buildGate()}\n`)).toBe(true);
    expect(SOURCES.without).not.toMatch(/it returned no request|Something went wrong|answer /);
    expect(SOURCES.without).not.toMatch(/var [AB]\b/);
  });

  test("has a gate of the size that it had before there were any", () => {
    expect(Buffer.byteLength(buildGate())).toBeLessThanOrEqual(7_082);
  });
});

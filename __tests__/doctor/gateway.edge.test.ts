/** `edgegate doctor` against the shipped bundles, and against gateways with one hole each. */
import { readFileSync } from "node:fs";
import { configSchema } from "../../config/schema";
import { examineGateway } from "../../doctor/gateway/checks";
import type { Finding } from "../../doctor/finding";
import { NoAnswer, type Answer } from "../../doctor/http";
import type { LocalEdge } from "../../local/local-edge";
import { startTestEdge } from "../support/local-edge";
import { TamperedHttp, type Tampering } from "../support/tampered-http";

let edge: LocalEdge;
let http: TamperedHttp;

beforeAll(async () => {
  edge = await startTestEdge();
  http = new TamperedHttp(readFileSync(edge.caFile, "utf8"));
});
afterAll(() => edge?.close());
beforeEach(() => {
  http.tamperings = [];
});

const text = ({ check, status, seen }: Finding): string => `${status} ${check}: ${seen}`;

async function examined(config = edge.config): Promise<Finding[]> {
  const places = await examineGateway(config, http, true);
  return places.flatMap(({ findings }) => findings);
}

test("finds nothing wrong with the shipped gateway", async () => {
  const found = await examined();
  expect(found.filter(({ status }) => status !== "ok")).toEqual([]);
  expect(found.map(({ check }) => check)).toEqual([
    "TLS",
    "HSTS",
    "closed path",
    "closed path",
    "forged session",
    "ambiguous path",
    "public path",
    "me",
    "sign-in main",
    "backchannel-logout/main",
  ]);
});

test("a path without a rule is asked for where the policy has one", async () => {
  const policy = edge.config.policy.filter(({ path }) => path !== "/**");
  http.tamperings = [["/edgegate-doctor/no-rule", () => ({ status: 403 })]];
  expect((await examined({ ...edge.config, policy })).map(text)).toContain("ok path without a rule: denied");
  // The deployed policy still has the rule for everything.
  http.tamperings = [];
  expect((await examined({ ...edge.config, policy })).map(text)).toContainEqual(
    expect.stringMatching(/^problem path without a rule: \/edgegate-doctor\/no-rule\/matches\/this: HTTP 401/),
  );
});

const open: Tampering = () => ({ status: 200, headers: {} });
const location = (change: (url: URL) => void): Tampering => {
  return (answer) => {
    const url = new URL(answer!.headers["location"]!);
    change(url);
    return { headers: { ...answer!.headers, location: url.href } };
  };
};
const forgotten = (name: string) => location((url) => url.searchParams.delete(name));

/** Where the hole is, what it is, and what the doctor says of it. */
const HOLES: [hole: string, part: string, tampering: Tampering, seen: RegExp][] = [
  ["no gate", "/", open, /^problem closed path: \/ without a session: HTTP 200/],
  [
    "a gate that redirects elsewhere",
    "/",
    () => ({ status: 302, headers: { location: "/elsewhere" } }),
    /^problem closed path: \/ without a session: HTTP 302/,
  ],
  [
    "open to scripts only",
    "/",
    (answer, { headers = {} }) => (headers["sec-fetch-mode"] === "cors" ? { status: 200 } : answer!),
    /^problem closed path: \/ without a session, from a script: HTTP 200/,
  ],
  [
    "a forged session passes",
    "/",
    (answer, { headers = {} }) => (headers["cookie"] === undefined ? answer! : { status: 200 }),
    /^problem forged session: /,
  ],
  ["ambiguous paths pass", "%00", open, /^problem ambiguous path: HTTP 200/],
  [
    "a public path is closed",
    "/public",
    () => ({ status: 302, headers: { location: "/_gate/login?return_to=%2Fpublic" } }),
    /^problem public path: \/public needs a session/,
  ],
  ["a broken origin", "/public", () => ({ status: 502 }), /^warning public path: \/public: HTTP 502/],
  ["no HSTS", "/_gate/me", (answer) => ({ ...answer!, headers: {} }), /^problem HSTS: /],
  [
    "a failing handler",
    "/_gate/me",
    (answer) => ({ status: 503, headers: { ...answer!.headers, "x-amz-cf-id": "abc" } }),
    /^problem me: HTTP 503 \(request abc\)/,
  ],
  ["a failing sign-in", "/_gate/login", () => ({ status: 503, headers: {} }), /^problem sign-in main: HTTP 503/],
  [
    "another client",
    "/_gate/login",
    location((url) => url.searchParams.set("client_id", "other")),
    /^problem sign-in main: sends people to the provider as the client "other"/,
  ],
  [
    "another redirect URI",
    "/_gate/login",
    location((url) => url.searchParams.set("redirect_uri", "https://old.example.com/")),
    /^problem sign-in main: the redirect URI is "https:\/\/old\.example\.com\/", not https:/,
  ],
  ...["state", "nonce", "code_challenge_method"].map((name): [string, string, Tampering, RegExp] => [
    `no ${name}`,
    "/_gate/login",
    forgotten(name),
    /^problem sign-in main: state, nonce or PKCE is missing/,
  ]),
  ["no flow cookie", "/_gate/login", () => ({ setCookies: [] }), /^problem sign-in main: the flow cookie/],
  ...["Secure", "HttpOnly", "SameSite=Lax"].map((attribute): [string, string, Tampering, RegExp] => [
    `a flow cookie without ${attribute}`,
    "/_gate/login",
    (answer) => ({ setCookies: answer!.setCookies.map((cookie) => cookie.replace(`; ${attribute}`, "")) }),
    /^problem sign-in main: the flow cookie/,
  ]),
  [
    "a web ACL that blocks pushes",
    "/backchannel-logout/",
    () => ({ status: 403 }),
    /^problem backchannel-logout\/main: HTTP 403/,
  ],
  [
    "no answer at all",
    "/",
    () => new NoAnswer("it closed the connection"),
    /^problem answer: it closed the connection/,
  ],
];

test.each(HOLES)("%s", async (_hole, part, tampering, seen) => {
  http.tamperings = [[part, tampering]];
  const wrong = (await examined()).filter(({ status }) => status !== "ok");
  expect(wrong.map(text)).toContainEqual(expect.stringMatching(seen));
  for (const { status, fix } of wrong) if (status === "problem") expect(fix).toBeTruthy();
});

test("events and client keys are asked for if the config has them", async () => {
  const main = edge.config.identityProviders["main"]!;
  const config = {
    ...edge.config,
    identityProviders: { main: { ...main, clientAuthentication: { method: "private_key_jwt" as const } } },
    eventTransmitters: configSchema.shape.eventTransmitters.parse({
      corp: { issuer: "https://x.example", audience: "x", jwksUri: "https://x.example/keys" },
    }),
  };
  const answers: [string, Answer["status"], string][] = [
    ["/events/corp", 400, "{}"],
    ["/jwks.json", 200, '{"keys":[{}]}'],
  ];
  http.tamperings = answers.map(([part, status, body]) => [part, () => ({ status, body })]);
  const found = (await examined(config)).map(text);
  expect(found).toContain("ok events/corp: refuses what is no token");
  expect(found).toContain("ok jwks.json: 1 key");
  http.tamperings = [["/jwks.json", () => ({ status: 200, body: '{"keys":[]}' })]];
  expect((await examined(config)).map(text)).toContainEqual(expect.stringMatching(/^problem jwks\.json: HTTP 200/));
});

describe("servers behind the gateway", () => {
  const config = configSchema.parse({
    name: "wiki",
    domain: "wiki.invalid",
    hostedZoneId: "Z0123456789ABCDEFGHIJ",
    identityProviders: { main: { issuer: "https://login.example.com", clientId: "wiki" } },
    origin: { type: "custom", domainName: "origin.example.com", httpsPort: 8443, path: "/app", secretHeader: true },
    behaviors: [{ path: "/assets/*", origin: { type: "s3" } }],
    policy: [{ path: "/**", allow: "signed-in" }],
  });
  const ORIGIN = "https://origin.example.com:8443/app/";

  test.each<[string, Partial<Answer> | NoAnswer, string]>([
    [
      "answers",
      { status: 200 },
      `problem origin: ${ORIGIN} answers anybody (HTTP 200): people can go around the gateway`,
    ],
    [
      "redirects",
      { status: 302 },
      `problem origin: ${ORIGIN} answers anybody (HTTP 302): people can go around the gateway`,
    ],
    [
      "has nothing there",
      { status: 404 },
      `warning origin: ${ORIGIN} answers anybody (HTTP 404); other paths may be open`,
    ],
    ["refuses", { status: 403 }, `ok origin: ${ORIGIN} refuses strangers (HTTP 403)`],
    ["is out of reach", new NoAnswer("no route"), `ok origin: ${ORIGIN} does not answer from here: no route`],
  ])("one that %s", async (_name, answer, seen) => {
    http.tamperings = [["origin.example.com", () => answer]];
    const places = await examineGateway(config, http, false);
    expect(places.find(({ place }) => place === "origins")?.findings.map(text)).toEqual([seen]);
  });

  test("a host that is not in DNS is one problem, and nothing else is tried", async () => {
    http.tamperings = [["origin.example.com", () => new NoAnswer("no route")]];
    const [host] = await examineGateway(config, http, false);
    expect(host?.place).toBe("wiki.invalid");
    expect(host?.findings.map(text).filter((line) => line.startsWith("problem"))[0]).toBe("problem name: not in DNS");
    expect(host?.findings.map(({ check }) => check)).not.toContain("closed path");
  });
});

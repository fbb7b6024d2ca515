import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, parseConfig, type ConfigProblem } from "../../config/load";
import { MISTAKES } from "../support/config-mistakes";
import { SMALL } from "../support/small-config";
import { LOGO_URL } from "../support/images/images";
import { EVERYTHING } from "../support/configs";

function problemsOf(input: unknown): readonly ConfigProblem[] {
  try {
    parseConfig(input);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("a mistake is reported with its path and with what to write", () => {
  test.each(MISTAKES.map(([written, path, message]) => [path, message, written] as const))(
    "%s: %s",
    (path, message, written) => {
      expect(problemsOf({ ...SMALL, ...written })).toEqual([{ path, message }]);
    },
  );

  test.each([undefined, null, "wiki", 42, true, [], () => SMALL])("a config that is %p", (input) => {
    expect(problemsOf(input)).toEqual([{ path: "", message: "write an object: export default defineConfig({ … })" }]);
  });

  test("all mistakes are reported together, in the order of the schema", () => {
    const found = problemsOf({
      name: "Wiki!",
      domain: "wiki",
      identityProviders: { main: { issuer: "http://login.example.com", clientId: "" } },
      origin: { type: "ftp" },
      policy: [
        { path: "admin", allow: "everybody" },
        { path: "/a/", methods: [], allow: { roles: [] } },
      ],
      session: { idle: 1, token: 2 },
      waff: {},
      themes: {},
    });
    expect(found.map(({ path }) => path)).toEqual([
      ...["name", "domain", "identityProviders.main.issuer", "identityProviders.main.clientId", "origin.type"],
      ...["policy[0].path", "policy[0].allow", "policy[1].path", "policy[1].methods", "policy[1].allow.roles"],
      ...["session.idle", "session.token", "waff", "themes"],
    ]);
  });

  test("all contradictions are reported together", () => {
    const found = problemsOf({
      ...SMALL,
      hostedZoneId: undefined,
      alternateDomains: ["wiki.example.com"],
      session: { absolute: "10m", idle: "20m", token: "30m" },
      behaviors: [{ path: "/_gate/x", origin: { type: "s3" } }],
      policy: [
        { host: "other.example.com", path: "/a", allow: "public" },
        { path: "/_gate/**", allow: "public" },
      ],
    });
    expect(found.map(({ path }) => path)).toEqual([
      ...[
        "session.token",
        "session.idle",
        "alternateDomains[0]",
        "certificateArn",
        "policy[0].host",
        "policy[1].path",
        "behaviors[0].path",
      ],
    ]);
  });
});

describe("a config without a mistake", () => {
  test("that says little gets safe defaults", () => {
    expect(parseConfig(SMALL)).toEqual({
      ...SMALL,
      origin: { type: "s3", index: "index.html", spa: false },
      accessTokens: {},
      alternateDomains: [],
      requirements: {},
      tests: [],
      basePath: "/_gate",
      distribution: "managed",
      originSecret: { rotationDays: 90, send: false },
      identityProviders: {
        main: {
          profile: "generic",
          issuer: "https://login.example.com",
          clientId: "wiki",
          clientAuthentication: "none",
          pushedAuthorizationRequests: false,
          dpop: false,
          roles: {},
        },
      },
      eventTransmitters: {},
      behaviors: [],
      session: {
        absolute: 28_800,
        idle: 3600,
        token: 900,
        onReuse: "revoke-session",
        deviceBound: "off",
        keyRotationDays: 30,
      },
      identityHeaders: {},
      theme: { accentColor: "#2456c7", languages: ["en", "de", "fr", "es"], texts: {} },
      waf: {
        mode: "block",
        groups: ["ip-reputation", "known-bad-inputs", "common"],
        overrides: {},
        exempt: [],
        rateLimits: {},
        allow: [],
        block: [],
        botControl: false,
      },
      hostedZones: {},
      manageDns: true,
      overwriteDns: false,
      attachDomains: true,
      redirectHosts: [],
      iam: { rolePath: "/" },
      logRetentionDays: 90,
      storeAccessAlarm: false,
      dashboard: true,
      reserveConcurrency: true,
      deletionProtection: true,
      tags: {},
    });
  });

  test("that says everything keeps what it says", () => {
    const config = parseConfig(EVERYTHING);
    expect(config).toMatchObject({
      ...EVERYTHING,
      behaviors: JSON.parse(JSON.stringify(EVERYTHING.behaviors).replace(/"(\d+)s"/g, "$1")) as object[],
      tests: JSON.parse(JSON.stringify(EVERYTHING.tests).replace('"20m"', "1200")) as object[],
      signInHook: { ...EVERYTHING.signInHook, timeout: 1 },
      theme: { ...EVERYTHING.theme, logo: LOGO_URL, favicon: LOGO_URL },
      // The requirement with this name.
      policy: EVERYTHING.policy.map((rule) =>
        JSON.stringify(rule.allow) === '{"require":"operators"}'
          ? { ...rule, allow: EVERYTHING.requirements!["operators"] }
          : rule,
      ),
      // Functions of the event, without comments and indentation.
      viewerRequest: {
        before: "function(event){return (function(request){return request;})(event.request)}",
        after: expect.stringMatching(
          /^function\(event\)\{return \(function\(\)\{const c=require\("crypto"\);function handler\(event\)\{event\.request\.headers/,
        ) as string,
      },
      session: {
        absolute: 43_200,
        idle: 7200,
        token: 300,
        onReuse: "revoke-user",
        deviceBound: "if-supported",
        keyRotationDays: 7,
      },
    });
  });

  test("may name the file of a function", () => {
    const folder = mkdtempSync(join(tmpdir(), "edgegate-function-"));
    try {
      const file = join(folder, "rewrite.js");
      writeFileSync(file, "function handler(event) {\n  return event.request; // all\n}\n");
      expect(parseConfig({ ...SMALL, viewerRequest: { after: { file } } }).viewerRequest).toEqual({
        after: "(function handler(event){return event.request;})",
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ["90s", 90],
    ["15m", 900],
    ["1h", 3600],
  ])("that says %s means %d seconds", (token, seconds) => {
    expect(parseConfig({ ...SMALL, session: { token } }).session.token).toBe(seconds);
  });

  test.each<[string, object]>([
    [
      "the root and everything",
      {
        policy: [
          { path: "/", allow: "public" },
          { path: "/index.html", allow: "public" },
          { path: "/**", allow: "signed-in" },
        ],
      },
    ],
    [
      "odd but unambiguous paths",
      {
        policy: [
          { path: "/.well-known/**", allow: "public" },
          { path: "/~a_b-c.d/*/.../**", allow: "public" },
        ],
      },
    ],
    ["a host of the local edge", { domain: "wiki.localhost:8443", hostedZoneId: undefined }],
    [
      "a certificate and no zone",
      {
        hostedZoneId: undefined,
        certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/0a1b2c3d-0000-1111-2222-333344445555",
      },
    ],
    ["lifetimes that are equal", { session: { absolute: "1h", idle: "1h", token: "1h" } }],
    ["a behavior beside the base path", { behaviors: [{ path: "/_gateway/*", origin: { type: "s3" } }] }],
    [
      "a behavior that meets a rule in part",
      { behaviors: [{ path: "/a*", origin: { type: "s3" } }], policy: [{ path: "/a/**", allow: "public" }] },
    ],
    [
      "a behavior for an area's root",
      { behaviors: [{ path: "/a", origin: { type: "s3" } }], policy: [{ path: "/a/**", allow: "public" }] },
    ],
    [
      "a behavior behind a wildcard rule",
      { behaviors: [{ path: "/a/*", origin: { type: "s3" } }], policy: [{ path: "/*/b/**", allow: "public" }] },
    ],
  ])("may have %s", (_, more) => {
    expect(problemsOf({ ...SMALL, ...more })).toEqual([]);
  });
});

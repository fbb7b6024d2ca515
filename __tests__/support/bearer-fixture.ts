/**
 * The shipped handler of API behaviors between a cache, issuers of access tokens and AWS: its zip on the Lambda runtime's
 * Node, real origin-request events, and a clock that tests can move.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { SignJWT, type JWTPayload } from "jose";
import { startClock, type Clock } from "../../bench/clock";
import { buildHandlerZip } from "../../build/handler";
import { startAwsEmulator, type AwsEmulator } from "../../local/aws-emulator";
import type { LambdaResponse } from "../../local/cloudfront-events";
import { startLambda } from "../../local/lambda";
import { createLedgerTables } from "../../local/ledger-tables";
import { originRequestEvent } from "../../local/origin-events";
import type { AccessTokenIssuer, BearerParameter, BearerSettings } from "../../session/access-tokens";
import { settingsParameterName } from "../../session/settings";
import { expectAuditEvents } from "./audit-events";
import { localhostCertificate } from "./certificates";
import { IdpEmulator } from "./idp/emulator";
import type { SigningKey } from "./idp/keys";
import { lambdaNode, PATIENCE } from "./tools";

export const AUDIENCE = "https://api.example.com";
export const FUNCTION_NAME = "example-bearer";
export const ASSERTION_KEYS = "edgegate/example/assertion";
export const TABLES = { sessionsTable: "example-sessions", revocationsTable: "example-revocations" };
/** One flat JSON object of codes, IDs and numbers. */
const LOG_LINE = /^\{("\w+":("[\w =:./-]*"|[0-9]+),?)+\}$/;

export interface Asked {
  /** In the Authorization header, after `Bearer `; undefined for none. */
  token?: string | undefined;
  /** What the gate says; null for no header. */
  required?: string | null;
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  address?: string;
}

export interface Answer {
  requestId: string;
  /** Undefined if the request goes on to the origin. */
  status: number | undefined;
  /** Of the request for the origin, or of the response. */
  headers: Record<string, string>;
  body: string;
}

export interface BearerEnvironment {
  readonly aws: AwsEmulator;
  readonly issuer: IdpEmulator;
  /** Another issuer, which the settings do not know unless a test names it. */
  readonly stranger: IdpEmulator;
  readonly clock: Clock;
  readonly settings: BearerSettings;
  publish(settings: Partial<BearerSettings>): void;
  /** The claims of an honest token. */
  claims(more?: JWTPayload): JWTPayload;
  /** An honest token, with what is said otherwise; a header member that is undefined is left out. */
  token(more?: JWTPayload, header?: Record<string, unknown>, key?: SigningKey): Promise<string>;
  ask(request: Asked): Promise<Answer>;
  logs(): string;
  /** The log line about a request that was refused. */
  lineAbout(answer: Answer): Promise<Record<string, unknown>>;
  coldStart(): Promise<void>;
  /** @throws Error if the log holds a token */
  close(): Promise<void>;
}

const folder = mkdtempSync(join(tmpdir(), "edgegate-bearer-"));
afterAll(() => rmSync(folder, { recursive: true }));

export async function startBearer(
  issuers: (issuer: IdpEmulator, stranger: IdpEmulator) => Record<string, Partial<AccessTokenIssuer>> = () => ({
    main: {},
  }),
  more: Partial<BearerSettings> = {},
): Promise<BearerEnvironment> {
  const zip = join(folder, "bearer.zip");
  writeFileSync(zip, buildHandlerZip("edge-handlers/bearer/cloudfront.ts"));
  const runFolder = mkdtempSync(join(folder, "run-"));
  const clock = startClock(runFolder);
  const certificate = await localhostCertificate();
  const certificateFile = join(runFolder, "trusted.pem");
  writeFileSync(certificateFile, certificate.cert);
  const [aws, issuer, stranger] = await Promise.all([
    startAwsEmulator(undefined, clock.now),
    IdpEmulator.start({ certificate, now: clock.now }),
    IdpEmulator.start({ certificate, now: clock.now }),
  ]);
  const tokens = new Set<string>();
  let settings: BearerSettings = {
    version: 1,
    hosts: ["app.example.com"],
    issuers: Object.fromEntries(
      Object.entries(issuers(issuer, stranger)).map(([id, rules]) => [
        id,
        { issuer: issuer.issuer, audience: [AUDIENCE], ...rules },
      ]),
    ),
    identityHeaders: [["x-gate-department", "department"]],
    severalProviders: true,
    behaviors: [["/api/*", {}]],
    ...more,
  };
  const publish = (changed: Partial<BearerSettings>) => {
    settings = { ...settings, ...changed };
    const assertionKeysSecret = settings.assertion === undefined ? undefined : ASSERTION_KEYS;
    const parameter: BearerParameter = { ...settings, aws: { ...TABLES, assertionKeysSecret } };
    aws.parameters.set(settingsParameterName(FUNCTION_NAME), JSON.stringify(parameter));
  };
  publish({});
  await createLedgerTables(aws.endpoint, TABLES);
  const start = () =>
    startLambda({
      zip,
      functionName: `us-east-1.${FUNCTION_NAME}`,
      node: lambdaNode(),
      isUninitialized: true,
      patience: () => PATIENCE,
      env: { ...clock.env, AWS_ENDPOINT_URL: aws.endpoint, NODE_EXTRA_CA_CERTS: certificateFile },
    });
  let lambda = await start();
  let earlier = "";
  const logs = () => earlier + lambda.logs();
  const claims = (changed: JWTPayload = {}): JWTPayload => ({
    iss: issuer.issuer,
    sub: "caller",
    aud: AUDIENCE,
    iat: clock.now() - 10,
    exp: clock.now() + 600,
    client_id: "client",
    jti: "token-1",
    ...changed,
  });
  return {
    aws,
    issuer,
    stranger,
    clock,
    get settings() {
      return settings;
    },
    publish,
    claims,
    async token(changed = {}, header = {}, key = issuer.key) {
      const honest = { alg: key.alg, kid: key.kid, typ: "at+jwt", ...header };
      const members = Object.entries(honest).filter(([, value]) => value !== undefined);
      return new SignJWT(claims(changed))
        .setProtectedHeader(Object.fromEntries(members) as { alg: string })
        .sign(key.privateKey);
    },
    async ask({ token, required = "+", method = "GET", path = "/api/orders", headers = {}, address = "192.0.2.1" }) {
      if (token !== undefined && token.length > 20) tokens.add(token);
      const id = `${randomBytes(20).toString("base64url")}==`;
      const all: [string, string][] = [
        ["host", "api.internal.example.com"],
        ["x-forwarded-host", "app.example.com"],
        ...(required === null ? [] : ([["x-gate-requirement", `${required} ${path} ${path}`]] as [string, string][])),
        ...(token === undefined ? [] : ([["authorization", `Bearer ${token}`]] as [string, string][])),
        ...Object.entries(headers),
      ];
      const request = { id, method, path, query: "a=1", headers: all, body: Buffer.alloc(0) };
      const result = (await lambda.invoke(
        originRequestEvent({ ...request, clientIp: address }, "api.internal"),
      )) as Partial<LambdaResponse & { uri: string; querystring: string }>;
      const flat = Object.entries(result.headers ?? {}).map(([name, values]) => [
        name,
        values.map(({ value }) => value).join(", "),
      ]);
      if (result.status === undefined) expect(result).toMatchObject({ uri: path, querystring: "a=1", method });
      return {
        requestId: id,
        status: result.status === undefined ? undefined : Number(result.status),
        headers: Object.fromEntries(flat) as Record<string, string>,
        body: result.body ?? "",
      };
    },
    logs,
    async lineAbout({ requestId }) {
      // The answer of the process may overtake what it wrote.
      for (let tries = 0; tries < 1_000 && !logs().includes(requestId); tries++) await setTimeout(10);
      const line = logs()
        .split("\n")
        .find((text) => text.includes(requestId));
      const { requestId: _, ...rest } = JSON.parse(line ?? "{}") as Record<string, unknown>;
      return rest;
    },
    async coldStart() {
      await lambda.close();
      earlier = logs();
      lambda = await start();
    },
    async close() {
      await Promise.all([lambda.close(), issuer.stop(), stranger.stop(), aws.close()]);
      const lines = logs().split("\n").filter(Boolean);
      expect(lines.filter((line) => !LOG_LINE.test(line))).toEqual([]);
      expectAuditEvents("bearer", logs());
      for (const token of tokens) expect(logs()).not.toContain(token.slice(-20));
    },
  };
}

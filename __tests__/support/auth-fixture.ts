/**
 * The shipped auth handler between a browser, an identity provider and AWS: its zip on the Lambda runtime's Node, real
 * viewer-request events, and a clock that tests can move. Every response is held to CloudFront's rules, and neither a
 * page nor the log may hold a secret that anyone here saw.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { buildHandlerZip } from "../../build/handler";
import { startAwsEmulator, type AwsEmulator } from "../../local/aws-emulator";
import { startLambda } from "../../local/lambda";
import { createLedgerTables } from "../../local/ledger-tables";
import { RETURN_COOKIE, SIGN_INS_COOKIE } from "../../session/cookies";
import type { SessionKeys } from "../../session/keys";
import { METADATA_PATH } from "../../session/resource-metadata";
import { LEDGER_RETENTION, type LedgerSession } from "../../ledger/records";
import { settingsParameterName, type AuthParameter, type IdentityProviderSettings } from "../../session/settings";
import { NO_FLOOR } from "../../session/shard";
import type { Session } from "../../session/token";
import { expectAuditEvents } from "./audit-events";
import { createBrowser, type Browser } from "./browser-emulator";
import { localhostCertificate, type Certificate } from "./certificates";
import { startClock, type Clock } from "../../bench/clock";
import { readEdgeResponse, viewerRequestEvent, type EdgeResponse, type ViewerRequest } from "./cloudfront-event";
import { parseSetCookie } from "./cookie-jar";
import { IdpEmulator, type EmulatorOptions } from "./idp/emulator";
import { mint, readToken, uidOf } from "./session-tokens";
import { SLOW_ANSWER } from "./idp/faults";
import { openLedger, type LedgerFixture } from "./ledger-fixture";
import { startRounds } from "./rounds";
import { SecretIndex } from "./secret-search";
import { startSlowAnswers, type SlowAnswers } from "./slow-answers";
import { lambdaNode, PATIENCE } from "./tools";

export const HOST = "app.example.com";
const FUNCTION_NAME = "example-auth";
/**
 * One flat JSON object of codes, ids and numbers: no message of a library, no warning, no crash that no request told
 * of.
 */
const LOG_LINE = /^\{(("address":"[0-9a-f.:]+"|"\w+":("[\w =:-]*"|"jwks\.json"|"client\.js"|[0-9]+)),?)+\}$/;
const KEYS_SECRET = "example/session-keys";
/** Prefix of the names of client secrets. */
const CLIENT_SECRET_PREFIX = "example/client-secret/";
const MINTED_SID = "s".repeat(16);

export interface AuthOptions {
  settings?: Partial<AuthParameter>;
  /** Settings of the identity provider `main`. */
  idp?: Partial<IdentityProviderSettings>;
  emulator?: Partial<EmulatorOptions>;
  /** Adds a second identity provider, `other`. */
  withOtherIdp?: boolean;
  /** The handler does not know the certificate of the identity provider. */
  untrustedCertificate?: boolean;
  /** The client's private keys at the identity provider `main` (PEM), for `private_key_jwt` without KMS. */
  pem?: string;
  /** Runs in another region's replica. */
  functionNamePrefix?: string;
  /** AWS can be made to answer slowly. */
  withSlowAnswers?: boolean;
  /** Initializes the handler. Otherwise it starts as if that had failed: it has fetched nothing. */
  withInitialization?: boolean;
  /** Called before the handler starts. */
  prepare?: (environment: {
    aws: AwsEmulator;
    idp: IdpEmulator;
    settings: AuthParameter;
    /** For a server that the handler trusts. */
    certificate: Certificate;
  }) => void;
}

export interface AuthEnvironment {
  readonly aws: AwsEmulator;
  /** See slow-answers.ts; nothing comes of it without the option. */
  readonly delays: SlowAnswers["delays"];
  readonly idp: IdpEmulator;
  /** The second identity provider, where there is one. */
  readonly otherIdp: IdpEmulator | undefined;
  /** The clock of everything: the handler, the identity provider, browsers and writers of the ledger. */
  readonly clock: Clock;
  /** Puts the handler's own clock ahead of everybody else's, or behind (negative seconds). */
  shiftHandler(seconds: number): void;
  /**
   * Makes the handler's limits, and the slow answers of the identity provider, so many times longer than in Lambda. For
   * tests of what happens when a limit is reached: all others leave the handler {@link PATIENCE}.
   */
  scaleTime(factor: number): void;
  readonly settings: AuthParameter;
  readonly keys: SessionKeys;
  /** Holds the session that `mint` names unless told otherwise. */
  readonly ledger: LedgerFixture;
  /** All that the handler wrote. */
  logs(): string;
  /** The log lines about a request. */
  logLines(response: EdgeResponse): Promise<Record<string, unknown>[]>;
  /** How many calls the handler waits for, one after the other, until it answers. Needs `withSlowAnswers`. */
  countRounds(request: () => Promise<EdgeResponse>): Promise<{ rounds: number; response: EdgeResponse }>;
  /** Puts a new process in the handler's place: nothing is cached any more. */
  coldStart(): Promise<void>;
  browser(): Browser;
  invoke(request: Omit<ViewerRequest, "requestId">): Promise<EdgeResponse>;
  /** The session in a token. @throws Error when the gate would not believe the token */
  readToken(token: string | undefined): Session;
  /** The id that the gateway gives to a subject of the identity provider `main`. */
  uid(subject: string): string;
  /** A session token as the handler would mint it, with whatever is in `session`. */
  mint(session: Partial<Session>): string;
  /** Puts the session keys where the handler finds them. */
  publishKeys(keys: SessionKeys): void;
  /** Puts the settings where the handler finds them. */
  publishSettings(settings: AuthParameter): void;
  /** Notes a value that no page and no log may hold, and returns it. */
  secret(value: string): string;
  /** Stops everything. @throws Error when the log holds a secret */
  close(): Promise<void>;
}

// At import, where hooks may be defined; this one runs before those of the test file, while handlers may still run.
const folder = mkdtempSync(join(tmpdir(), "edgegate-auth-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The zip that Terraform would deploy, built once a test file. */
const handlerZip = once(() => {
  const zip = join(folder, "auth.zip");
  writeFileSync(zip, buildHandlerZip("edge-handlers/auth/cloudfront.ts"));
  return zip;
});
const trustedCertificate = once(localhostCertificate);

/** An environment of its own: nothing is cached in it, and its clock shows the machine's time. */
export async function startAuth(options: AuthOptions = {}): Promise<AuthEnvironment> {
  const runFolder = mkdtempSync(join(tmpdir(), "edgegate-run-"));
  const everybody = startClock(runFolder);
  const handlerFolder = join(runFolder, "handler");
  mkdirSync(handlerFolder);
  const handlerClock = startClock(handlerFolder);
  const clock: Clock = {
    ...everybody,
    env: handlerClock.env,
    advance: (seconds) => [everybody, handlerClock].forEach((each) => each.advance(seconds)),
  };
  let shift = 0;
  const certificate = await trustedCertificate();
  const emulator = {
    certificate: options.untrustedCertificate ? await localhostCertificate() : certificate,
    now: clock.now,
    ...options.emulator,
  };
  const [aws, idp, otherIdp] = await Promise.all([
    startAwsEmulator(undefined, clock.now),
    IdpEmulator.start(emulator),
    options.withOtherIdp ? IdpEmulator.start(emulator) : undefined,
  ]);
  const idps = otherIdp ? { main: idp, other: otherIdp } : { main: idp };

  const settings: AuthParameter = {
    version: 1,
    basePath: "/_gate",
    hosts: [HOST, "www.example.com"],
    session: { absolute: 8 * 3600, idle: 3600, token: 900 },
    identityProviders: Object.fromEntries(
      Object.entries(idps).map(([id, provider]) => [id, { ...providerSettings(id, provider), ...options.idp }]),
    ),
    eventTransmitters: {},
    onReuse: "revoke-session",
    claims: ["department"],
    theme: { productName: "Example", accentColor: "#2456c7", support: "mailto:help@example.com" },
    aws: {
      sessionKeysSecret: KEYS_SECRET,
      clientSecretPrefix: CLIENT_SECRET_PREFIX,
      sessionsTable: "example-sessions",
      revocationsTable: "example-revocations",
      revocationQueue: "example-revocations",
      signOutQueue: "example-sign-outs",
    },
    ...options.settings,
  };
  const keys: SessionKeys = { current: "k1", keys: { k1: newMasterKey() } };
  let patience = PATIENCE;
  const secrets = new SecretIndex();
  const awsSecret = secret(randomBytes(20).toString("hex"));

  publishSettings(settings);
  publishKeys(keys);
  await createLedgerTables(aws.endpoint, settings.aws);
  const ledger = openLedger(aws.endpoint, settings.aws, clock.now, ledgerSession);
  await ledger.open({});
  aws.requests.length = 0;
  for (const [id, { clientSecret }] of Object.entries(idps))
    if (clientSecret) aws.secrets.set(secretName(id), clientSecret);
  if (options.pem !== undefined) aws.secrets.set(secretName("main"), options.pem);
  options.prepare?.({ aws, idp, settings, certificate });
  const certificateFile = join(runFolder, "trusted.pem");
  writeFileSync(certificateFile, certificate.cert);
  const start = () =>
    startLambda({
      zip: handlerZip(),
      functionName: (options.functionNamePrefix ?? "") + FUNCTION_NAME,
      node: lambdaNode(),
      isUninitialized: !options.withInitialization,
      patience: () => patience,
      env: {
        ...clock.env,
        AWS_ENDPOINT_URL: slow?.endpoint ?? aws.endpoint,
        AWS_SECRET_ACCESS_KEY: awsSecret,
        NODE_EXTRA_CA_CERTS: certificateFile,
      },
    });
  const slow = options.withSlowAnswers ? await startSlowAnswers(aws.endpoint) : undefined;
  let lambda = await start();
  let earlierLogs = "";
  const environment: AuthEnvironment = {
    aws,
    delays: slow?.delays ?? new Map<string, number>(),
    idp,
    otherIdp,
    clock,
    shiftHandler,
    scaleTime,
    settings,
    keys,
    ledger,
    logs,
    logLines,
    countRounds,
    coldStart,
    browser,
    invoke,
    readToken: (token) => readToken(token, keys),
    uid,
    mint: mintSession,
    publishKeys,
    publishSettings,
    secret,
    close,
  };
  return environment;

  function shiftHandler(seconds: number): void {
    handlerClock.advance(seconds - shift);
    shift = seconds;
  }

  function scaleTime(factor: number): void {
    patience = factor;
    for (const provider of Object.values(idps)) provider.slowAnswer = SLOW_ANSWER * factor;
  }

  function publishSettings(value: AuthParameter): void {
    aws.parameters.set(settingsParameterName(FUNCTION_NAME), JSON.stringify(value));
  }

  function publishKeys(value: SessionKeys): void {
    Object.values(value.keys).forEach(secret);
    aws.secrets.set(KEYS_SECRET, JSON.stringify(value));
  }

  function logs(): string {
    return earlierLogs + lambda.logs();
  }

  async function countRounds(request: () => Promise<EdgeResponse>) {
    const rounds = startRounds();
    const all = [slow!, ...Object.values(idps)];
    for (const each of all) each.hold = rounds.hold;
    const response = await request();
    for (const each of all) each.hold = undefined;
    return { rounds: rounds.count(), response };
  }

  async function coldStart(): Promise<void> {
    await lambda.close();
    earlierLogs = logs();
    lambda = await start();
  }

  async function logLines({ requestId }: EdgeResponse): Promise<Record<string, unknown>[]> {
    // The answer of the process may overtake what it wrote.
    for (let tries = 0; tries < 1_000 && !logs().includes(requestId); tries++) await setTimeout(10);
    const lines = logs()
      .split("\n")
      .filter((line) => line.includes(requestId));
    return lines.map((line) => JSON.parse(line.slice(line.indexOf("{"))) as Record<string, unknown>);
  }

  function browser(): Browser {
    return createBrowser({ invoke, now: clock.now, authorize });
  }

  function authorize(url: string): string {
    const provider = Object.values(idps).find(({ issuer }) => new URL(issuer).origin === new URL(url).origin);
    if (!provider) throw new Error(`no identity provider is at ${url}`);
    return provider.authorize(url);
  }

  async function invoke(request: Omit<ViewerRequest, "requestId">): Promise<EdgeResponse> {
    const numbered = { host: HOST, ...request, requestId: `${randomBytes(20).toString("base64url")}==` };
    const response = readEdgeResponse(await lambda.invoke(viewerRequestEvent(numbered)), numbered);
    for (const setCookie of response.headers["set-cookie"] ?? []) {
      const { name, value } = parseSetCookie(setCookie);
      // Times of sign-ins are in the log as the times of its lines, and a page names the way back.
      if (name !== SIGN_INS_COOKIE && name !== RETURN_COOKIE && value) secret(value);
    }
    if (
      !/\bno-store\b/.test(response.headers["cache-control"]?.join() ?? "") &&
      !(response.status === 200 && isPublic(numbered.url))
    )
      throw new Error(`${numbered.url}: the response may be cached`);
    const leaked = leaks(response.body);
    if (leaked.length > 0) throw new Error(`${numbered.url}: the body holds ${leaked.join(", ")}`);
    return response;
  }

  function uid(subject: string): string {
    return uidOf(idp.issuer, subject);
  }

  function mintSession(changes: Partial<Session>): string {
    const now = clock.now();
    const session: Session = {
      uid: uid("alice"),
      sid: MINTED_SID,
      issuedAt: now,
      expiresAt: now + 900,
      mark: 0,
      floor: NO_FLOOR,
      authTime: now,
      idp: "main",
      strength: "",
      roles: [],
      email: "",
      claims: {},
      ...changes,
    };
    return secret(mint(session, keys));
  }

  function ledgerSession(): LedgerSession {
    const now = clock.now();
    const endsAt = now + settings.session.absolute;
    return {
      uid: uid("alice"),
      sid: MINTED_SID,
      idp: "main",
      email: "",
      startedAt: now,
      mark: 0,
      gatewayMark: 0,
      renewedAt: now,
      generation: 0,
      address: "203.0.113.178",
      userAgent: "",
      endsAt,
      expiresAt: endsAt + LEDGER_RETENTION,
    };
  }

  function secret(value: string): string {
    secrets.add(value);
    return value;
  }

  function leaks(text: string): string[] {
    for (const { secretsSeen } of Object.values(idps)) for (const value of secretsSeen) secrets.add(value);
    return secrets.partsIn(text);
  }

  async function close(): Promise<void> {
    await lambda.close();
    ledger.close();
    rmSync(runFolder, { recursive: true });
    await Promise.all([aws.close(), slow?.close(), ...Object.values(idps).map((provider) => provider.stop())]);
    const leaked = leaks(logs());
    if (leaked.length > 0) throw new Error(`the log holds ${leaked.join(", ")}`);
    const strange = logs()
      .split("\n")
      .filter((line) => line && !LOG_LINE.test(line));
    expectAuditEvents("auth", logs());
    if (strange.length > 0) throw new Error(`the handler wrote ${strange.join("\n")}`);
  }
}

/** What one test makes a handler remember, another must not find: starts one for `body` and stops it. */
export async function withAuth(
  options: AuthOptions,
  body: (environment: AuthEnvironment) => Promise<void>,
): Promise<void> {
  const environment = await startAuth(options);
  try {
    await body(environment);
  } finally {
    await environment.close();
  }
}

/** The answers that are the same for everybody. */
function isPublic(url: string): boolean {
  const path = url.split("?")[0]!;
  return /^\/\w+\/(jwks\.json|client\.js)$/.test(path) || path.startsWith(METADATA_PATH);
}

/** 32 random bytes, as the key rotator makes them. */
export function newMasterKey(): string {
  return randomBytes(32).toString("base64url");
}

function providerSettings(id: string, provider: IdpEmulator): IdentityProviderSettings {
  return {
    label: `Provider ${id}`,
    issuer: provider.issuer,
    clientId: provider.clientId,
    clientAuthentication: provider.clientAuthentication,
    scopes: ["openid", "profile", "email", "offline_access"],
    roles: { grant: ["admin", "staff"] },
  };
}

function secretName(id: string): string {
  return CLIENT_SECRET_PREFIX + id;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

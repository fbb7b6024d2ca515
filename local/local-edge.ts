/**
 * The whole gateway on this machine: synthesizes the config, then serves exactly the files that Terraform would deploy,
 * with emulators of AWS, an identity provider and an origin.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config/schema";
import { rolesOf } from "../policy/rule";
import type { SessionKeys } from "../session/keys";
import { revokerFunctionName, sessionKeysSecretName } from "../stacks/names";
import { announce } from "./announcement";
import { auditFile } from "./audit-file";
import { startAwsEmulator } from "./aws-emulator";
import { fillClientKeys } from "./client-keys";
import { STORE_ARN } from "./computed-attributes";
import { answerFromOrigin, demoSite } from "./demo-origin";
import { deploy, invokeFunctions, plan, type Deployment, type Plan, type Surroundings } from "./deployment";
import { startEdgeServer } from "./edge-server";
import { eventSources } from "./event-sources";
import { ENGINES } from "./engines";
import { handlerLines } from "./handler-lines";
import { startIdentityProvider } from "./identity-provider";
import { startKeyValueStoreEmulator } from "./key-value-store-emulator";
import { createLedgerTables } from "./ledger-tables";
import { hostsHere, localConfig, MAIN_HOST, REQUEST_FUNCTION, withOwnDistribution } from "./local-config";
import { registered } from "./local-clients";
import type { LocalEdge, LocalEdgeOptions, WriteStack } from "./local-edge-types";
import { logLine, type LogEntry } from "./log-line";
import type { Origin } from "./origin";
import { withOwnOrigins } from "./own-origins";
import { askOwnServer } from "./own-server";
import { serve, serveUpgrade, type EdgeParts } from "./server";
import { answerFromBucket, siteFolder } from "./site-folder";
import { demoUsers } from "./users";

export type { LocalEdge, LocalEdgeOptions } from "./local-edge-types";

/** Lines of the edge's log that are kept. */
const MAX_LINES = 10_000;

/** Milliseconds in which replaced functions can finish their requests: the limit of a viewer event. */
const GRACE = 5_000;

/**
 * @throws Error if the port is in use, the config cannot be synthesized, or a part does not start; nothing is left
 * running
 */
export async function startLocalEdge(options: LocalEdgeOptions): Promise<LocalEdge> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (let closer = closers.pop(); closer; closer = closers.pop()) await closer();
  };
  try {
    return await start(options, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(
  options: LocalEdgeOptions,
  closers: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<LocalEdge> {
  const { origins = {} } = options;
  const files = options.site === undefined ? undefined : siteFolder(options.site);
  const folder = await mkdtemp(join(tmpdir(), "edgegate-"));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const namesOf = (config: Config) => [...hostsHere(config, "").values()].map((host) => host.replace(":", ""));
  const server = await startEdgeServer(folder, options.port, [...namesOf(options.config), "localhost"]);
  const { certificate, port } = server;
  closers.push(server.close);
  const domain = `${MAIN_HOST}:${port}`;

  const usersOf = (config: Config) => (options.clientSecrets ? [] : demoUsers(rolesOf(config.policy)));
  const clientSecret = randomBytes(24).toString("base64url");
  const registeredFor = (config: Config) =>
    registered(localConfig(config, domain), config, { users: usersOf(config), secret: clientSecret });
  const identityProvider = options.clientSecrets
    ? undefined
    : await startIdentityProvider({ ...certificate, ...registeredFor(options.config) });
  if (identityProvider) closers.push(identityProvider.close);

  const credentials = {
    accessKeyId: `LOCAL${randomBytes(10).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString("hex"),
  };
  let stacks = 0;
  const planned = (config: Config, write = options.write) =>
    plan(
      localConfig(withOwnOrigins(withOwnDistribution(config), origins), domain, identityProvider?.issuer),
      join(folder, `cdktf.out-${++stacks}`),
      write,
    );
  const first = await planned(options.config);
  const aws = await startAwsEmulator(credentials.accessKeyId);
  aws.files = files;
  closers.push(aws.close);
  const store = await startKeyValueStoreEmulator(STORE_ARN);
  closers.push(store.close);
  const keysSecret = sessionKeysSecretName(first.config);
  for (const secret of Object.keys(first.controlPlane.rotators)) aws.secrets.declare(secret);

  const lines: string[] = [];
  const log = (line: string, entry?: LogEntry) => {
    lines.push(line);
    // Not done for each line, because moving the other lines takes time.
    if (lines.length > 2 * MAX_LINES) lines.splice(0, MAX_LINES);
    options.onRequest?.(line, entry);
  };
  aws.onEvent = ({ type, what, action, uid }) => log(`security event: ${type} of a ${what} by ${uid}, ${action}`);

  aws.functions.set(REQUEST_FUNCTION, (told) => {
    log(
      `request for access, for ${options.config.accessDenied?.requestHook?.url ?? "your function"}: ${JSON.stringify(told)}`,
    );
    return Promise.resolve(null);
  });

  const auditPath = join(folder, "audit.jsonl");
  const events = auditFile(auditPath, options.config);
  const refusals = handlerLines();
  // Another provider may have a certificate of a private authority, which the environment then names.
  const ca = identityProvider ? certificate.caFile : process.env["NODE_EXTRA_CA_CERTS"];
  const surroundings: Surroundings = {
    store,
    ...(options.node !== undefined && { node: options.node }),
    ...(options.patience && { patience: options.patience }),
    handlerInstances: options.handlerInstances,
    environment: {
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    edgeEnvironment: ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: ca },
    onProblem: (line) => options.onRequest?.(line),
    onLine: (functionName, line) => {
      events.ofFunction(functionName, line);
      refusals.add(line);
    },
  };

  /** The data that the handlers read when they start. */
  const fill = ({ distribution }: Plan, before?: Plan) => {
    for (const [name, value] of Object.entries(distribution.parameters)) aws.parameters.set(name, value);
    const secrets =
      options.clientSecrets ??
      Object.fromEntries(Object.keys(distribution.authSettings.identityProviders).map((id) => [id, clientSecret]));
    fillClientKeys(aws, distribution.authSettings, secrets, before?.distribution.authSettings);
  };
  fill(first);
  const tables = createLedgerTables(aws.endpoint, first.distribution.authSettings.aws, credentials.accessKeyId);
  const [deployed] = await Promise.allSettled([deploy(first, surroundings), tables]);
  if (deployed.status === "rejected") throw deployed.reason;
  let current: Deployment = deployed.value;
  closers.push(() => current.close());
  await tables;
  await invokeFunctions(current);

  const invoke = (functionName: string, payload: unknown) => current.lambdas[functionName]!.invoke(payload);
  const sources = eventSources(aws, invoke, { log, repeatEvery: options.repeatEvery });
  sources.connect(current.controlPlane);
  closers.push(async () => sources.close());
  // As after `terraform apply`: the first rotation makes the key and puts it into the store.
  for (const secret of Object.keys(first.controlPlane.rotators)) await aws.rotate(secret);

  const hasProgram = identityProvider !== undefined;
  let site = demoSite(current.config, { hasProgram });
  const origin: Origin = (request, behavior) => {
    const own = Object.hasOwn(origins, behavior.path) ? origins[behavior.path] : undefined;
    if (own) return askOwnServer(own, request, behavior);
    if (files && behavior.origin === "s3") return answerFromBucket(files, request);
    return answerFromOrigin(site, request, behavior.origin);
  };
  const parts = (): EdgeParts => ({
    ...current,
    runGate: ENGINES[options.engine ?? "sandbox"],
    store,
    origin,
    refusalOf: refusals.about,
    log: (entry) => {
      log(logLine(entry), entry);
      events.ofRequest(entry);
    },
  });
  const failed = (method: string | undefined, error: unknown) => log(`${method} failed: ${String(error)}`);
  server.answer(
    (request, response) =>
      serve(parts(), request, response).catch((error: unknown) => {
        failed(request.method, error);
        response.destroy();
      }),
    (request, socket, head) =>
      serveUpgrade(parts(), request, socket, head).catch((error: unknown) => {
        failed(request.method, error);
        socket.destroy();
      }),
  );

  const announced = () => ({
    url: `https://${domain}`,
    port,
    pid: process.pid,
    endpoint: aws.endpoint,
    credentials,
    caFile: certificate.caFile,
    auditFile: auditPath,
    config: current.config,
  });
  const takeBack = announce(announced());
  closers.push(async () => takeBack());

  let users = usersOf(options.config);
  const endedLogs: string[] = [];
  async function update(config: Config, write?: WriteStack): Promise<void> {
    if (config.name !== options.config.name)
      throw new Error(`name: "${config.name}" names another gateway; end this one, and start that`);
    const next = await planned(config, write);
    const before = current;
    fill(next, before);
    let started: Deployment;
    try {
      started = await deploy(next, surroundings);
      await invokeFunctions(started);
      await identityProvider?.register(registeredFor(config));
      await server.serveHosts(namesOf(config));
    } catch (error) {
      fill(before, next);
      throw error;
    }
    current = started;
    users = usersOf(config);
    site = demoSite(current.config, { hasProgram });
    sources.connect(current.controlPlane);
    for (const secret of Object.keys(current.controlPlane.rotators)) {
      if (Object.hasOwn(before.controlPlane.rotators, secret)) continue;
      aws.secrets.declare(secret);
      await aws.rotate(secret);
    }
    announce(announced());
    const end = async () => {
      closers.splice(closers.indexOf(end), 1);
      clearTimeout(timer);
      await before.close();
      endedLogs.push(...logsOf(before));
    };
    const timer = setTimeout(() => void end(), GRACE * (options.patience?.() ?? 1));
    closers.push(end);
  }

  return {
    url: `https://${domain}`,
    get urls() {
      return [current.config.domain, ...current.config.alternateDomains].map((host) => `https://${host}`);
    },
    get issuer() {
      return Object.values(current.distribution.authSettings.identityProviders)[0]!.issuer;
    },
    caFile: certificate.caFile,
    get config() {
      return current.config;
    },
    get stackName() {
      return current.stackName;
    },
    get distribution() {
      return current.distribution;
    },
    origins,
    get users() {
      return users;
    },
    store,
    keys: () => JSON.parse(aws.secrets.get(keysSecret)!) as SessionKeys,
    aws,
    askRevoker: (request) => aws.functions.get(revokerFunctionName(current.config))!(request),
    update,
    logs: () => [...lines, ...endedLogs, ...logsOf(current), identityProvider?.logs() ?? ""].join("\n"),
    close,
  };
}

function logsOf({ lambdas }: Deployment): string[] {
  return Object.values(lambdas).map((lambda) => lambda.logs());
}

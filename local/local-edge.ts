/**
 * The whole gateway on this machine: synthesizes the config, then serves exactly the files that Terraform would deploy,
 * with emulators of AWS, an identity provider and an origin.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config } from "../config/schema";
import type { RevokerRequest } from "../control-plane/revoker/command";
import type { SessionKeys } from "../session/keys";
import { revokerFunctionName, sessionKeysSecretName } from "../stacks/names";
import { rolesOf } from "../policy/rule";
import { synthesize } from "../stacks/synthesize";
import { announce } from "./announcement";
import { startAwsEmulator, type AwsEmulator } from "./aws-emulator";
import type { EdgeRequest } from "./cloudfront-events";
import { makeCertificate } from "./certificate";
import { STORE_ARN } from "./computed-attributes";
import { readControlPlane } from "./control-plane";
import { answerFromOrigin, demoSite } from "./demo-origin";
import { readDistribution, type Behavior, type Distribution } from "./distribution";
import { ENGINES, type Engine } from "./engines";
import { startIdentityProvider } from "./identity-provider";
import { startKeyValueStoreEmulator, type KeyValueStoreEmulator } from "./key-value-store-emulator";
import type { Lambda, LambdaOptions } from "./lambda";
import { startLambdaInstances } from "./lambda-instances";
import { createLedgerTables } from "./ledger-tables";
import { fillClientKeys, registration } from "./client-keys";
import { localAuthentication, localClientId, localConfig } from "./local-config";
import { queueConsumer } from "./queue-consumer";
import { serve } from "./server";
import { userClaims } from "./user-claims";
import { demoUsers, type User } from "./users";

export interface LocalEdgeOptions {
  config: Config;
  /** 0 for a free port. */
  port: number;
  engine?: Engine;
  /**
   * Client secrets by the provider's ID. If given, the config's own identity providers are used, instead of the local
   * one.
   */
  clientSecrets?: Readonly<Record<string, string>>;
  /** Path of the Node that runs the handlers; by default the one that runs this. */
  node?: string;
  /** Queues deliver every n-th message twice, as AWS may; by default none. */
  repeatEvery?: number;
  /** Called with a line for each request, and with another one if something went wrong. */
  onRequest?: (line: string) => void;
  /** How many processes run each handler of the edge; by default one, which takes all requests. */
  handlerInstances?: number;
  /** See {@link LambdaOptions}. */
  patience?: LambdaOptions["patience"];
}

export interface LocalEdge {
  /** `https://app.localhost:<port>` */
  url: string;
  /** Of the first identity provider. */
  issuer: string;
  /** Path of the certificate (PEM) of the edge and the local identity provider. */
  caFile: string;
  /** The config that was synthesized. */
  config: Config;
  stackName: string;
  distribution: Distribution;
  /** The users who can sign in; empty with another identity provider. */
  users: User[];
  /** Written by the control plane and read by the gate. A changed record takes effect with the next request. */
  store: KeyValueStoreEmulator;
  /** The current session keys. */
  keys(): SessionKeys;
  aws: AwsEmulator;
  /** Invokes the revoker, as the command line does. */
  askRevoker(request: RevokerRequest): Promise<unknown>;
  /** Everything that edge, handlers and identity provider wrote. */
  logs(): string;
  close(): Promise<void>;
}

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
  const folder = await mkdtemp(join(tmpdir(), "edgegate-"));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const certificate = await makeCertificate(folder, ["app.localhost", "localhost"]);
  const server = createServer({ key: certificate.key, cert: certificate.cert });
  const port = await listen(server, options.port);
  closers.push(() => stop(server));
  const domain = `app.localhost:${port}`;
  const url = `https://${domain}`;

  const providers = Object.entries(options.config.identityProviders);
  const users = options.clientSecrets ? [] : demoUsers(rolesOf(options.config.policy));
  const clientSecret = randomBytes(24).toString("base64url");
  const clientSecrets = options.clientSecrets ?? Object.fromEntries(providers.map(([id]) => [id, clientSecret]));
  const identityProvider = options.clientSecrets
    ? undefined
    : await startIdentityProvider({
        ...certificate,
        clients: providers.map(([id, provider]) => ({
          id: provider.clientId ?? localClientId(id),
          ...registration(localAuthentication(provider.clientAuthentication), {
            secret: clientSecret,
            jwksUri: `${url}${options.config.basePath}/jwks.json`,
          }),
          ...(provider.pushedAuthorizationRequests && { requiresPushedRequests: true }),
          claims: Object.fromEntries(users.map((user) => [user.id, userClaims(user, provider)])),
          redirectUri: `${url}${options.config.basePath}/callback/${id}`,
          postLogoutRedirectUri: `${url}${options.config.basePath}/signed-out`,
          backchannelLogoutUri: `${url}${options.config.basePath}/backchannel-logout/${id}`,
        })),
        users,
        claims: Object.values(options.config.identityHeaders),
      });
  if (identityProvider) closers.push(identityProvider.close);

  const config = localConfig(options.config, domain, identityProvider?.issuer);
  const { stackDir, stackName } = synthesize(config, { outdir: join(folder, "cdktf.out") });
  const distribution = readDistribution(join(stackDir, "cdk.tf.json"));
  const controlPlane = readControlPlane(join(stackDir, "cdk.tf.json"));

  const credentials = {
    accessKeyId: `LOCAL${randomBytes(10).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString("hex"),
  };
  const aws = await startAwsEmulator(credentials.accessKeyId);
  closers.push(aws.close);
  const store = await startKeyValueStoreEmulator(STORE_ARN);
  closers.push(store.close);
  const keysSecret = sessionKeysSecretName(config);
  for (const [name, value] of Object.entries(distribution.parameters)) aws.parameters.set(name, value);
  for (const secret of Object.keys(controlPlane.rotators)) aws.secrets.declare(secret);
  fillClientKeys(aws, distribution.authSettings, clientSecrets);

  const lines: string[] = [];
  const log = (line: string) => {
    lines.push(line);
    options.onRequest?.(line);
  };
  aws.onEvent = ({ type, what, action, uid }) => log(`security event: ${type} of a ${what} by ${uid}, ${action}`);

  // Another provider may have a certificate of a private authority, which the environment then names.
  const ca = identityProvider ? certificate.caFile : process.env["NODE_EXTRA_CA_CERTS"];
  const environment = {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  };
  const lambdas: Record<string, Lambda> = {};
  async function run(
    lambda: { functionName: string; zip: string; timeLimit?: number },
    env: Record<string, string>,
    instances = 1,
  ): Promise<void> {
    const onLine = (line: string) => {
      const problem = problemIn(line);
      if (problem !== undefined) options.onRequest?.(`${lambda.functionName}: ${problem}`);
    };
    const started = await startLambdaInstances(instances, {
      ...lambda,
      ...(options.node !== undefined && { node: options.node }),
      ...(options.patience && { patience: options.patience }),
      env: { ...environment, ...env },
      onLine,
    });
    lambdas[lambda.functionName] = started;
    closers.push(started.close);
  }
  const atEdge = new Map(
    distribution.behaviors.flatMap(({ lambda }) => (lambda ? [[lambda.functionName, lambda]] : [])),
  );
  const starting = [
    createLedgerTables(aws.endpoint, distribution.authSettings.aws, credentials.accessKeyId),
    ...[...atEdge.values()].map((lambda) =>
      run(lambda, { ...(ca !== undefined && { NODE_EXTRA_CA_CERTS: ca }) }, options.handlerInstances),
    ),
    ...controlPlane.functions.map(({ env, ...lambda }) => run(lambda, { ...env, ...regionalEnvironment(store) })),
  ];
  // Waits for all of them, so that those that start are stopped if one does not.
  await Promise.allSettled(starting);
  await Promise.all(starting);

  let isOpen = true;
  for (const { functionName } of controlPlane.functions) {
    // While the edge closes, a message that is retried must not start its function again.
    aws.functions.set(functionName, (payload) =>
      isOpen ? lambdas[functionName]!.invoke(payload) : new Promise(() => {}),
    );
  }
  closers.push(async () => void (isOpen = false));
  for (const [secret, functionName] of Object.entries(controlPlane.rotators)) aws.rotators.set(secret, functionName);
  for (const queue of controlPlane.queues)
    aws.consumers.set(
      queue.queueUrl,
      queueConsumer(queue, aws.functions.get(queue.functionName)!, log, options.repeatEvery),
    );
  // As after `terraform apply`: the first rotation makes the key and puts it into the store.
  for (const secret of Object.keys(controlPlane.rotators)) await aws.rotate(secret);

  const site = demoSite(config);
  const parts = {
    distribution,
    runGate: ENGINES[options.engine ?? "sandbox"],
    store,
    lambdas,
    origin: (request: EdgeRequest, behavior: Behavior) => answerFromOrigin(site, request, behavior.origin),
    log,
  };
  server.on("request", (request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      log(`${request.method} failed: ${String(error)}`);
      response.destroy();
    });
  });
  const logs = () =>
    [...lines, ...Object.values(lambdas).map((lambda) => lambda.logs()), identityProvider?.logs() ?? ""].join("\n");
  const takeBack = announce({
    url,
    port,
    pid: process.pid,
    endpoint: aws.endpoint,
    credentials,
    caFile: certificate.caFile,
    config,
  });
  closers.push(async () => takeBack());
  return {
    url,
    issuer: Object.values(distribution.authSettings.identityProviders)[0]!.issuer,
    caFile: certificate.caFile,
    config,
    stackName,
    distribution,
    users,
    store,
    keys: () => JSON.parse(aws.secrets.get(keysSecret)!) as SessionKeys,
    aws,
    askRevoker: (request) => aws.functions.get(revokerFunctionName(config))!(request),
    logs,
    close,
  };
}

/**
 * The problem that a line of a function's log reports, with the codes of docs/operations.md. Shown, because the local
 * edge has no CloudWatch to look it up in.
 */
function problemIn(line: string): string | undefined {
  try {
    const { outcome, status = 0, detail } = JSON.parse(line) as { outcome?: string; status?: number; detail?: string };
    // A 401 only says that the user is not signed in.
    const isProblem = (status >= 400 && status !== 401) || outcome === "failed" || outcome === "dead_lettered";
    return isProblem ? [outcome, detail].filter((part) => part !== undefined).join(" ") : undefined;
  } catch {
    return undefined;
  }
}

/** For the endpoint of the key-value store: the SDK puts the account ID before its host. */
function regionalEnvironment(store: KeyValueStoreEmulator): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: store.endpoint,
    // The way in which local/lambda.ts loads the code makes Node warn about the SDK's dynamic imports.
    NODE_OPTIONS: `--require ${join(__dirname, "localhost-names.js")} --disable-warning=ExperimentalWarning`,
  };
}

/** @returns the port */
function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "EADDRINUSE" ? new Error(`port ${port} is in use; choose another with --port`) : error),
    );
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * The shipped auth handler far away from everything: AWS and the identity provider are behind TLS and a distance. After
 * its initialization it has the CPU of a Lambda function with 128 MB.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createServer as createTlsServer, type Server } from "node:tls";
import type { AddressInfo } from "node:net";
import { artifacts } from "../../build/artifacts";
import { startAwsEmulator } from "../../local/aws-emulator";
import { makeCertificate } from "../../local/certificate";
import { startLambda, type Lambda } from "../../local/lambda";
import { createLedgerTables } from "../../local/ledger-tables";
import { settingsParameterName, type AuthParameter } from "../../session/settings";
import { startClock } from "../clock";
import { lambdaNode } from "../tools";
import { startDistantServer, type Distance } from "./distance";
import { CLIENT, startBenchProvider } from "./identity-provider";

/**
 * A function with 1,769 MB has one CPU, and CPU grows with memory
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html).
 */
const CPU_SHARE = 128 / 1769;
const HOST = "app.example.com";
const FUNCTION_NAME = "bench-auth";
const SECRETS = { keys: "bench/session-keys", clientPrefix: "bench/idp/" };
/** Each is a separate host. */
const SERVICES = ["SSM", "SECRETS_MANAGER", "DYNAMODB", "SQS"];

export interface Answer {
  status: number;
  location: string;
  /** Milliseconds from the event to the answer, and of CPU. */
  time: number;
  cpu: number;
}

/** One process of the handler. */
export interface Instance {
  /** Milliseconds from the start of the process until it accepts events, with unlimited CPU. */
  initialization: number;
  /** Limits its CPU from now on. */
  throttle(): Promise<void>;
  /** Milliseconds of CPU that it has used. */
  cpu(): number;
  close(): Promise<void>;
}

export interface Browser {
  /** Opens a path of the gateway and stores the cookies of the answer. */
  open(instance: Instance, path: string): Promise<Answer>;
}

export interface FarGateway {
  distance: Distance;
  start(): Promise<Instance>;
  browser(): Browser;
  /** @param url of an authorization request. @returns the path of the callback */
  authorize(url: string): string;
  advance(seconds: number): void;
  close(): Promise<void>;
}

export async function startFarGateway(): Promise<FarGateway> {
  const folder = mkdtempSync(join(tmpdir(), "edgegate-bench-"));
  const clock = startClock(folder);
  const distance: Distance = { roundTrip: 0 };
  const [aws, certificate] = await Promise.all([startAwsEmulator(), makeCertificate(folder, ["localhost"])]);
  const tls = await startTls(certificate, Number(new URL(aws.endpoint).port));
  const provider = await startBenchProvider(certificate, clock.now);
  const far = await Promise.all(
    [...SERVICES.map(() => portOf(tls)), provider.port].map((port) => startDistantServer(port, distance)),
  );
  const url = (place: number) => `https://localhost:${far[place]!.port}`;
  provider.issuer = url(SERVICES.length);

  const settings = settingsFor(provider.issuer);
  aws.parameters.set(settingsParameterName(FUNCTION_NAME), JSON.stringify(settings));
  aws.secrets.set(SECRETS.keys, JSON.stringify({ current: "k1", keys: { k1: randomBytes(32).toString("base64url") } }));
  aws.secrets.set(`${SECRETS.clientPrefix}main`, CLIENT.secret);
  await createLedgerTables(aws.endpoint, settings.aws);
  const lambdas = new WeakMap<Instance, Lambda>();

  async function start(): Promise<Instance> {
    const begun = performance.now();
    let pid = 0;
    const lambda = await startLambda({
      zip: artifacts().auth,
      functionName: FUNCTION_NAME,
      node: lambdaNode(),
      onStart: (id) => (pid = id),
      env: {
        ...clock.env,
        ...Object.fromEntries(SERVICES.map((name, place) => [`AWS_ENDPOINT_URL_${name}`, url(place)])),
        NODE_EXTRA_CA_CERTS: certificate.caFile,
      },
    });
    const initialization = performance.now() - begun;
    let limiter: ReturnType<typeof spawn> | undefined;
    const instance: Instance = {
      initialization,
      async throttle() {
        limiter = spawn(process.execPath, [join(__dirname, "cpu-share.js"), String(pid), String(CPU_SHARE)]);
        await new Promise((resolve) => limiter!.stdout!.once("data", resolve));
        // By then, the process has finished its pending work.
        await setTimeout(100);
      },
      cpu: () => cpuOf(pid),
      async close() {
        limiter?.kill();
        await lambda.close();
      },
    };
    lambdas.set(instance, lambda);
    return instance;
  }

  function browser(): Browser {
    const jar = new Map<string, string>();
    return {
      async open(instance, path) {
        const event = eventFor(path, [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
        const [begun, cpuBefore] = [performance.now(), instance.cpu()];
        const response = (await lambdas.get(instance)!.invoke(event)) as {
          status: string;
          headers: Record<string, { value: string }[]>;
        };
        const [time, cpu] = [performance.now() - begun, instance.cpu() - cpuBefore];
        for (const { value: line } of response.headers["set-cookie"] ?? []) {
          const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
          if (line.includes("Max-Age=0;")) jar.delete(name!);
          else jar.set(name!, value!);
        }
        return { status: Number(response.status), location: response.headers["location"]?.[0]?.value ?? "", time, cpu };
      },
    };
  }

  return {
    distance,
    start,
    browser,
    authorize: provider.authorize,
    advance: (seconds) => clock.advance(seconds),
    async close() {
      tls.close();
      await Promise.all([...far, provider, aws].map((server) => server.close()));
      rmSync(folder, { recursive: true });
    },
  };
}

/** Adds TLS to a server of this machine. */
async function startTls({ key, cert }: { key: string; cert: string }, port: number): Promise<Server> {
  const server = createTlsServer({ key, cert }, (client) => {
    const plain = connect(port, "127.0.0.1");
    client.pipe(plain).pipe(client);
    for (const socket of [client, plain]) socket.on("error", () => [client, plain].forEach((each) => each.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat */
function cpuOf(pid: number): number {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder)
    .map((thread) => Number(readFileSync(join(folder, thread, "schedstat"), "latin1").split(" ")[0]) / 1e6)
    .reduce((sum, each) => sum + each, 0);
}

function settingsFor(issuer: string): AuthParameter {
  return {
    version: 1,
    basePath: "/_gate",
    hosts: [HOST],
    session: { absolute: 8 * 3600, idle: 3600, token: 900 },
    identityProviders: {
      main: { label: "main", issuer, clientId: CLIENT.id, clientAuthentication: "client_secret_basic" },
    },
    eventTransmitters: {},
    onReuse: "revoke-session",
    claims: [],
    theme: { productName: "Bench", accentColor: "#2456c7" },
    aws: {
      sessionKeysSecret: SECRETS.keys,
      clientSecretPrefix: SECRETS.clientPrefix,
      sessionsTable: "bench-sessions",
      revocationsTable: "bench-revocations",
      revocationQueue: "bench-revocations",
      signOutQueue: "bench-sign-outs",
    },
  };
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html */
function eventFor(path: string, cookie: string): object {
  const [uri, querystring = ""] = path.split("?");
  const headers = {
    host: HOST,
    accept: "text/html",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "sec-fetch-site": "none",
    ...(cookie && { cookie }),
  };
  const lists = Object.entries(headers).map(([key, value]) => [key, [{ key, value }]]);
  const request = { clientIp: "203.0.113.178", method: "GET", uri, querystring, headers: Object.fromEntries(lists) };
  const config = { requestId: randomBytes(20).toString("base64url"), eventType: "viewer-request" };
  return { Records: [{ cf: { config, request } }] };
}

/**
 * Keycloak, a real identity provider that nobody here wrote, as .ci/keycloak built it. What it does is in the realm
 * that a test gives it; it keeps everything in memory.
 *
 * https://www.keycloak.org/server/configuration-production
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Certificate } from "../../local/certificate";
import { freePort } from "./free-port";
import { untilUp } from "./until-up";

export interface Keycloak {
  /**
   * Calls its admin API: https://www.keycloak.org/docs-api/26.4.0/rest-api/index.html. @param path below
   * `/admin/realms`
   */
  admin(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<unknown>;
  close(): Promise<void>;
}

export interface KeycloakOptions {
  /** Where .ci/keycloak put it. */
  folder: string;
  /** The port of `https://localhost`. */
  port: number;
  /** What it shows; for `localhost`. */
  certificate: Certificate;
  /** Path of the certificate (PEM) that it trusts, of a host below `localhost`. */
  trusts: string;
  /** The one host besides `localhost` that it can find. */
  finds: string;
}

/**
 * As bin/kc.sh has them, whose process would not end with its own; but for the memory, and for compiling little: it
 * runs for a minute.
 */
const JVM = [
  "-Xms64m",
  "-Xmx512m",
  "-XX:MaxMetaspaceSize=256m",
  "-XX:+UseSerialGC",
  "-XX:TieredStopAtLevel=1",
  "-XX:+ExitOnOutOfMemoryError",
  "--add-opens=java.base/java.util=ALL-UNNAMED",
  "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
  "--add-opens=java.base/java.security=ALL-UNNAMED",
  "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
  "-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
];

/** @throws Error when it ends before it answers, or does not answer */
export async function startKeycloak({ folder, port, certificate, trusts, finds }: KeycloakOptions): Promise<Keycloak> {
  const files = mkdtempSync(join(tmpdir(), "edgegate-keycloak-"));
  const write = (name: string, content: string) => {
    const path = join(files, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  // For the admin API alone: what people and the gateway use is the other port.
  const adminPort = await freePort();
  const admin = { username: "admin", password: randomBytes(24).toString("base64url") };
  const options = {
    cache: "local",
    hostname: `https://localhost:${port}`,
    "http-host": "127.0.0.1",
    "http-enabled": "true",
    "http-port": adminPort,
    "https-port": port,
    "https-certificate-file": write("cert.pem", certificate.cert),
    "https-certificate-key-file": write("key.pem", certificate.key),
    "truststore-paths": trusts,
  };
  const child = spawn(
    "java",
    [
      ...JVM,
      `-Djdk.net.hosts.file=${write("hosts", `127.0.0.1 localhost ${finds}\n`)}`,
      `-Dkc.home.dir=${folder}`,
      `-Djboss.server.config.dir=${join(folder, "conf")}`,
      ...["-cp", join(folder, "lib/quarkus-run.jar"), "io.quarkus.bootstrap.runner.QuarkusEntryPoint"],
      ...["start", "--optimized", ...Object.entries(options).map(([name, value]) => `--${name}=${value}`)],
    ],
    {
      env: {
        PATH: process.env["PATH"],
        KC_BOOTSTRAP_ADMIN_USERNAME: admin.username,
        KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let logs = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (logs += chunk.toString()));
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve())).then(() => {
    hasEnded = true;
    rmSync(files, { recursive: true });
  });
  const close = async () => {
    child.kill();
    await ended;
  };

  const url = `http://127.0.0.1:${adminPort}`;
  try {
    await untilUp("Keycloak", `${url}/realms/master`, undefined, () => hasEnded);
  } catch (error) {
    await close();
    throw new Error(`${(error as Error).message}; it wrote: ${logs.slice(-2000)}`);
  }

  return {
    async admin(method, path, body) {
      const grant = new URLSearchParams({ grant_type: "password", client_id: "admin-cli", ...admin });
      const { access_token } = (await read(
        await fetch(`${url}/realms/master/protocol/openid-connect/token`, { method: "POST", body: grant }),
      )) as { access_token: string };
      const headers = { authorization: `Bearer ${access_token}`, "content-type": "application/json" };
      return read(
        await fetch(`${url}/admin/realms${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) }),
      );
    },
    close,
  };
}

/** @throws Error with what it said, for anything but a success */
async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${new URL(response.url).pathname}: ${response.status} ${text}`);
  return text === "" ? undefined : (JSON.parse(text) as unknown);
}

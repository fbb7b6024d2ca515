/** `npm start`: the gateway on this machine. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import pc from "picocolors";
import { loadConfig } from "../config/load";
import { check, type CheckResult } from "./check";
import { greeting, table } from "./greeting";
import { ENGINES, type Engine } from "./engines";
import type { LocalEdge } from "./local-edge";
import type { ForeignIdentityProvider } from "./local-config";

const USAGE = `Usage: npm start -- [options]

  --check                      start, sign in by script, print what happened, end (0: all well, 1: not)
  --port <n>                   port of the site (8443)
  --config <path>              the gateway's config (EDGEGATE_CONFIG, or config/example.ts)
  --engine <sandbox|njs>       what runs the gate (sandbox)
  --issuer <url>               another OpenID provider in the place of the local one, with
  --client-id <id>             the client that it knows the site by, and
  --client-secret-file <path>  a file with that client's secret, where it has one
  --help
`;

const OPTIONS = {
  check: { type: "boolean", default: false },
  port: { type: "string", default: "8443" },
  config: { type: "string" },
  engine: { type: "string", default: "sandbox" },
  issuer: { type: "string" },
  "client-id": { type: "string" },
  "client-secret-file": { type: "string" },
  help: { type: "boolean", default: false },
} as const;

/** Something about the command line; exit code 2. */
class UsageError extends Error {}

async function main(): Promise<number> {
  // cdktf and dynalite call deprecated functions of Node, the AWS SDK warns of the next one; nobody who starts the edge
  // can do anything about it.
  process.noDeprecation = true;
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const { values } = parse();
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const engine = values.engine;
  if (!isEngine(engine)) throw new UsageError(`--engine is ${Object.keys(ENGINES).join(" or ")}, not ${engine}`);
  const port = Number(values.port);
  if (!/^\d{1,5}$/.test(values.port) || port > 65535)
    throw new UsageError(`--port is a number up to 65535, not ${values.port}`);
  const identityProvider = foreignIdentityProvider(values);
  if (values.check && identityProvider)
    throw new UsageError("--check signs in at the local identity provider; leave --issuer out");
  const config = loadConfig(resolve(values.config ?? process.env["EDGEGATE_CONFIG"] ?? "config/example.ts"));

  const stopped = values.check ? Promise.resolve() : stopSignal();
  // Loaded late: a mistake on the command line or in the config is told before the second that loading takes.
  const { startLocalEdge } = await import("./local-edge");
  const edge = await startLocalEdge({
    config,
    engine,
    port: values.check ? 0 : port,
    ...(identityProvider && { identityProvider }),
    ...(!values.check && { onRequest: (line: string) => process.stdout.write(`${pc.dim(line)}\n`) }),
  });
  try {
    return values.check ? await runCheck(edge) : await runUntil(stopped, edge);
  } finally {
    await edge.close();
  }
}

async function runCheck(edge: LocalEdge): Promise<number> {
  const results = await check(edge);
  const failed = results.filter((result) => !result.ok);
  process.stdout.write(`${pc.bold(edge.stackName)} at ${edge.url}\n\n${table(results.map(row))}\n\n`);
  process.stdout.write(
    failed.length === 0
      ? pc.green(`${results.length} of ${results.length} as expected\n`)
      : pc.red(`${failed.length} of ${results.length} not as expected\n`) + `\n${edge.logs()}\n`,
  );
  return failed.length === 0 ? 0 : 1;
}

async function runUntil(stopped: Promise<void>, edge: LocalEdge): Promise<number> {
  process.stdout.write(greeting(edge));
  await stopped;
  return 0;
}

/** Waited for from before the start, so that a Ctrl-C during it leaves nothing behind either. */
function stopSignal(): Promise<void> {
  return new Promise((stop) => {
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
}

function row(result: CheckResult): string[] {
  return [
    result.ok ? pc.green("ok") : pc.red("no"),
    result.name,
    result.actual,
    ...(result.ok ? [] : [`expected ${result.expected}`]),
  ];
}

function parse() {
  try {
    return parseArgs({ options: OPTIONS, strict: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function foreignIdentityProvider(values: {
  issuer?: string;
  "client-id"?: string;
  "client-secret-file"?: string;
}): ForeignIdentityProvider | undefined {
  const { issuer, "client-id": clientId, "client-secret-file": secretFile } = values;
  if (issuer === undefined && clientId === undefined && secretFile === undefined) return undefined;
  if (issuer === undefined || clientId === undefined) throw new UsageError("--issuer and --client-id go together");
  if (!issuer.startsWith("https://"))
    throw new UsageError("--issuer is an https URL, as the provider's discovery document spells it");
  return { issuer, clientId, ...(secretFile !== undefined && { clientSecret: readSecret(secretFile) }) };
}

function readSecret(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UsageError(`--client-secret-file: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function isEngine(name: string): name is Engine {
  return Object.hasOwn(ENGINES, name);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isUsage = error instanceof UsageError;
    process.stderr.write(
      `${pc.red("edgegate:")} ${error instanceof Error ? error.message : String(error)}\n${isUsage ? "npm start -- --help lists the options\n" : ""}`,
    );
    process.exit(isUsage ? 2 : 1);
  },
);

/** `edgegate dev`: runs the gateway on this machine, with the files that would be deployed. */
import { statSync } from "node:fs";
import { loadConfig } from "../../config/load";
import { targetsOf } from "../../config/origins/origin";
import type { Config } from "../../config/schema";
import { check, type CheckResult } from "../../local/check";
import { differences, greeting, table } from "../../local/greeting";
import type { Engine } from "../../local/engines";
import { publicOnlyHere, withForeignProvider, type ForeignIdentityProvider } from "../../local/local-config";
import type { LocalEdge } from "../../local/local-edge";
import type { WriteStack } from "../../local/local-edge-types";
import { logLine, type LogEntry } from "../../local/log-line";
import { onStdout } from "../colors";
import { configFile } from "../config-file";
import { usageFailure } from "../failures";
import type { GlobalOptions } from "../options";
import type { Outcome } from "../output";
import { ownOrigins } from "../own-origins";
import { readSecret } from "../secret-input";

export interface DevOptions extends GlobalOptions {
  check?: boolean;
  port: number;
  engine: Engine;
  origin: string[];
  online?: boolean;
  site?: string;
  module?: string;
  issuer?: string;
  clientId?: string;
  clientSecretFile?: string;
}

export async function dev(options: DevOptions): Promise<Outcome> {
  const identityProvider = await foreignIdentityProvider(options);
  if (options.check && identityProvider)
    throw usageFailure("--check signs in at the local identity provider", "leave --issuer out");
  if (options.json && !options.check)
    throw usageFailure("--json goes with --check", "add --check, or leave --json out");
  const file = configFile(options);
  const config = loadConfig(file);
  refuseSite(options, config);
  refuseModule(options, config);
  const origins = ownOrigins(options.origin, config);
  if (options.check && options.origin.length > 0)
    throw usageFailure("--check visits the demo site", "leave --origin out");

  const adapt = (next: Config): Config =>
    identityProvider ? withForeignProvider(next, identityProvider).config : next;
  if (options.online) await (await import("../online")).checkOnline(adapt(config), file, options);

  const stopped = options.check ? Promise.resolve() : stopSignal();
  // Loading takes a second. Mistakes on the command line or in the config are reported before that.
  const [{ startLocalEdge }, { reloadOnChange }] = await Promise.all([
    import("../../local/local-edge"),
    import("../../local/reload"),
  ]);
  const edge = await startLocalEdge({
    ...(identityProvider ? withForeignProvider(config, identityProvider) : { config }),
    engine: options.engine,
    origins,
    ...(options.site !== undefined && { site: options.site }),
    ...(options.module !== undefined && { write: await moduleWriter(options.module, config) }),
    port: options.check ? 0 : options.port,
    ...(!options.check && { onRequest: printLine }),
  });
  try {
    if (options.check) return checked(edge, await check(edge));
    process.stdout.write(greeting(edge, onStdout) + (identityProvider ? "" : differences(config, onStdout)));
    // A module has the config that was exported.
    if (options.module !== undefined) {
      await stopped;
      return { json: {}, text: "" };
    }
    const endReloads = reloadOnChange({
      edge,
      file,
      config,
      adapt,
      onResult: (text, isError) => process.stdout.write(`${isError ? onStdout.red(text) : onStdout.cyan(text)}\n`),
    });
    await stopped;
    await endReloads();
    return { json: {}, text: "" };
  } finally {
    await edge.close();
  }
}

function printLine(line: string, entry?: LogEntry): void {
  process.stdout.write(`${entry ? logLine(entry, onStdout) : onStdout.dim(line)}\n`);
}

function checked(edge: LocalEdge, results: readonly CheckResult[]): Outcome {
  const failed = results.filter((result) => !result.ok);
  const verdict =
    failed.length === 0
      ? onStdout.green(`${results.length} of ${results.length} as expected\n`)
      : onStdout.red(`${failed.length} of ${results.length} not as expected\n`) + `\n${edge.logs()}\n`;
  return {
    json: { results },
    text: `${onStdout.bold(edge.stackName)} at ${edge.url}\n\n${table(results.map(row))}\n\n${verdict}`,
    ...(failed.length > 0 && { exit: "failed" }),
  };
}

function row(result: CheckResult): string[] {
  return [
    result.ok ? onStdout.green("ok") : onStdout.red("no"),
    result.name,
    result.actual,
    ...(result.ok ? [] : [`expected ${result.expected}`]),
  ];
}

function refuseSite({ check, site }: DevOptions, config: Config): void {
  if (site === undefined) return;
  if (check) throw usageFailure("--check visits the demo site", "leave --site out");
  if (!statSync(site, { throwIfNoEntry: false })?.isDirectory())
    throw usageFailure(`--site: there is no folder ${site}`, "write the folder with the built site");
  if (!targetsOf(config).some(({ origin }) => origin.type === "s3"))
    throw usageFailure("--site is for configs with an S3 origin", "leave --site out");
}

/** Options that a module fixes. */
function refuseModule({ module, origin, issuer }: DevOptions, config: Config): void {
  if (module === undefined) return;
  for (const [name, isThere] of Object.entries({ origin: origin.length > 0, issuer: issuer !== undefined }))
    if (isThere) throw usageFailure(`--${name} does not go with --module`, `leave --${name} out`);
  const [id] = publicOnlyHere(config);
  if (id !== undefined)
    throw usageFailure(
      `the local identity provider does not know how "${id}" authenticates, and a module cannot change it`,
      "leave --module out",
    );
}

async function moduleWriter(folder: string, config: Config): Promise<WriteStack> {
  const { writeWithModule } = await import("../../local/module-stack");
  return writeWithModule(folder, config, "terraform");
}

/** Registered before the start, so that a Ctrl-C during the start also leaves nothing behind. */
function stopSignal(): Promise<void> {
  return new Promise((stop) => {
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
}

async function foreignIdentityProvider(options: DevOptions): Promise<ForeignIdentityProvider | undefined> {
  const { issuer, clientId, clientSecretFile: secretFile } = options;
  if (issuer === undefined && clientId === undefined && secretFile === undefined) return undefined;
  if (issuer === undefined || clientId === undefined)
    throw usageFailure("--issuer and --client-id go together", "write both, or neither");
  if (!issuer.startsWith("https://"))
    throw usageFailure("--issuer must be an https URL", "write it as in the provider's discovery document");
  return { issuer, clientId, ...(secretFile !== undefined && { clientSecret: await readSecret(secretFile, "") }) };
}

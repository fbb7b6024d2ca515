/** Finds the gateway that a command operates, and how to reach its AWS account. */
import type { Config } from "../config/schema";
import { configFile } from "./config-file";
import { CommandFailure, usageFailure } from "./failures";
import type { OperatorOptions } from "./options";

export interface Gateway {
  config: Config;
  isLocal: boolean;
  /** For the local edge: the path of the certificate (PEM) to trust. */
  caFile?: string;
  /** For the local edge: the file with its audit events. */
  auditFile?: string;
  /** For every client of the SDK. */
  client: { region: string; endpoint?: string; credentials?: { accessKeyId: string; secretAccessKey: string } };
}

/** The Region of everything that a command calls. */
const REGION = "us-east-1";

/**
 * @throws CommandFailure if there is no such local edge, or no config
 * @throws ConfigError if the config has mistakes
 */
export async function findGateway(options: OperatorOptions): Promise<Gateway> {
  const { config, local } = options;
  if (local !== undefined) {
    if (config !== undefined) throw usageFailure("--local uses the config of the local edge", "leave --config out");
    return localGateway(local);
  }
  const path = configFile(options);
  const { loadConfig } = await import("../config/load");
  return { config: loadConfig(path), isLocal: false, client: { region: REGION } };
}

/** @param port empty for the only local edge that runs */
async function localGateway(port: string): Promise<Gateway> {
  if (!/^\d{0,5}$/.test(port))
    throw usageFailure(`${JSON.stringify(port)} is not a port`, "write a port, as in --local=8443");
  const { announcements } = await import("../local/announcement");
  const running = announcements();
  const [found, ...more] = port === "" ? running : running.filter((edge) => String(edge.port) === port);
  if (!found) {
    const which = port === "" ? "" : ` on port ${port}`;
    throw new CommandFailure(
      "notFound",
      `no local edge is running${which}`,
      portsHint(running.map((edge) => edge.port)) ?? "start one with edgegate dev, from this installation",
    );
  }
  if (more.length > 0) {
    throw usageFailure(`${running.length} local edges are running`, portsHint(running.map((edge) => edge.port))!);
  }
  const { config, endpoint, credentials, caFile, auditFile } = found;
  return { config, isLocal: true, caFile, auditFile, client: { region: REGION, endpoint, credentials } };
}

function portsHint(ports: number[]): string | undefined {
  return ports.length === 0 ? undefined : `write ${ports.map((port) => `--local=${port}`).join(" or ")}`;
}

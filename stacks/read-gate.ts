/**
 * Splits the gate's code in a plan into the parts that gate.ts joined: the base source, the settings, the policy and
 * the source that serves files. Does not run any of it.
 */
import { readPolicySource, type GatePolicy } from "../policy/read-source";
import { readStoredGate } from "../policy/stored/read";
import type { GateSettings } from "../session/settings";

export interface GateCode {
  /** The static bundle. If it is not this version's, the gate's decisions are unknown. */
  base: string;
  settings: GateSettings;
  policy: GatePolicy & { hosts: readonly string[] };
  /** The source that finds files in buckets. */
  site: string;
}

/**
 * @param inputs of the functions that the stack calls: one has the policy if it does not fit into the code
 * @throws Error that names the part that differs from gate.ts's output
 */
export function readGateCode(code: string, inputs: readonly unknown[] = []): GateCode {
  const { rest, ...policy } = readPolicySource(code);
  const [, base, json] = /^([^]*)\nvar S=(\{[^\n]*\});\n$/.exec(rest[0]) ?? [];
  if (base === undefined) throw new Error('the gate has no settings: the line before its policy is not "var S={…};"');
  const settings = readSettings(json!);
  if (!rest[1].startsWith("\n")) throw new Error("the gate has code on the last line of its policy");
  const found = settings.policy ? readStoredGate({ ...settings }, inputs) : policy;
  return { base, settings, policy: { ...found, hosts: settings.hosts }, site: rest[1].trim() };
}

function readSettings(json: string): GateSettings {
  try {
    const settings = JSON.parse(json) as Partial<GateSettings>;
    if (Array.isArray(settings.hosts) && settings.hosts.every((host) => typeof host === "string"))
      return settings as GateSettings;
  } catch {
    // The text is JavaScript, but not JSON.
  }
  throw new Error("the gate's settings are not JSON with a list of hosts");
}

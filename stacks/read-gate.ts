/**
 * Takes the gate's code in a plan apart: gate.ts joins it from the base source, the settings, the policy and what serves
 * files. Nothing of it is run.
 */
import { readPolicySource, type GatePolicy } from "../policy/read-source";
import { readStoredGate } from "../policy/stored/read";
import type { GateSettings } from "../session/settings";

export interface GateCode {
  /** The static bundle. If it is not that of this version, the code may decide in any way. */
  base: string;
  settings: GateSettings;
  policy: GatePolicy & { hosts: readonly string[] };
  /** The source that finds files in buckets. */
  site: string;
}

/**
 * @param inputs what the stack calls functions with: one has the policy if it does not fit into the code
 * @throws Error that says what is not as gate.ts writes it
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
    // It is JavaScript that is more than JSON.
  }
  throw new Error("the gate's settings are not JSON with a list of hosts");
}

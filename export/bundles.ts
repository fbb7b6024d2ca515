/** The files of a module's functions. */
import { dirname, join } from "node:path";
import type { Artifacts } from "../build/artifacts";
import { GATE_VARIANTS, gateFileName, gateWith, type GateFeature } from "../build/gate-features";
import { usesApi } from "../config/api-checks";
import type { Config } from "../config/schema";
import { featuresOf } from "../stacks/gate-code";
import type { ModuleJson } from "./module-json";

/** Their folder in a module. */
export const BUNDLES = "bundles";

/** The features that a policy or maintenance may need; `local.gate_features` (policy.ts) lists the needed ones. */
const OF_POLICY: readonly GateFeature[] = ["conditions", "hours", "maintenance", "stepup", "viewer"];

/** The features of the gate that the config needs with any policy. @param isApi for the gate of API behaviors */
export function fixedFeatures(config: Config, isApi = false): GateFeature[] {
  return featuresOf(config, isApi).filter((feature) => !OF_POLICY.includes(feature));
}

/** @returns the names of all files that the module names, or that its policy may choose */
export function bundlesOf(config: Config, { json, hasPolicy }: { json: ModuleJson; hasPolicy: boolean }): string[] {
  const named = [...JSON.stringify(json).matchAll(new RegExp(`/${BUNDLES}/([\\w.-]+)`, "g"))].map(([, name]) => name!);
  return [...new Set([...named, ...(hasPolicy ? gatesFor(config) : [])])].sort();
}

/** The files that a policy may choose: for the gate, and for the gate of API behaviors. */
function gatesFor(config: Config): string[] {
  return [false, ...(usesApi(config) ? [true] : [])].flatMap((isApi) => variantsWith(fixedFeatures(config, isApi)));
}

function variantsWith(fixed: readonly GateFeature[]): string[] {
  const isFixed = (feature: GateFeature) => fixed.includes(feature) || OF_POLICY.includes(feature);
  return GATE_VARIANTS.filter((list) => fixed.every((feature) => list.includes(feature)) && list.every(isFixed)).map(
    gateFileName,
  );
}

/** @param name one of {@link bundlesOf} @returns its path */
export function bundleFile(artifacts: Artifacts, name: string): string {
  const features = GATE_VARIANTS.find((list) => gateFileName(list) === name);
  return features ? gateWith(artifacts, features) : join(dirname(artifacts.gate), name);
}

/** The parts of the gate that only some sites need. Sites without one get no byte and no instruction of it. */
import { dirname, join } from "node:path";
import type { Artifacts } from "./artifacts";

/**
 * In the gate's code, each is a constant: `WITH_FUNCTIONS` and so on.
 *
 * - `api`: access tokens in the Authorization header, and CORS preflights
 * - `assertion`: a signed statement for the origin about who asks
 * - `conditions`: rules that require more than roles and identity providers
 * - `functions`: functions of the site's own on viewer requests
 * - `stored`: a policy that is too large for the source, and is in the store
 */
export const GATE_FEATURES = ["api", "assertion", "conditions", "functions", "stored"] as const;

export type GateFeature = (typeof GATE_FEATURES)[number];

/** Every set of features, as sorted lists. */
export const GATE_VARIANTS: readonly (readonly GateFeature[])[] = GATE_FEATURES.reduceRight<GateFeature[][]>(
  (lists, feature) => [...lists, ...lists.map((list) => [feature, ...list])],
  [[]],
);

/** The gate's file with some features, in a folder of artifacts. @param features in any order */
export function gateWith(artifacts: Pick<Artifacts, "gate">, features: readonly GateFeature[]): string {
  const names = GATE_FEATURES.filter((name) => features.includes(name));
  return join(dirname(artifacts.gate), names.length === 0 ? "gate.js" : `gate-with-${names.join("-")}.js`);
}

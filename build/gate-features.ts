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
 * - `hours`, `stepup`, `viewer`: conditions on the time, on how and when somebody authenticated, and on the viewer's
 *   address and country; only with `conditions`
 */
export const GATE_FEATURES = ["api", "assertion", "conditions", "functions", "hours", "stepup", "viewer"] as const;

export type GateFeature = (typeof GATE_FEATURES)[number];

/** Parts of `conditions`. */
const KINDS: readonly GateFeature[] = ["hours", "stepup", "viewer"];

/** Every set of features that a site can need, as sorted lists. */
export const GATE_VARIANTS: readonly (readonly GateFeature[])[] = GATE_FEATURES.reduceRight<GateFeature[][]>(
  (lists, feature) => [...lists, ...lists.map((list) => [feature, ...list])],
  [[]],
)
  .filter((list) => list.includes("conditions") || !list.some((feature) => KINDS.includes(feature)))
  // The handler of API behaviors evaluates conditions.
  .filter((list) => !list.includes("api") || !list.includes("conditions"));

/** The gate's file with some features, in a folder of artifacts. @param features in any order */
export function gateWith(artifacts: Pick<Artifacts, "gate">, features: readonly GateFeature[]): string {
  const names = GATE_FEATURES.filter((name) => features.includes(name));
  return join(dirname(artifacts.gate), names.length === 0 ? "gate.js" : `gate-with-${names.join("-")}.js`);
}

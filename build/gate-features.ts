/** The parts of the gate that only some sites need. Sites without one get no byte and no instruction of it. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isPackage, type Artifacts } from "./artifacts";

/**
 * In the gate's code, each is a constant: `WITH_FUNCTIONS` and so on.
 *
 * - `api`: access tokens in the Authorization header, and CORS preflights
 * - `assertion`: a signed statement for the origin about who asks
 * - `conditions`: rules that require more than roles and identity providers
 * - `functions`: functions of the site's own on viewer requests
 * - `maintenance`: a site that is closed to all but some roles
 * - `refusals`: proofs of refusals, with which people ask for access by a button
 * - `stored`: a policy that is too large for the source, and is in the store
 * - `hours`, `stepup`, `viewer`: conditions on the time, on how and when somebody authenticated, and on the viewer's
 *   address and country; only with `conditions`
 */
export const GATE_FEATURES = [
  "api",
  "assertion",
  "conditions",
  "functions",
  "hours",
  "maintenance",
  "refusals",
  "stepup",
  "stored",
  "viewer",
] as const;

export type GateFeature = (typeof GATE_FEATURES)[number];

/** Parts of `conditions`. */
const KINDS: readonly GateFeature[] = ["hours", "stepup", "viewer"];

/** Every set of features that a site can need, as sorted lists. The handler of API behaviors evaluates conditions. */
export const GATE_VARIANTS: readonly (readonly GateFeature[])[] = GATE_FEATURES.reduceRight<GateFeature[][]>(
  (lists, feature) => [...lists, ...lists.map((list) => [feature, ...list])],
  [[]],
)
  .filter((list) => list.includes("conditions") || !list.some((feature) => KINDS.includes(feature)))
  // The handler of API behaviors evaluates conditions.
  .filter((list) => !list.includes("api") || !list.includes("conditions"))
  // Programs get no page.
  .filter((list) => !list.includes("api") || !list.includes("refusals"));

/**
 * The gate's file with some features, in a folder of artifacts. A package has every one; in a checkout, a file is built
 * when it is asked for.
 *
 * @param features in any order
 */
export function gateWith(artifacts: Pick<Artifacts, "gate">, features: readonly GateFeature[]): string {
  const file = join(dirname(artifacts.gate), gateFileName(features));
  if (!built.has(file) && !isPackage()) {
    // The package has neither this module nor esbuild.
    const { writeGate } = createRequire(__filename)("./gate") as {
      writeGate: (file: string, features: readonly GateFeature[]) => void;
    };
    writeGate(file, features);
    built.add(file);
  }
  return file;
}

/** By this process. */
const built = new Set<string>();

/** @param features in any order */
export function gateFileName(features: readonly GateFeature[]): string {
  const names = GATE_FEATURES.filter((name) => features.includes(name));
  return names.length === 0 ? "gate.js" : `gate-with-${names.join("-")}.js`;
}

/** What the stack deploys, without anything in it: for tests of what is around the code. */
import { writeFileSync } from "node:fs";
import { artifactsIn, type Artifacts } from "../../build/artifacts";
import { GATE_VARIANTS, gateWith } from "../../build/gate-features";

/** @param folder exists */
export function emptyArtifacts(folder: string): Artifacts {
  const artifacts = artifactsIn(folder);
  const gates = GATE_VARIANTS.map((features) => gateWith(artifacts, features));
  for (const path of [...(Object.values(artifacts) as string[]), ...gates]) writeFileSync(path, "");
  return artifacts;
}

/** What the stack deploys, without anything in it: for tests of what is around the code. */
import { writeFileSync } from "node:fs";
import { artifactsIn, type Artifacts } from "../../build/artifacts";

/** @param folder exists */
export function emptyArtifacts(folder: string): Artifacts {
  const artifacts = artifactsIn(folder);
  for (const path of Object.values(artifacts) as string[]) writeFileSync(path, "");
  return artifacts;
}

/** The packages in the bundles. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "..");

export interface Component {
  name: string;
  version: string;
  /** SPDX expression from the package. */
  license: string;
}

/**
 * @param inputs modules, relative to the root of the checkout
 * @returns their packages, sorted by name
 */
export function componentsOf(inputs: readonly string[]): Component[] {
  const folders = inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  return [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(ROOT, folder, "package.json"), "utf8"),
    ) as Component;
    return { name, version, license };
  });
}

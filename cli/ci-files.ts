/** The pipelines of `examples/ci`, for the user's own project. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const CI_SYSTEMS = ["github", "gitlab"] as const;
export type CiSystem = (typeof CI_SYSTEMS)[number];

/** Beside `cli/`, in the checkout and in the package. */
const EXAMPLES = join(__dirname, "../examples/ci");
/** The stack's folder in the examples. */
const EXAMPLE_STACK = "cdktf.out/stacks/wiki";

/** The path of each file in the project, and its name in `examples/ci`. */
const FILES: Record<CiSystem, Record<string, string>> = {
  github: {
    ".github/workflows/gateway.yml": "github/gateway.yml",
    ".github/workflows/gateway-drift.yml": "github/gateway-drift.yml",
  },
  gitlab: { ".gitlab-ci.yml": "gitlab/gitlab-ci.yml" },
};

/** @returns by path in the project: the text of each file, for the stack with this name */
export function ciFiles(system: CiSystem, stackName: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(FILES[system]).map(([path, example]) => [
      path,
      readFileSync(join(EXAMPLES, example), "utf8").replaceAll(EXAMPLE_STACK, `cdktf.out/stacks/${stackName}`),
    ]),
  );
}

/** The files from which a gateway on this machine is made. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

const ROOT = dirname(require.resolve("edgegate/package.json"));

/** Folders of a checkout whose code is bundled or synthesizes. The package has its bundles prebuilt. */
const FOLDERS = [
  "build",
  "cloudfront",
  "config",
  "control-plane",
  "edge-handlers",
  "functions",
  "identity",
  "ledger",
  "policy",
  "session",
  "stacks",
];

/** The code of this checkout; empty in an installed package. */
export function ownSources(): string[] {
  if (!existsSync(join(ROOT, "main.ts"))) return [];
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.[jt]s$/.test(name))
      .map((name) => join(ROOT, folder, name)),
  );
}

/**
 * The config file and every module that it imports, from the modules that this process has loaded. Does not include
 * packages, or files that a config reads in another way.
 */
export function configModules(file: string): string[] {
  const loaded = Object.keys(require.cache).filter(
    (path) => !path.includes(`${sep}node_modules${sep}`) && !isOwn(path),
  );
  return [...new Set([resolve(file), ...loaded])];
}

/** True for code of this repository or package, as opposed to a config beside it. */
function isOwn(path: string): boolean {
  const [folder = "", ...rest] = relative(ROOT, path).split(sep);
  if (folder === "..") return false;
  return rest.length === 0 ? /^(index|main)\.[jt]s$/.test(folder) : !["examples", "node_modules"].includes(folder);
}

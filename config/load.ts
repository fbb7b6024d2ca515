/** From a file to a checked config, or to one error that lists every mistake in it. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { checkAcross } from "./cross-checks";
import { configSchema } from "./schema";
import type { Config } from "./schema";

/** One mistake: where it is and what to write instead. */
export interface ConfigProblem {
  /** Such as `policy[2].path`; empty for the config as a whole. */
  path: string;
  message: string;
}

/** A config that cannot be used. The message lists all problems, one a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(
    readonly source: string,
    readonly problems: readonly ConfigProblem[],
  ) {
    const count = problems.length === 1 ? "1 mistake" : `${problems.length} mistakes`;
    const width = Math.min(40, Math.max(...problems.map(({ path }) => path.length)));
    super([`${source}: ${count}`, ...problems.map(({ path, message }) => `  ${path.padEnd(width)}  ${message}`)].join("\n"));
  }
}

/**
 * Reads a config file: a TypeScript, JavaScript or JSON file whose default export is the config.
 *
 * @param path relative to the working directory
 * @throws ConfigError when there is no such file, it cannot be read, or the config has mistakes
 */
export function loadConfig(path: string): Config {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new ConfigError(path, [{ path: "", message: "there is no such file; write one as docs/examples/minimal.ts shows" }]);
  }
  let module: unknown;
  try {
    // tsx, which runs the app, gives `require` every kind of module.
    module = createRequire(__filename)(file);
  } catch (error) {
    throw new ConfigError(path, [{ path: "", message: `cannot be read: ${(error as Error).message.split("\n")[0]}` }]);
  }
  return parseConfig(typeof module === "object" && module !== null && "default" in module ? module.default : module, path);
}

/**
 * Checks a config and fills in its defaults.
 *
 * @param source what the error calls the config
 * @throws ConfigError with every mistake at once
 */
export function parseConfig(input: unknown, source = "config"): Config {
  const parsed = configSchema.safeParse(input);
  if (!parsed.success) {
    throw new ConfigError(source, parsed.error.issues.flatMap(({ path, message, ...issue }) => {
      const place = path.reduce<string>((text, key) => text + (typeof key === "number" ? `[${key}]` : (text && ".") + String(key)), "");
      if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => ({ path: (place && `${place}.`) + key, message: "there is no such setting; remove it or check its spelling" }));
      }
      return [{ path: place, message: issue.code === "invalid_type" && place === "" ? "write an object: export default defineConfig({ … })" : message }];
    }));
  }
  const problems = checkAcross(parsed.data);
  if (problems.length > 0) throw new ConfigError(source, problems);
  return parsed.data;
}

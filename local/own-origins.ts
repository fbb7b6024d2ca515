/** The behaviors that go to the developer's own servers, instead of the demo site. */
import { customOrigin } from "../config/origins/custom";
import type { Config, Origin } from "../config/schema";

/** Scheme, host and port of a server, by the path pattern of the behavior; `*` for the default behavior. */
export type OwnOrigins = Readonly<Record<string, URL>>;

/** The path patterns that a config has behaviors for. */
export function behaviorPaths({ behaviors }: Config): string[] {
  return ["*", ...behaviors.map(({ path }) => path)];
}

/** On the command line, the default behavior has a name that no shell expands. */
export const DEFAULT_BEHAVIOR = "default";

export function behaviorName(path: string): string {
  return path === "*" ? DEFAULT_BEHAVIOR : path;
}

/**
 * The config with a custom origin wherever the developer's own server replaces an S3 bucket. A bucket gets only the
 * path, which is not enough for a server.
 *
 * @throws Error for a path pattern that the config does not have
 */
export function withOwnOrigins(config: Config, own: OwnOrigins): Config {
  const unknown = Object.keys(own).find((path) => !behaviorPaths(config).includes(path));
  if (unknown !== undefined)
    throw new Error(
      `--origin ${unknown}: the config has no such behavior; its behaviors are ${behaviorPaths(config).map(behaviorName).join(", ")}`,
    );
  const isReplaced = (path: string, origin: Origin | undefined) => Object.hasOwn(own, path) && origin?.type === "s3";
  // A local server may have a name that an origin in AWS cannot have, such as `localhost`.
  const defaults = customOrigin.parse({ type: "custom", domainName: "origin.example.com" });
  const custom = (path: string): Origin => ({ ...defaults, domainName: own[path]!.hostname });
  const { caching: _, ...rest } = config;
  return {
    ...(isReplaced("*", config.origin) ? { ...rest, origin: custom("*") } : config),
    behaviors: config.behaviors.map((behavior) =>
      isReplaced(behavior.path, behavior.origin)
        ? { ...behavior, origin: custom(behavior.path), caching: "disabled" }
        : behavior,
    ),
  };
}

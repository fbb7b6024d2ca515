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
    super(
      [`${source}: ${count}`, ...problems.map(({ path, message }) => `  ${path.padEnd(width)}  ${message}`)].join("\n"),
    );
  }
}

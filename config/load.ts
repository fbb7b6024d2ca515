/** Loads and checks a config file, or throws one error that lists every mistake in it. */
import type { z } from "zod";
import { checkAcross } from "./cross-checks";
import { nothingOfTheDistribution } from "./distribution";
import { ConfigError, type ConfigProblem } from "./error";
import { readConfigFile } from "./read";
import { ownersAreInThePath, resolved } from "./requirement-checks";
import { attachedSchema, configSchema, type Config } from "./schema";

export { ConfigError, type ConfigProblem } from "./error";

/**
 * Reads a config file: a TypeScript, JavaScript or JSON file whose default export is the config.
 *
 * @param path relative to the working directory
 * @throws ConfigError if the file does not exist or cannot be read, or if the config has mistakes
 */
export function loadConfig(path: string): Config {
  return parseConfig(readConfigFile(path, Object.keys(configSchema.shape)), path);
}

/**
 * Checks a config and fills in its defaults.
 *
 * @param source name of the config in the error
 * @throws ConfigError that lists every mistake
 */
export function parseConfig(input: unknown, source = "config"): Config {
  const parsed = read(input);
  if (!parsed.success)
    throw new ConfigError(
      source,
      parsed.error.issues.flatMap((issue) => problemsOf(issue, input)),
    );
  const { rules, problems: unresolved } = resolved(parsed.data.policy, parsed.data.requirements);
  const config: Config = { ...parsed.data, policy: rules };
  const uncompilable = [...unresolved, ...ownersAreInThePath(config)];
  const problems = uncompilable.length > 0 ? uncompilable : checkAcross(config);
  if (problems.length > 0) throw new ConfigError(source, problems);
  return config;
}

/** The rules may still name requirements. */
type Read = { success: true; data: Config } | { success: false; error: z.ZodError };

/** Parse without the checks that involve more than one option. */
function read(input: unknown): Read {
  const options = { error: writeAnotherKind };
  if (!meansExisting(valueAt(input, ["distribution"]))) return configSchema.safeParse(input, options);
  const parsed = attachedSchema.safeParse(input, options);
  return parsed.success ? { ...parsed, data: { ...parsed.data, ...nothingOfTheDistribution() } } : parsed;
}

function meansExisting(distribution: unknown): boolean {
  return distribution === "existing" || (typeof distribution === "object" && distribution !== null);
}

/** Advice for settings of earlier versions and likely guesses, by path, with `*` for a provider's ID. */
const INSTEAD: Record<string, string> = {
  "session.shardCount": "remove it: there are always 4,096 shards",
  "identityProviders.*.rolesClaim": 'write roles: { claim: "groups" } instead',
  "waf.rateLimit":
    "write rateLimits: { site: { limit: 50000 } } instead; the gateway's own paths have a limit of their own",
  "identityProviders.*.clientSecret":
    'remove it: secrets do not belong in a config. Write clientAuthentication: "client_secret_basic", and store the secret with "npx edgegate secrets put *"',
};

/** What to write, if the schema only says that a value has the wrong type. */
const KINDS: Record<string, string> = {
  array: "a list",
  object: "an object",
  record: "an object",
  boolean: "true or false",
  string: "a string",
};

function writeAnotherKind({ code, expected }: z.core.$ZodRawIssue): string | undefined {
  return code === "invalid_type" ? `write ${KINDS[String(expected)] ?? String(expected)}` : undefined;
}

function problemsOf(issue: z.core.$ZodIssue, input: unknown): ConfigProblem[] {
  if (issue.code === "invalid_union" && issue.message === NO_MESSAGE) {
    const meant = formMeant(issue.errors, valueAt(input, issue.path));
    return meant.flatMap((part) => problemsOf({ ...part, path: [...issue.path, ...part.path] }, input));
  }
  const place = issue.path.reduce<string>(
    (text, key) => text + (typeof key === "number" ? `[${key}]` : (text && ".") + String(key)),
    "",
  );
  // The value is not shown: it may be a secret that does not belong in a config.
  if (issue.code === "unrecognized_keys") {
    return issue.keys
      .map((key) => (place && `${place}.`) + key)
      .map((path) => ({
        path,
        message:
          INSTEAD[path.replace(/^(identityProviders)\.[^.]+/, "$1.*")]?.replace("*", path.split(".")[1]!) ??
          (issue.message.startsWith("Unrecognized key")
            ? "there is no such setting; remove it or check its spelling"
            : issue.message),
      }));
  }
  if (issue.code === "invalid_key")
    return [{ path: place, message: `${issue.issues[0]!.message}; it is ${JSON.stringify(issue.path.at(-1))}` }];
  if (place === "") return [{ path: place, message: "write an object: export default defineConfig({ … })" }];
  return [{ path: place, message: issue.message + found(input, issue.path) }];
}

/** Zod's own message for a union, which only points to the inner errors. */
const NO_MESSAGE = "Invalid input";

/**
 * The mistakes in the intended form of a union: the first form whose required settings are present, or else the last
 * one.
 */
function formMeant(forms: readonly z.core.$ZodIssue[][], value: unknown): readonly z.core.$ZodIssue[] {
  const isMeant = (issues: readonly z.core.$ZodIssue[]): boolean =>
    issues.every(({ path, code }) =>
      path.length === 0 ? code === "unrecognized_keys" : valueAt(value, path) !== undefined,
    );
  return forms.find(isMeant) ?? forms.at(-1)!;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (parent, key) => (parent as Record<PropertyKey, unknown> | null | undefined)?.[key],
    input,
  );
}

/** Describes the value at a path of the input, if it is short enough. */
function found(input: unknown, path: readonly PropertyKey[]): string {
  const value = valueAt(input, path);
  if (value === undefined) return "; it is missing";
  const text = typeof value === "function" || typeof value === "bigint" ? `a ${typeof value}` : JSON.stringify(value);
  return text.length <= 60 ? `; it is ${text}` : "";
}

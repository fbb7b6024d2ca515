/** Reads a config file: what it exports, before anything is checked. */
import { existsSync, readFileSync } from "node:fs";
import { extname, isAbsolute, join, resolve } from "node:path";
import { createJiti } from "jiti";
import { ConfigError } from "./error";

const JITI = {
  // A config needs only `defineConfig`; the rest of the package takes long to load.
  alias: { edgegate: join(__dirname, "define") },
  // Other users may be able to write to the cache's folder.
  fsCache: false,
};
const ENDINGS = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs", ".json"];

/**
 * The default export of a TypeScript or JavaScript file, or the value of a JSON file.
 *
 * @param path relative to the working directory
 * @param settings names of the settings, which tell a config from a module that exports one by name
 * @throws ConfigError if the file does not exist, cannot be read, or has no default export
 */
export function readConfigFile(path: string, settings: readonly string[]): unknown {
  const refuse = (message: string): never => {
    throw new ConfigError(path, [{ path: "", message }]);
  };
  const file = resolve(path);
  if (!existsSync(file)) return refuse('there is no such file; "npx edgegate init" writes one');
  if (!ENDINGS.includes(extname(file)))
    return refuse('write the config in TypeScript, JavaScript or JSON; "npx edgegate init" writes one');
  if (extname(file) === ".json") {
    const text = readFileSync(file, "utf8");
    try {
      return JSON.parse(text) as unknown;
    } catch (error) {
      return refuse(`cannot be read: ${jsonMistake(text, (error as SyntaxError).message)}`);
    }
  }
  let exported: unknown;
  try {
    exported = createJiti(__filename, JITI)(file);
  } catch (error) {
    return refuse(`cannot be read: ${codeMistake(file, error)}`);
  }
  if (typeof exported !== "object" || exported === null) return exported;
  if ("default" in exported) return exported.default;
  const names = Object.keys(exported);
  if (names.some((name) => settings.includes(name))) return exported;
  const instead = names.length === 0 ? "it exports nothing" : `it only exports ${names.map(quoted).join(" and ")}`;
  return refuse(`export the config as default: "export default defineConfig({ … })"; ${instead}`);
}

function quoted(name: string): string {
  return `"${name}"`;
}

/** The first line of an error's message, and the line of the code that has the mistake or throws. */
function codeMistake(file: string, error: unknown): string {
  const { message = error, stack = "" } = Object(error) as Partial<Error>;
  const text = String(message)
    .split("\n")[0]!
    .replace(/^ParseError: /, "")
    .trimEnd();
  // A parser's message has the place in its second line, other errors in their first frame.
  const places = stack.matchAll(/^\s*(?:at (?:.*\()?)?(.+?):(\d+):\d+\)?$/gm);
  for (const [, place, line] of places) {
    if (!isAbsolute(place!) || place!.includes("node_modules")) continue;
    return `${text} (${place === file ? "" : `${place}, `}line ${line})`;
  }
  return text;
}

/** Node gives the place as a position or, for some mistakes, as ten characters on both sides. */
function jsonMistake(text: string, message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  const around = /, \.\.\."([^]{10})/.exec(message)?.[1];
  const at = position ?? (around === undefined ? text.length : text.indexOf(around) + around.length);
  const line = text.slice(0, Number(at)).split("\n").length;
  return `${message.replace(/ at position[^]*|, (?:\.\.\.)?"[^]*/, "")} (line ${line})`;
}

/** The parts of a distribution that determine which file of a bucket a request gets. */
import { withoutNames } from "../policy/patterns";

/** How the files of a bucket are served. */
export interface Site {
  /** The document of a folder, such as `index.html`; `false` if a folder has none. */
  index: string | false;
  /** True if paths without a file extension get the application's index document. */
  spa: boolean;
}

/** A cache behavior. The first whose pattern matches serves the request; the default behavior is last. */
export interface Place {
  /** CloudFront path pattern; `*` for the default behavior. */
  pattern: string;
  /** Undefined for an origin that reads paths by itself. */
  site: Site | undefined;
}

/**
 * An extension: a dot and a letter, so that `v1.2` is a folder. The site handler does not look for a folder of such a
 * name.
 */
const FILE_NAME = /\.[a-z][^./]*$/i;

/**
 * The files that rules name, such as `/favicon.ico`. A trailing slash never changes a decision, so the rule also decides
 * about `/favicon.ico/`. That is no folder, and no deep link of an application.
 */
export function filesIn(policy: readonly { path: string }[]): string[] {
  const names = policy
    .map(({ path }) => withoutNames(path))
    .filter((path) => !path.includes("*") && FILE_NAME.test(path));
  return [...new Set(names)];
}

/** True if the last segment has a file extension. */
export function isFile(path: string): boolean {
  return path.lastIndexOf(".") > path.lastIndexOf("/");
}

/**
 * The path of a single-page application's shell: the index document of the folder that the pattern names. CloudFront
 * sends the whole path to the bucket, so the shell of `/app/*` is at `/app/index.html`.
 */
export function shellOf({ pattern, site }: Place): string {
  const literal = pattern.split("*")[0]!;
  return `${literal.slice(0, literal.lastIndexOf("/") + 1) || "/"}${site?.index || "index.html"}`;
}

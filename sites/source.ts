/**
 * Compiles the choice of a request's file to JavaScript for the gate, which runs it after its decision. CloudFront
 * chooses the behavior by the viewer's path, even if a function changes the path
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-uri).
 * So the source repeats the patterns in front of a site, in CloudFront's order. Runs at synth, never in the engine.
 */
import { shellOf, type Place } from "./place";

/** The function's name in the gate. */
const NAME = "F";

/**
 * The source of `function F(p)`, from the path of the viewer to the path that cache and origin get.
 *
 * @param places the default behavior is last
 * @param files paths that are neither folders nor deep links, even with a slash at the end; see filesIn of place.ts
 * @returns a declaration without a value if no site changes any path
 */
export function siteSource(places: readonly Place[], files: readonly string[]): string {
  const last = places.findLastIndex((place) => servedSource(place, files) !== "p");
  if (last < 0) return `var ${NAME};`;
  const statements = places
    .slice(0, last + 1)
    .map((place) =>
      place.pattern === "*"
        ? `return ${servedSource(place, files)}`
        : `if(${matchSource(place.pattern)})return ${servedSource(place, files)}`,
    );
  const isOpen = places[last]!.pattern !== "*";
  const needsPosition = statements.some((statement) => statement.includes("(i="));
  return `function ${NAME}(p){${[...(needsPosition ? ["var i"] : []), ...statements, ...(isOpen ? ["return p"] : [])].join(";")}}`;
}

/** The gate's own function, to be run at synth and in tests. */
export function servedPath(places: readonly Place[], files: readonly string[]): (path: string) => string {
  const compiled = new Function(`${siteSource(places, files)}\nreturn ${NAME};`)() as
    ((path: string) => string) | undefined;
  return compiled ?? ((path) => path);
}

/** An expression over `p`, the path. */
function servedSource(place: Place, files: readonly string[]): string {
  const { site } = place;
  const [is, isNot] = ["==", "!="].map((operator) => files.map((file) => `p${operator}"${file}/"`));
  // A name with a dot is a file, as for https://github.com/bripkens/connect-history-api-fallback#disabledotrule.
  if (site?.spa) return `${['p.lastIndexOf(".")>p.lastIndexOf("/")', ...is!].join("||")}?p:"${shellOf(place)}"`;
  return site?.index ? `${['p.endsWith("/")', ...isNot!].join("&&")}?p+"${site.index}":p` : "p";
}

/**
 * A condition over `p`. `*` matches any number of characters, also `/`; case counts
 * (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern).
 * Positions instead of a regular expression: that would cost 20,000 instructions, and more with every `*`.
 */
function matchSource(pattern: string): string {
  const [first, ...others] = pattern.split(/\*+/) as [string, ...string[]];
  const end = others.pop();
  if (end === undefined) return `p=="${first}"`;
  const conditions = [`p.startsWith("${first}")`];
  let from = String(first.length);
  for (const part of others) {
    conditions.push(`(i=p.indexOf("${part}",${from}))>=0`);
    from = `i+${part.length}`;
  }
  if (end !== "") conditions.push(`p.endsWith("${end}")`, `${from}<=p.length-${end.length}`);
  return conditions.join("&&");
}

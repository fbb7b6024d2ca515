/**
 * The pages of buckets that are served for other paths. module/site-pages.tf refuses policies that would show one to
 * the wrong people.
 */
import { placesOf } from "../config/site-checks";
import type { Config } from "../config/schema";
import { shellOf } from "../sites/place";
import { isS3 } from "../stacks/origins/origins";

/** An element of the module's `local.site_pages`; paths and prefixes of paths. */
export interface SitePage {
  path: string;
  within: string;
  earlier: string[];
  /** True if the page is also served for files. */
  files: boolean;
  [key: string]: string | string[] | boolean;
}

export function sitePages(config: Config): SitePage[] {
  const { behaviors, origin } = config;
  if (!origin) return [];
  const origins = [...behaviors.map((behavior) => behavior.origin), origin];
  const places = placesOf(config);
  return places.flatMap((place, i) => {
    const of = origins[i]!;
    if (!isS3(of)) return [];
    const common = { within: startOf(place.pattern), earlier: beginnings(places.slice(0, i)) };
    return [
      ...(of.spa ? [{ path: shellOf(place), ...common, files: false }] : []),
      ...(of.notFound === undefined ? [] : [{ path: of.notFound, ...common, files: true }]),
    ];
  });
}

/** The prefix of the paths of a CloudFront pattern. */
function startOf(pattern: string): string {
  return pattern.split("*")[0]! || "/";
}

/** The behaviors that serve every path with a given prefix. */
function beginnings(places: readonly { pattern: string }[]): string[] {
  return places.flatMap(({ pattern }) => (/^[^*]+\*$/.test(pattern) ? [startOf(pattern)] : []));
}

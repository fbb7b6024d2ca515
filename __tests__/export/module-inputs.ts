/** What a config's sites are in the exported module. */
import type { Place } from "../../sites/place";

/** An element of the module's `local.site_places`. */
export function modulePlace({ pattern, site }: Place): object {
  return { pattern, index: site?.index || null, spa: site?.spa ?? false };
}

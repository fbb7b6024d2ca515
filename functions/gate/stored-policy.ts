/** The policy of a site with so many rules that they are in the store (policy/stored/). */
import { PUBLIC, SIGNED_IN, TAKES_ESCAPES } from "../../policy/requirement-text";
import { placeOf, requirementIn, type StoredPlace } from "../../policy/stored/lookup";

/** The rules for a request, with what was computed to find them: finding them again would cost 13,000 instructions. */
export interface StoredRules extends StoredPlace {
  segments: string[];
}

/** Where the rules for a path are. @param host one of the settings' */
export function placeIn(host: string, segments: string[]): StoredPlace {
  const index = SETTINGS.policy!;
  return placeOf(index, index.roots[SETTINGS.hosts.indexOf(host)]!, segments);
}

/**
 * What {@link import("../../policy/requirement-text").CompiledPolicy} returns for a smaller policy.
 *
 * @param rules with the text of the record in the place of its name
 */
export function storedRequirement(rules: StoredRules, method: string, preflight: boolean): string | undefined {
  const required = requirementIn(rules.record, rules.depth, method, rules.segments, preflight);
  if (!WITH_MAINTENANCE) return required;
  const closedTo = SETTINGS.policy!.closedTo;
  if (!required || !closedTo) return required;
  const escapes = required[0] === TAKES_ESCAPES ? TAKES_ESCAPES : "";
  const rest = required.slice(escapes.length);
  return escapes + closedTo + (rest === PUBLIC ? SIGNED_IN : rest);
}

/** The policy of a site with so many rules that they are in the store (policy/stored/). */
import { PUBLIC, SIGNED_IN, TAKES_ESCAPES } from "../../policy/requirement-text";
import { placeOf, requirementIn } from "../../policy/stored/lookup";

/** The name of the record with the rules for a path. @param host one of the settings' */
export function rulesRecord(host: string, segments: string[]): string {
  return placeIn(host, segments).record;
}

/**
 * What {@link import("../../policy/requirement-text").CompiledPolicy} returns for a smaller policy.
 *
 * @param rules the text of {@link rulesRecord}
 */
export function storedRequirement(
  rules: string,
  host: string,
  method: string,
  segments: string[],
  preflight: boolean,
): string | undefined {
  const required = requirementIn(rules, placeIn(host, segments).depth, method, segments, preflight);
  if (!WITH_MAINTENANCE) return required;
  const closedTo = SETTINGS.policy!.closedTo;
  if (!required || !closedTo) return required;
  const escapes = required[0] === TAKES_ESCAPES ? TAKES_ESCAPES : "";
  const rest = required.slice(escapes.length);
  return escapes + closedTo + (rest === PUBLIC ? SIGNED_IN : rest);
}

function placeIn(host: string, segments: string[]) {
  const index = SETTINGS.policy!;
  return placeOf(index, index.roots[SETTINGS.hosts.indexOf(host)]!, segments);
}

/** What a config's policy is as variables of the exported module. */
import type { ConfigInput } from "../../config/schema";
import type { PolicyRule } from "../../policy/rule";
import type { Place } from "../../sites/place";

export interface ModuleInputs {
  policy: object[];
  maintenance?: object | undefined;
}

/** The module has `roles` and `idp` in the place of `allow`, not in it: an HCL type is no union. */
export function moduleRule({ allow, ...rule }: PolicyRule): object {
  return { ...rule, ...(typeof allow === "object" ? allow : { allow }) };
}

export function moduleMaintenance(maintenance: ConfigInput["maintenance"]): object | undefined {
  if (maintenance === undefined) return undefined;
  const { allow, ...others } = maintenance;
  return { ...others, ...allow };
}

/** An element of the module's `local.site_places`. */
export function modulePlace({ pattern, site }: Place): object {
  return { pattern, index: site?.index || null, spa: site?.spa ?? false };
}

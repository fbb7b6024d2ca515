/** Plans of a few resources, as `terraform show -json` writes them. */
import { gateCode } from "./gate-code";
import type { PolicyRule } from "../../policy/rule";

export interface PlannedChange {
  address: string;
  module_address?: string;
  mode: string;
  type: string;
  name: string;
  change: {
    actions: string[];
    before: object | null;
    after: object | null;
    after_unknown: object;
    before_sensitive?: unknown;
    after_sensitive?: unknown;
  };
}

export function planJson(changes: readonly PlannedChange[], more: object = {}): Buffer {
  const plan = {
    format_version: "1.2",
    planned_values: {},
    configuration: { root_module: {} },
    resource_changes: changes,
  };
  return Buffer.from(JSON.stringify({ ...plan, ...more }));
}

export function change(address: string, before: object | null, after: object | null): PlannedChange {
  const [type, name] = address.replace(/^(module\.[^.]+\.)*/, "").split(".") as [string, string];
  const actions = before === null ? ["create"] : after === null ? ["delete"] : ["update"];
  return { address, mode: "managed", type, name, change: { actions, before, after, after_unknown: {} } };
}

/** A change of the policy alone. */
export function gateChange(before: readonly PolicyRule[], after: readonly PolicyRule[]): PlannedChange {
  const values = (policy: readonly PolicyRule[]) => ({ name: "wiki-gate", code: gateCode(policy) });
  return change("aws_cloudfront_function.gate", values(before), values(after));
}

/** What Terraform appends to the gate's source when it plans. */
import type { Policy } from "../../session/policy";
import type { GateSettings } from "../../session/settings";

declare global {
  const SETTINGS: GateSettings;
  const policy: Policy;
}

/** What Terraform appends to the gate's source when it plans. */
import type { CompiledPolicy } from "../../policy/requirement-text";
import type { GateSettings } from "../../session/settings";

declare global {
  const SETTINGS: GateSettings;
  const policy: CompiledPolicy;
}

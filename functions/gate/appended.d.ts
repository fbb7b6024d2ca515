/** What Terraform appends to the gate's source when it plans. */
import type { CompiledPolicy } from "../../policy/requirement-text";
import type { GateSettings } from "../../session/settings";

declare global {
  const SETTINGS: GateSettings;
  const policy: CompiledPolicy;
  /** From the path of a request to the path of the file that it gets (sites/source.ts); undefined if they are the same. */
  const servedPath: ((path: string) => string) | undefined;
}

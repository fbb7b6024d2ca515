/** What Terraform appends to the gate's source when it plans. */
import type { CompiledPolicy } from "../../policy/requirement-text";
import type { GateSettings } from "../../session/settings";
import type { OwnFunction } from "./own-functions";

declare global {
  const SETTINGS: GateSettings;
  /** Absent if the policy is in the store. */
  const policy: CompiledPolicy;
  /** From the path of a request to the path of the file that it gets (sites/source.ts); undefined if they are the same. */
  const servedPath: ((path: string) => string) | undefined;
  /** What the site needs; constants of the build (build/gate-features.ts). */
  const WITH_API: boolean;
  const WITH_ASSERTION: boolean;
  const WITH_CONDITIONS: boolean;
  const WITH_FUNCTIONS: boolean;
  const WITH_HOURS: boolean;
  const WITH_MAINTENANCE: boolean;
  const WITH_REFUSALS: boolean;
  const WITH_STEPUP: boolean;
  const WITH_STORED: boolean;
  const WITH_VIEWER: boolean;
  /** The site's own functions; undefined if it has none. They may also return a promise. */
  const before: OwnFunction | undefined;
  const after: OwnFunction | undefined;
}

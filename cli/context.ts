import type { Gateway } from "./gateway";
import type { OperatorOptions } from "./options";

/** What every command is given, with the options of its own. */
export interface Context<Options = unknown> {
  gateway: Gateway;
  options: OperatorOptions & Options;
  /** Who asks, for the ledger. */
  by: string;
  /** Why, for the ledger. */
  reason: string;
}

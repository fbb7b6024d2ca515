import type { Gateway } from "./gateway";
import type { OperatorOptions } from "./options";

/** What every operator command gets. `Options` are the options of that command. */
export interface Context<Options = unknown> {
  gateway: Gateway;
  options: OperatorOptions & Options;
  /** Who asks, for the ledger. */
  by: string;
  /** Why, for the ledger. */
  reason: string;
}

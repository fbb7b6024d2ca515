import type { Gateway } from "./gateway";
import type { OperatorOptions } from "./options";

/** The input of every operator command. `Options` are the options of that command. */
export interface Context<Options = unknown> {
  gateway: Gateway;
  options: OperatorOptions & Options;
  /** The operator, for the ledger. */
  by: string;
  /** The reason, for the ledger. */
  reason: string;
}

/** The options that every command takes. */
export interface GlobalOptions {
  config?: string;
  json?: boolean;
}

/** The options of every command that operates a gateway. */
export interface OperatorOptions extends GlobalOptions {
  /** A port, or empty for the only local edge that runs. */
  local?: string;
  /** Only of commands that ask for confirmation. */
  yes?: boolean;
  /** Only of commands that the ledger records. */
  reason?: string;
}

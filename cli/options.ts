/** The options that every command takes. */
export interface GlobalOptions {
  config?: string;
  json?: boolean;
}

/** The options of every command that operates a gateway. */
export interface OperatorOptions extends GlobalOptions {
  /** A port, or empty for the only local edge that runs. */
  local?: string;
  yes?: boolean;
  reason?: string;
}

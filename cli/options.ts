/** The options that every command takes. */
export interface GlobalOptions {
  config?: string;
  json?: boolean;
}

/** The options that every command takes which operates a gateway. */
export interface OperatorOptions extends GlobalOptions {
  /** A port, or empty for the only one that runs. */
  local?: string;
  yes?: boolean;
  reason?: string;
}

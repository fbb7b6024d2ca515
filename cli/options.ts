/** The options that every command takes. */
export interface GlobalOptions {
  config?: string;
  /** A port, or empty for the only one that runs. */
  local?: string;
  json?: boolean;
  yes?: boolean;
  reason?: string;
}

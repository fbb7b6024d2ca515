/** The severity of a flag. */
export const SEVERITIES = ["high", "medium", "low"] as const;

/**
 * - high: unauthorized people get in, everyone is signed out or locked out, or data is lost
 * - medium: a defense gets weaker, or action is needed
 * - low: worth a look
 */
export type Severity = (typeof SEVERITIES)[number];

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
}

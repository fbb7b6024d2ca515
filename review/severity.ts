/** How bad it would be to miss something. */
export const SEVERITIES = ["high", "medium", "low"] as const;

/**
 * - high: people get in who must not, everybody is signed out or locked out, or data is lost
 * - medium: a defense gets weaker, or somebody must do something
 * - low: worth a look
 */
export type Severity = (typeof SEVERITIES)[number];

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least);
}

/**
 * The secret by which a server knows that a request passed this gateway. The key rotator makes it, the gate sends it, and
 * the server compares it with what Secrets Manager has.
 */

/** In the gate's own namespace: what a viewer sends under this name never passes. */
export const ORIGIN_SECRET_HEADER = "x-gate-origin-secret";

/** The name of the record in the store that holds what the gate sends. */
export const ORIGIN_SECRET_RECORD = "origin";

/** The value of the secret, as JSON. */
export interface OriginSecret {
  /**
   * What the server accepts: the value that the gate sends, and the one that it sends after the next rotation. Each is
   * 32 random bytes as 43 characters of base64url.
   */
  accepted: [sent: string, next: string];
}

/** @returns undefined if the text is not such a value */
export function parseOriginSecret(text: string): OriginSecret | undefined {
  let value: Partial<OriginSecret> | null;
  try {
    value = JSON.parse(text) as Partial<OriginSecret> | null;
  } catch (notJson) {
    return undefined;
  }
  const accepted: unknown = value && value.accepted;
  return Array.isArray(accepted) && accepted.length === 2 && accepted.every(isValue) && accepted[0] !== accepted[1]
    ? { accepted: accepted as OriginSecret["accepted"] }
    : undefined;
}

function isValue(value: unknown): boolean {
  return typeof value === "string" && /^[\w-]{43}$/.test(value);
}

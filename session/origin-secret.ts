/**
 * The secret that proves to a server that a request passed this gateway. The key rotator makes it, the gate sends it,
 * and the server compares it with the value in Secrets Manager.
 */

/** In the gate's own namespace: a viewer's header of this name never passes. */
export const ORIGIN_SECRET_HEADER = "x-gate-origin-secret";

/** The name of the store's record with the value that the gate sends. */
export const ORIGIN_SECRET_RECORD = "origin";

/** The value of the secret, as JSON. */
export interface OriginSecret {
  /**
   * The values that the server accepts: the one that the gate sends now, and the one after the next rotation. Each is
   * 32 random bytes as 43 characters of base64url.
   */
  accepted: [sent: string, next: string];
}

/** @returns undefined if the text is not valid */
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

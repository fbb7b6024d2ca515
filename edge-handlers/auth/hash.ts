/** The hashes of the session contract, on node:crypto. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { HmacText } from "../../session/keys";

export const hmac: HmacText = (key, text) => createHmac("sha256", key).update(text).digest("base64url");

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** Whether `mac` is the HMAC-SHA256 of `signed`, in a time that says nothing about where they differ. */
export function macMatches(key: string, signed: string, mac: string): boolean {
  const expected = Buffer.from(hmac(key, signed));
  const given = Buffer.from(mac);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

import { timingSafeEqual } from "node:crypto";
import { hmac } from "../../session/node-hash";

/** True if `mac` is the HMAC-SHA256 of `signed`. Compares in constant time. */
export function macMatches(key: string, signed: string, mac: string): boolean {
  const expected = Buffer.from(hmac(key, signed));
  const given = Buffer.from(mac);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

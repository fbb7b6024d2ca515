import { timingSafeEqual } from "node:crypto";
import { hmac } from "../../session/node-hash";

/** Whether `mac` is the HMAC-SHA256 of `signed`, in a time that says nothing about where they differ. */
export function macMatches(key: string, signed: string, mac: string): boolean {
  const expected = Buffer.from(hmac(key, signed));
  const given = Buffer.from(mac);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

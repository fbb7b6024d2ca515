/** Whether a session may be believed. */
import crypto from "crypto";
import { TOKEN_KEY_LENGTH } from "../../session/shard";
import { EXPIRES_AT, MAC_LENGTH } from "../../session/token-layout";

/** Why a request has no session; the code that the access log shows. */
export type NoSession = "none" | "several" | "form" | "key" | "mac" | "expired" | "revoked" | "outdated";

/**
 * The fields of a genuine session whose time is not up. The MAC is checked before anything in the payload is looked at.
 */
export function openSession(token: string, kid: string, keyRecord: string): string[] | NoSession {
  const key = keyRecord.slice(0, TOKEN_KEY_LENGTH);
  const signed = token.slice(0, -MAC_LENGTH);
  const mac = crypto.createHmac("sha256", key).update(signed).digest("base64url");
  // Digests are compared: how long that takes says nothing about where the texts differ, in an engine that has no
  // constant-time compare. Under a key that is cut short, or empty, anybody could sign.
  const expected = crypto.createHash("sha256").update(mac).digest("hex");
  if (
    !key[TOKEN_KEY_LENGTH - 1] ||
    expected !== crypto.createHash("sha256").update(token.slice(-MAC_LENGTH)).digest("hex")
  )
    return "mac";

  const fields = signed.slice(kid.length + 3, -1).split("~");
  // A time that cannot be read is over; in base 36, "undefined" is a number.
  return Date.now() < parseInt(fields[EXPIRES_AT] || "", 36) * 1000 ? fields : "expired";
}

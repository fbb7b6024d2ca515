/** Whether a session may be believed. */
import crypto from "crypto";
import { isRevoked, SHARD_KEY_LENGTH } from "../../session/shard";
import { EXPIRES_AT, ISSUED_AT, MAC_LENGTH, SID, UID } from "../../session/token";

/** Why a request has no session; the code that the access log shows. */
export type NoSession = "none" | "several" | "form" | "key" | "mac" | "expired" | "revoked";

/** The fields of a genuine, living, unrevoked session. The MAC is checked before anything in the payload is looked at. */
export function openSession(token: string, recordKey: string, record: string): string[] | NoSession {
  const key = record.slice(0, SHARD_KEY_LENGTH);
  const signed = token.slice(0, -MAC_LENGTH);
  const mac = crypto.createHmac("sha256", key).update(signed).digest("base64url");
  // Digests are compared: how long that takes says nothing about where the texts differ, in an engine that has no
  // constant-time compare.
  const expected = crypto.createHash("sha256").update(mac).digest("hex");
  if (expected !== crypto.createHash("sha256").update(token.slice(-MAC_LENGTH)).digest("hex")) return "mac";

  const fields = signed.slice(recordKey.length + 3, -1).split("~");
  // `!(<)` and `|| ""`, so that an unreadable or missing time is over: in base 36, "undefined" is a number.
  if (!(Date.now() < parseInt(fields[EXPIRES_AT] || "", 36) * 1000)) return "expired";
  // Most records hold a key and no entry.
  if (record === key + ".") return fields;
  return isRevoked(record, fields[UID]!, fields[SID]!, parseInt(fields[ISSUED_AT] || "", 36)) ? "revoked" : fields;
}

/** Signs the assertion about a session (session/assertion.ts). */
import { ASSERTION_KEY_LENGTH, assertionPayload } from "../../session/assertion";
import { crypto } from "./crypto";

/**
 * @param record of the store
 * @param session the fields of its token
 * @throws Error for a record without a whole key: with a shorter one, others could sign too
 */
export function assertion(record: string, session: string[]): string {
  const end = record.length - ASSERTION_KEY_LENGTH;
  if (record[end - 1] !== ".") throw new Error("no key");
  const payload = assertionPayload(SETTINGS.assertion!, session, Math.floor(Date.now() / 1000));
  // A global of the runtime: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
  // eslint-disable-next-line no-restricted-globals
  const signed = record.slice(0, end) + Buffer.from(payload).toString("base64url");
  return signed + "." + crypto.createHmac("sha256", record.slice(end)).update(signed).digest("base64url");
}

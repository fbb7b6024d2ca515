/**
 * Signs the assertion about a caller that the gate could not verify. It is identical to the gate's for the same
 * session.
 */
import { assertionPayload } from "../../session/assertion";
import { assertionRecord } from "../../session/assertion-keys";
import type { BearerSettings } from "../../session/access-tokens";
import { hmac } from "../../session/node-hash";
import { Failure } from "../shared/failure";
import type { BearerOutcome } from "./ports";

/**
 * @param fields of a session, or of a token as a session has them (identity.ts)
 * @param key see session/assertion-keys.ts
 * @param now Unix seconds
 * @throws Failure `assertion_unavailable` if the settings have no audience
 */
export function signedAssertion(
  { assertion: start }: Pick<BearerSettings, "assertion">,
  fields: readonly string[],
  key: string,
  now: number,
): string {
  if (start === undefined) throw new Failure<BearerOutcome>("assertion_unavailable", "no_audience");
  const record = assertionRecord(key);
  const payload = Buffer.from(assertionPayload(start, fields, now)).toString("base64url");
  const signed = `${record.slice(0, -key.length)}${payload}`;
  return `${signed}.${hmac(key, signed)}`;
}

/** https://openid.net/specs/openid-sharedsignals-framework-1_0-final.html#name-verification */
import { verificationId } from "../../../ledger/records";
import { sha256 } from "../../../session/node-hash";
import { VERIFICATION_EVENT, VERIFICATION_STATE } from "../../../session/security-events";
import type { RequestContext } from "../request-context";
import { isText } from "../../shared/json";
import type { SecurityEventToken } from "./security-event-token";

/** Seconds for which the arrival is kept. The operator's command waits for a minute. */
const KEPT = 3_600;

/**
 * Records that a verification event arrived, for the operator who asked the transmitter for it. Nothing is written for
 * an event without a state, or with one that no operator can have sent: transmitters also send such events by
 * themselves.
 *
 * @param transmitter its ID in the config
 * @returns whether the arrival is recorded
 * @throws Failure `ledger_unavailable`
 */
export async function recordVerification(
  { ports, now }: RequestContext,
  transmitter: string,
  { events }: SecurityEventToken,
): Promise<boolean> {
  const state = events[VERIFICATION_EVENT]?.["state"];
  if (!isText(state) || !VERIFICATION_STATE.test(state)) return false;
  await ports.ledger.take(verificationId(sha256, transmitter, state), now + KEPT);
  return true;
}

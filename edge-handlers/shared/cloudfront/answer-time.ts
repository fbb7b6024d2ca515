import { MAX_VIEWER_REQUEST_TIME } from "../../../cloudfront/limits";

/** Milliseconds that sending the answer may take. */
const TO_SEND = 500;

/** Milliseconds within which a request is answered, before Lambda ends the invocation. */
export const ANSWER_TIME = MAX_VIEWER_REQUEST_TIME - TO_SEND;

/**
 * Less than {@link ANSWER_TIME} if the initialization was part of the invocation, as it is after a crash
 * (https://github.com/astuyve/lambda-new-timeout-crash).
 *
 * @param remaining milliseconds until Lambda ends the invocation
 */
export function timeToAnswer(remaining: number): number {
  return Math.max(0, Math.min(ANSWER_TIME, remaining - TO_SEND));
}

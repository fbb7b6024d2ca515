/**
 * Challenges for device-bound sessions: what a browser signs to prove that it has the key of its session
 * (https://w3c.github.io/webappsec-dbsc/). They are sealed with the session keys, so nothing has to be stored, and each
 * is good for one use, one session and {@link CHALLENGE_LIFETIME}.
 */
import { CLOCK_SKEW } from "../../../session/timing";
import { seal, unseal } from "../cookies/seal";
import type { RequestContext } from "../request-context";

/**
 * Seconds. A proof that was signed with a challenge counts until the same time, so that whoever gets hold of a signed
 * challenge gets no more time out of it than its browser did.
 */
export const CHALLENGE_LIFETIME = 120;

export interface Challenge {
  use: "register" | "refresh";
  uid: string;
  sid: string;
  /** Unix seconds at which it was made. */
  at: number;
}

/** @throws Failure `keys_unavailable` */
export function makeChallenge(
  { ports, now }: RequestContext,
  use: Challenge["use"],
  { uid, sid }: Pick<Challenge, "uid" | "sid">,
): Promise<string> {
  return seal(ports, "edgegate-challenge", { use, uid, sid, at: now } satisfies Challenge);
}

/**
 * The content of a challenge; undefined if it is none of this gateway, for another use, or too old.
 *
 * @throws Failure `keys_unavailable`
 */
export async function readChallenge(
  { ports, now }: RequestContext,
  use: Challenge["use"],
  text: string,
): Promise<Challenge | undefined> {
  const challenge = await unseal<Challenge>(ports, "edgegate-challenge", text);
  if (challenge?.use !== use) return undefined;
  const age = now - challenge.at;
  return age >= -CLOCK_SKEW && age < CHALLENGE_LIFETIME ? challenge : undefined;
}

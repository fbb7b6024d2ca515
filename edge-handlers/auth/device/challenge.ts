/**
 * Challenges for device-bound sessions. A browser signs one to prove that it has the key of its session
 * (https://w3c.github.io/webappsec-dbsc/). They are sealed with the session keys, so nothing has to be stored. Each is
 * valid for one purpose, one session and {@link CHALLENGE_LIFETIME}.
 */
import { CLOCK_SKEW } from "../../../session/timing";
import { seal, unseal } from "../cookies/seal";
import type { RequestContext } from "../request-context";

/**
 * Seconds. A proof with a challenge expires together with it, so a stolen proof is valid no longer than the browser's.
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
 * The content of a challenge; undefined if it is not this gateway's, for another purpose, or too old.
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

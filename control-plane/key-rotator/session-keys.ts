/** The keys of the next version of the secret. */
import type { SessionKeys } from "../../session/keys";
import type { Ports } from "./ports";

export interface Succession {
  /** AWSCURRENT; undefined before the first rotation. */
  current: SessionKeys | undefined;
  /** AWSPREVIOUS. After a roll-back by hand it holds keys that the current version never had. */
  previous: SessionKeys | undefined;
  /** Unix seconds at which the last rotation ended. */
  lastRotated: number | undefined;
  /** Seconds for which sessions may live that a key signed before it retired. */
  retention: number;
}

/** A new current key, and every older one that a living session may be signed with. */
export function nextKeys({ current, previous, lastRotated, retention }: Succession, { now, random }: Pick<Ports, "now" | "random">): SessionKeys {
  const older = { ...previous?.keys, ...current?.keys };
  const retired: Record<string, number> = {};
  const keys: Record<string, string> = {};
  for (const [kid, key] of Object.entries(older)) {
    const since = retirement(kid);
    if (since !== undefined && since + retention < now()) continue;
    keys[kid] = key;
    if (since !== undefined) retired[kid] = since;
  }
  const kid = newKeyId(older, random);
  return { current: kid, keys: { ...keys, [kid]: random(32).toString("base64url") }, retired };

  /**
   * Undefined for the current key: it signs until this rotation ends, and nobody knows yet when that will be. So a retirement
   * is noted one rotation later, as the end of the rotation that brought it.
   */
  function retirement(kid: string): number | undefined {
    if (kid === current?.current) return undefined;
    const noted = current?.retired?.[kid] ?? previous?.retired?.[kid];
    if (noted !== undefined) return noted;
    return current && Object.hasOwn(current.keys, kid) ? (lastRotated ?? now()) : now();
  }
}

function newKeyId(taken: object, random: Ports["random"]): string {
  const kid = random(4).toString("hex");
  return Object.hasOwn(taken, kid) ? newKeyId(taken, random) : kid;
}

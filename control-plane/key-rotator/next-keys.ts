/** The keys of the next version of the secret: a new one, and every older one that a living session may be signed with. */
import type { SessionKeys } from "../../session/keys";
import type { Ports } from "../ports";
import { newKey } from "../session-keys/new-key";

export interface Succession {
  /** AWSCURRENT; undefined before the first rotation. */
  current: SessionKeys | undefined;
  /** Unix seconds at which the last rotation ended. */
  lastRotated: number | undefined;
  /** Seconds for which sessions may live that a key signed before it retired. */
  retention: number;
}

export function nextKeys({ current, lastRotated, retention }: Succession, { now, random }: Pick<Ports, "now" | "random">): SessionKeys {
  const { kid, masterKey } = newKey(current?.keys ?? {}, random);
  if (!current) return { current: kid, keys: { [kid]: masterKey } };
  // When a key retired is known one rotation later: it signs until the rotation that replaces it ends.
  const retired = Object.fromEntries(
    Object.keys(current.keys)
      .filter((key) => key !== current.current)
      .map((key) => [key, current.retired?.[key] ?? lastRotated ?? now()] as const),
  );
  const isKept = (key: string) => retired[key] === undefined || retired[key] + retention >= now();
  const kept = <T>(values: Record<string, T>) => Object.fromEntries(Object.entries(values).filter(([key]) => isKept(key)));
  return { current: kid, keys: { ...kept(current.keys), [kid]: masterKey }, retired: kept(retired) };
}

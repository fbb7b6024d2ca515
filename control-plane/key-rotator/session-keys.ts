/** The keys of the next version of the secret. */
import { KEY_ID, type SessionKeys } from "../../session/keys";
import { RotationError } from "./errors";
import type { Ports } from "./ports";

/** 32 bytes as base64url. */
const MASTER_KEY = /^[\w-]{43}$/;

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

/** @throws RotationError when the text is not {@link SessionKeys}; replacing what cannot be read would end every session */
export function parseSessionKeys(text: string): SessionKeys {
  const value = parseJson(text) as Partial<SessionKeys> | null | undefined;
  const { current, keys, retired = {} } = value ?? {};
  if (typeof current !== "string" || !isRecord(keys) || !isRecord(retired) || !Object.hasOwn(keys, current)) throw unreadable();
  const areKeys = Object.entries(keys).every(([kid, key]) => KEY_ID.test(kid) && typeof key === "string" && MASTER_KEY.test(key));
  if (!areKeys || !Object.values(retired).every((time) => typeof time === "number")) throw unreadable();
  return { current, keys, retired };
}

function newKeyId(taken: object, random: Ports["random"]): string {
  const kid = random(4).toString("hex");
  return Object.hasOwn(taken, kid) ? newKeyId(taken, random) : kid;
}

function unreadable(): RotationError {
  return new RotationError("the session-keys secret holds something else than session keys; move AWSCURRENT back to the last good version and rotate again");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, never> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

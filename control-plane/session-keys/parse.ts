import { KEY_ID, type SessionKeys } from "../../session/keys";
import { OperationError } from "../errors";

/** 32 bytes as base64url. */
const MASTER_KEY = /^[\w-]{43}$/;

/** @throws OperationError when the text is not {@link SessionKeys}; replacing what cannot be read would end every session */
export function parseSessionKeys(text: string): SessionKeys {
  const value = parseJson(text) as Partial<SessionKeys> | null | undefined;
  const { current, keys, retired = {} } = value ?? {};
  if (typeof current !== "string" || !isRecord(keys) || !isRecord(retired) || !Object.hasOwn(keys, current)) throw unreadable();
  const areKeys = Object.entries(keys).every(([kid, key]) => KEY_ID.test(kid) && typeof key === "string" && MASTER_KEY.test(key));
  if (!areKeys || !Object.values(retired).every((time) => typeof time === "number")) throw unreadable();
  return { current, keys, retired };
}

function unreadable(): OperationError {
  return new OperationError("the session-keys secret holds something else than session keys; move AWSCURRENT back to the last good version and rotate again");
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

import { KEY_ID, type SessionKeys } from "../../session/keys";
import { OperationError } from "../errors";

/** 32 bytes as base64url. */
const MASTER_KEY = /^[\w-]{43}$/;

type Fields = { [Name in keyof SessionKeys]-?: (value: unknown) => boolean };

const isTime = (value: unknown) => typeof value === "number";
const isKeyId = (value: unknown) => typeof value === "string" && KEY_ID.test(value);
const byKeyId = (isValue: (value: unknown) => boolean) => (value: unknown) =>
  isRecord(value) && Object.entries(value).every(([kid, each]) => KEY_ID.test(kid) && isValue(each));

/** What each field must be, where it is there. */
const FIELDS: Fields = {
  current: isKeyId,
  keys: byKeyId((key) => typeof key === "string" && MASTER_KEY.test(key)),
  retired: byKeyId(isTime),
};

/** @throws OperationError when the text is not {@link SessionKeys}; replacing what cannot be read would end every session */
export function parseSessionKeys(text: string): SessionKeys {
  const value = parseJson(text);
  if (!isRecord(value) || !isRecord(value["keys"])) throw unreadable();
  const found = Object.entries(FIELDS).filter(([name]) => value[name] !== undefined);
  const { current, keys } = value as unknown as SessionKeys;
  if (!found.every(([name, isRight]) => isRight(value[name])) || !Object.hasOwn(keys, current)) throw unreadable();
  return Object.fromEntries(found.map(([name]) => [name, value[name]])) as unknown as SessionKeys;
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

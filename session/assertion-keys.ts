/**
 * The keys of assertions (assertion.ts), as servers read them: the value of a secret is a JWK set (RFC 7517). For
 * Node.js only.
 */
import { createHash } from "node:crypto";
import { ASSERTION_KEY_LENGTH } from "./assertion";

/** The key that signs, and the one that signs after the next rotation. */
export type AssertionKeys = [current: string, next: string];

interface OctetKey {
  kty: "oct";
  use: "sig";
  alg: "HS256";
  kid: string;
  /** The bytes of the key as base64url; they are ASCII text themselves (assertion.ts). */
  k: string;
}

const FORM = new RegExp(`^[\\w-]{${ASSERTION_KEY_LENGTH}}$`);

/** The key ID in an assertion's header. It is a hash of the key, and reveals nothing about its 32 random bytes. */
export function assertionKeyId(key: string): string {
  return createHash("sha256").update(key).digest("base64url").slice(0, 8);
}

/** The record of the store; see `ASSERTION_RECORD`. */
export function assertionRecord(key: string): string {
  // There is no `typ`, which would cost the gate instructions, because these keys sign nothing else.
  const header = { alg: "HS256", kid: assertionKeyId(key) };
  return `${base64url(JSON.stringify(header))}.${key}`;
}

/** The text of the secret. */
export function formatAssertionKeys(keys: Readonly<AssertionKeys>): string {
  const set: OctetKey[] = keys.map((key) => ({
    kty: "oct",
    use: "sig",
    alg: "HS256",
    kid: assertionKeyId(key),
    k: base64url(key),
  }));
  return JSON.stringify({ keys: set });
}

/** @returns undefined if the text is not the value of such a secret */
export function parseAssertionKeys(text: string): AssertionKeys | undefined {
  let value: { keys?: unknown } | null;
  try {
    value = JSON.parse(text) as { keys?: unknown } | null;
  } catch (notJson) {
    return undefined;
  }
  if (!value || !Array.isArray(value.keys) || value.keys.length !== 2) return undefined;
  const keys = value.keys.map(keyIn);
  return keys[0] !== keys[1] && keys.every((key) => FORM.test(key)) ? (keys as AssertionKeys) : undefined;
}

function keyIn(jwk: unknown): string {
  const key = (jwk || {}) as Partial<OctetKey>;
  // eslint-disable-next-line no-restricted-globals
  return key.kty === "oct" && typeof key.k === "string" ? Buffer.from(key.k, "base64url").toString("latin1") : "";
}

function base64url(text: string): string {
  // eslint-disable-next-line no-restricted-globals
  return Buffer.from(text).toString("base64url");
}

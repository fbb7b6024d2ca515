/**
 * Encrypts data that the browser or the ledger keeps, so that they can neither read nor forge it. The format is JWE
 * with direct encryption, with a key derived from a master key.
 */
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import { cookieKey, KEY_ID } from "../../../session/keys";
import { hmac } from "../../../session/node-hash";
import type { Ports } from "../ports";

/** `typ` of the protected header. It keeps a value sealed for one purpose from being accepted for another. */
export type Purpose = "edgegate-flow" | "edgegate-refresh" | "edgegate-next" | "edgegate-challenge" | "edgegate-device";

/** RFC 7516 section 3.1 with an empty encrypted key; a 96-bit IV and a 128-bit tag, both canonically encoded. */
const FORM = /^[\w-]+\.\.[\w-]{16}\.[\w-]+\.[\w-]{21}[AQgw]$/;
/** Characters. No browser keeps a longer cookie; a value in the ledger has the content of two. */
const MAX_LENGTH: Record<Purpose, number> = {
  "edgegate-flow": 4096,
  "edgegate-refresh": 4096,
  "edgegate-next": 16_384,
  "edgegate-challenge": 512,
  "edgegate-device": 512,
};

/** @throws Failure `keys_unavailable` */
export async function seal(ports: Pick<Ports, "keys">, purpose: Purpose, content: object): Promise<string> {
  const { current: kid, keys } = await ports.keys();
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid, typ: purpose })
    .encrypt(encryptionKey(keys[kid]!));
}

/**
 * The content of a sealed value; undefined for anything that was not sealed by this gateway for this purpose.
 *
 * @throws Failure `keys_unavailable`
 */
export async function unseal<T extends object>(ports: Ports, purpose: Purpose, value: string): Promise<T | undefined> {
  if (value.length > MAX_LENGTH[purpose] || !FORM.test(value)) return undefined;
  const kid = keyIdOf(value, purpose);
  if (kid === undefined) return undefined;
  const { keys } = await ports.keys(kid);
  if (!Object.hasOwn(keys, kid)) return undefined;
  try {
    const { plaintext } = await compactDecrypt(value, encryptionKey(keys[kid]!), {
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
    return JSON.parse(new TextDecoder().decode(plaintext)) as T;
  } catch {
    return undefined;
  }
}

/** Read before decryption, so authentic only once decryption succeeds: the tag covers the protected header. */
function keyIdOf(value: string, purpose: Purpose): string | undefined {
  try {
    const { kid, typ } = decodeProtectedHeader(value);
    return typ === purpose && kid !== undefined && KEY_ID.test(kid) ? kid : undefined;
  } catch {
    return undefined;
  }
}

function encryptionKey(masterKey: string): Uint8Array {
  return Buffer.from(cookieKey(hmac, masterKey), "base64url");
}

/** Cookies that the browser can neither read nor make: JWE, direct encryption with a key derived from a master key. */
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import { cookieKey, KEY_ID, signingKeyId } from "../../../session/keys";
import { hmac } from "../hash";
import type { Ports } from "../ports";

/** `typ` of the protected header: a cookie of one purpose is never taken for one of another. */
export type Purpose = "edgegate-flow" | "edgegate-refresh";

/** RFC 7516 section 3.1 with an empty encrypted key; a 96-bit IV and a 128-bit tag, each in its one spelling. */
const FORM = /^[\w-]+\.\.[\w-]{16}\.[\w-]+\.[\w-]{21}[AQgw]$/;
/** No browser keeps a longer cookie. */
const MAX_LENGTH = 4096;

/** @throws Failure `keys_unavailable` */
export async function seal(ports: Pick<Ports, "keys" | "now">, purpose: Purpose, content: object): Promise<string> {
  const keys = await ports.keys();
  const kid = signingKeyId(keys, ports.now());
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(content)))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid, typ: purpose })
    .encrypt(encryptionKey(keys.keys[kid]!));
}

/**
 * The content of a sealed cookie; undefined for anything that was not sealed here for this purpose.
 *
 * @throws Failure `keys_unavailable`
 */
export async function unseal<T extends object>(ports: Ports, purpose: Purpose, value: string): Promise<T | undefined> {
  if (value.length > MAX_LENGTH || !FORM.test(value)) return undefined;
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

/** Read before decryption, and authentic only after it: the protected header is part of what the tag covers. */
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

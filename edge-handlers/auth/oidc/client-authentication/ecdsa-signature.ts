/**
 * Key services return an ECDSA signature as DER (RFC 3279 section 2.2.3: a sequence of two integers). A JWS has the two
 * numbers side by side, each as long as the curve's order (RFC 7518 section 3.4).
 */
import type { SigningAlgorithm } from "../../../../session/client-authentication";
import { Failure } from "../../failures";

/** Bytes of each number. */
const NUMBER_LENGTHS: Partial<Record<SigningAlgorithm, number>> = { ES256: 32, ES384: 48, ES512: 66 };
const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** @returns base64url @throws Failure `client_key_unavailable` for a signature that is not DER */
export function toJwsSignature(algorithm: SigningAlgorithm, signature: Uint8Array): string {
  const length = NUMBER_LENGTHS[algorithm];
  if (length === undefined) return Buffer.from(signature).toString("base64url");
  const sequence = element(signature, SEQUENCE);
  const r = element(sequence.content, INTEGER);
  const s = element(r.rest, INTEGER);
  return Buffer.concat([r.content, s.content].map((number) => fixedLength(number, length))).toString("base64url");
}

/** The first element of some DER. */
function element(der: Uint8Array, tag: number): { content: Uint8Array; rest: Uint8Array } {
  // One byte of the long form is enough for a length: no such signature is longer than 139 bytes.
  const isLong = der[1] === 0x81;
  const start = isLong ? 3 : 2;
  const end = start + (der[start - 1] ?? NaN);
  if (der[0] !== tag || !(end <= der.length)) throw new Failure("client_key_unavailable", "signature");
  return { content: der.subarray(start, end), rest: der.subarray(end) };
}

/** DER has no leading zeros but one that keeps a number positive. */
function fixedLength(number: Uint8Array, length: number): Uint8Array {
  const digits = number[0] === 0 ? number.subarray(1) : number;
  if (digits.length > length) throw new Failure("client_key_unavailable", "signature");
  return Buffer.concat([Buffer.alloc(length - digits.length), digits]);
}

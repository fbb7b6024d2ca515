/**
 * Proofs of a device-bound session: JWTs that the browser signs with the key of the session
 * (https://w3c.github.io/webappsec-dbsc/#format-jwt).
 */
import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK } from "jose";
import { Failure } from "../failures";

/** The algorithms that the draft knows (https://w3c.github.io/webappsec-dbsc/#header-secure-session-registration). */
export const ALGORITHMS = ["ES256", "RS256"];
/** Characters. A proof with an RSA key of 4,096 bits and a challenge has half of that. */
const MAX_LENGTH = 4_096;
/** Characters of a coordinate of P-256, and of an RSA modulus of 2,048 to 4,096 bits, in base64url. */
const COORDINATE = /^[\w-]{43}$/;
const MODULUS = /^[\w-]{342,683}$/;
const EXPONENT = /^[\w-]{1,6}$/;

export interface Proof {
  text: string;
  /** The challenge that the browser signed; not verified yet. */
  challenge: string;
  /** The public key that the browser wants to register, as {@link verifyProof} takes it; not verified yet. */
  key: string | undefined;
  /** The address for which the proof is valid. Chrome leaves it out. */
  audience: unknown;
}

/**
 * Reads the header `Secure-Session-Response`. Nothing in it is verified.
 *
 * @param header a structured field string; Chrome sends it without quotes
 * @returns undefined if it is no proof
 */
export function readProof(header: string | null): Proof | undefined {
  const text = unquoted(header);
  if (text === undefined || text.length > MAX_LENGTH) return undefined;
  try {
    const { typ, jwk } = decodeProtectedHeader(text);
    const { jti, aud, key } = decodeJwt(text);
    // In an earlier version of the draft, the key is a claim.
    return typ === "dbsc+jwt" && jti !== undefined
      ? { text, challenge: jti, key: publicKey(jwk ?? key), audience: aud }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param key as in {@link Proof}
 * @param address for which the proof must be valid, if it has one
 * @throws Failure `device_refused`
 */
export async function verifyProof({ text, audience }: Proof, key: string, address: string): Promise<void> {
  if (audience !== undefined && audience !== address) throw new Failure("device_refused", "audience");
  const jwk = JSON.parse(key) as JWK;
  const algorithm = jwk.kty === "EC" ? "ES256" : "RS256";
  try {
    // The imported key fits no other algorithm. It is named all the same: no library should pick one (RFC 8725 section 3.1).
    await compactVerify(text, await importJWK(jwk, algorithm), { algorithms: [algorithm] });
  } catch {
    throw new Failure("device_refused", "signature");
  }
}

/** The public members of a key in a fixed order, so that equal keys are equal texts; undefined for any other key. */
function publicKey(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kty, crv, x, y, n, e } = value as Partial<JWK>;
  if (kty === "EC" && crv === "P-256" && is(COORDINATE, x) && is(COORDINATE, y))
    return JSON.stringify({ kty, crv, x, y });
  return kty === "RSA" && is(MODULUS, n) && is(EXPONENT, e) ? JSON.stringify({ kty, n, e }) : undefined;
}

function is(form: RegExp, value: unknown): boolean {
  return typeof value === "string" && form.test(value);
}

/** A structured field string (https://www.rfc-editor.org/rfc/rfc9651#name-strings), also without its quotes. */
export function unquoted(header: string | null): string | undefined {
  return /^"?([\w.-]+)"?$/.exec(header ?? "")?.[1];
}

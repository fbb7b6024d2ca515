/** The signing keys and algorithms of identity providers that the gateway accepts. */
import { TENANT_ID } from "./user";

/** Accepted by default. */
export const SIGNATURE_ALGORITHMS: readonly string[] = ["RS256", "PS256", "ES256", "EdDSA"];
/**
 * All algorithms that a config may name (RFC 7518 section 3.1, RFC 8037 section 3.1). Never `none`, never HMAC: with
 * HMAC anyone could sign with the provider's public key.
 */
export const ALL_SIGNATURE_ALGORITHMS = [
  ...["RS256", "RS384", "RS512"],
  ...["PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512"],
  "EdDSA",
] as const;

/** RFC 7518 section 3.3; NIST SP 800-56B Rev. 2, section 6.2. */
const MIN_RSA_BITS = 2048;
const MIN_RSA_EXPONENT = 65537n;

/** The members of a JWK that these checks need (RFC 7517). */
interface Key {
  kty?: unknown;
  n?: unknown;
  e?: unknown;
  issuer?: unknown;
}

export function isStrong({ kty, n, e }: Key): boolean {
  return kty !== "RSA" || (numberOf(n) >> BigInt(MIN_RSA_BITS - 1) > 0n && numberOf(e) >= MIN_RSA_EXPONENT);
}

function numberOf(base64url: unknown): bigint {
  return typeof base64url === "string" ? BigInt(`0x0${Buffer.from(base64url, "base64url").toString("hex")}`) : 0n;
}

/**
 * Entra's keys name their tenant: only the issuer's own keys may sign for it
 * (https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-signing-key-issuer).
 */
export function isKeyOf({ issuer: owner }: Key, issuer: string): boolean {
  if (owner === undefined) return true;
  if (typeof owner !== "string") return false;
  const [start, end] = owner.split(TENANT_ID);
  return end === undefined ? owner === issuer : issuer.startsWith(start!) && issuer.endsWith(end);
}

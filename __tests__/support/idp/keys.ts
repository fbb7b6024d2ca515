/** Signing keys of the identity provider's emulator, and ID tokens signed as no honest provider would. */
import { createHmac } from "node:crypto";
import {
  base64url,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from "jose";

export interface SigningKey {
  alg: string;
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  /** As the JWKS publishes it. */
  jwk: JWK;
}

export async function createSigningKey(alg: string, kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

/** @param header replaces members of the honest header; undefined removes one */
export function signIdToken(
  claims: JWTPayload,
  key: SigningKey,
  header: Record<string, unknown> = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "JWT", ...header })
    .sign(key.privateKey);
}

/** A token whose header says what it likes. */
export function forgeIdToken(
  claims: JWTPayload,
  header: Record<string, unknown>,
  sign: (signed: string) => string,
): string {
  const signed = [header, claims].map((part) => base64url.encode(JSON.stringify(part))).join(".");
  return `${signed}.${sign(signed)}`;
}

/** The algorithm confusion attack: HS256 under the text of the public key. */
export async function forgeWithPublicKey(claims: JWTPayload, key: SigningKey, form: "pem" | "jwk"): Promise<string> {
  const secret = form === "pem" ? await exportSPKI(key.publicKey) : JSON.stringify(key.jwk);
  return forgeIdToken(claims, { alg: "HS256", kid: key.kid, typ: "JWT" }, (signed) =>
    createHmac("sha256", secret).update(signed).digest("base64url"),
  );
}

/** The same signature, written in base64url that a canonical encoder would not write: its unused last bits are set. */
export function withTrailingBits(token: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)!) + 1]!;
}

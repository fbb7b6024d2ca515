/**
 * Binds the refresh token of a session to a key that only this session has (RFC 9449): a stolen token is useless
 * without the key. The key is stored beside the token, so it protects tokens that leak at the provider or in transit.
 */
import { createECDH, webcrypto } from "node:crypto";
import * as oauth from "oauth4webapi";
import { idpFetch } from "../../shared/idp-fetch";
import { Failure } from "../failures";

const ALGORITHM = "ES256";
const CURVE = { name: "ECDSA", namedCurve: "P-256" };

/** The private half of a key: the JWK member `d`, from which the rest follows. */
export type DpopKey = string;

/** @throws Failure `idp_misconfigured`: continuing without the binding that the config requires would be unsafe */
export function requireDpop({ dpop_signing_alg_values_supported: supported = [] }: oauth.AuthorizationServer): void {
  if (!supported.includes(ALGORITHM)) throw new Failure("idp_misconfigured", "dpop_not_supported");
}

export function newDpopKey(): DpopKey {
  const key = createECDH("prime256v1");
  key.generateKeys();
  // Without its leading zeros it would not be a valid JWK (RFC 7518 section 6.2.2.1).
  return Buffer.from(key.getPrivateKey("hex").padStart(64, "0"), "hex").toString("base64url");
}

/**
 * Makes the proofs for the requests of one session.
 *
 * @param party `nonces`: by origin, the latest that the server gave
 */
export async function dpopHandle(
  { client, nonces }: { client: oauth.Client; nonces: ReadonlyMap<string, string> },
  key: DpopKey,
): Promise<oauth.DPoPHandle> {
  return oauth.DPoP(client, await keyPair(key), {
    [oauth.modifyAssertion]: (_header, proof) => {
      proof["nonce"] ??= nonces.get(new URL(String(proof["htu"])).origin);
    },
  });
}

/** A fetch that remembers the nonces which servers demand of the next proof (RFC 9449 section 8.2). */
export function rememberingNonces(nonces: Map<string, string>): typeof idpFetch {
  return async (url, request) => {
    const response = await idpFetch(url, request);
    const nonce = response.headers.get("dpop-nonce");
    if (nonce !== null) nonces.set(new URL(url).origin, nonce);
    return response;
  };
}

/** Sends a request again, once, if the server demands a nonce in the proof (RFC 9449 sections 8 and 9). */
export async function retriedWithNonce<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    return send();
  }
}

/** @throws Failure `idp_misconfigured` if the provider ignored the proof, so that its tokens are not bound */
export function requireBoundTokens({ token_type }: oauth.TokenEndpointResponse): void {
  if (token_type !== "dpop") throw new Failure("idp_misconfigured", "token_not_bound");
}

async function keyPair(d: DpopKey): Promise<webcrypto.CryptoKeyPair> {
  const key = createECDH("prime256v1");
  key.setPrivateKey(Buffer.from(d, "base64url"));
  // An uncompressed point (SEC 1 section 2.3.3).
  const point = key.getPublicKey();
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((number) => number.toString("base64url"));
  const jwk = { kty: "EC", crv: CURVE.namedCurve, x: x!, y: y! };
  const [publicKey, privateKey] = await Promise.all([
    webcrypto.subtle.importKey("jwk", jwk, CURVE, true, ["verify"]),
    webcrypto.subtle.importKey("jwk", { ...jwk, d }, CURVE, false, ["sign"]),
  ]);
  return { publicKey, privateKey };
}

/** The gateway's own keys as a client, read from PEM text or from the public half of a key that a key service holds. */
import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint, type JWK } from "jose";
import type { PrivateKeyJwt, SigningAlgorithm } from "../../../../session/client-authentication";
import { safeCode } from "../../../shared/failure";
import { Failure } from "../../failures";

/** A public key as the key set publishes it. */
export interface PublicClientKey extends JWK {
  kid: string;
  alg: SigningAlgorithm;
  use: "sig";
}

export interface PrivateClientKey {
  key: KeyObject;
  publicKey: PublicClientKey;
  /** SHA-256 thumbprint of the certificate that came with the key (RFC 7515 section 4.1.8), if one did. */
  certificate: string | undefined;
}

/** https://www.rfc-editor.org/rfc/rfc7468#section-2 */
const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;
/** https://www.rfc-editor.org/rfc/rfc7518#section-3.4 */
const ALGORITHM_OF_CURVE: Record<string, SigningAlgorithm> = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" };
/** Bits (RFC 7518 section 3.3). */
const MIN_MODULUS = 2048;

/**
 * The private keys in a text; the first one signs. A certificate in it belongs to the key that it certifies.
 *
 * @throws Failure `client_key_unavailable`
 */
export async function readPrivateKeys(text: string, settings: PrivateKeyJwt): Promise<PrivateClientKey[]> {
  const blocks = [...text.matchAll(PEM_BLOCK)].map(([pem, label]) => ({ pem, label: label! }));
  const keys = blocks
    .filter(({ label }) => label.endsWith("PRIVATE KEY"))
    .map(({ pem }) => parsed(() => createPrivateKey(pem)));
  if (keys.length === 0) throw new Failure("client_key_unavailable", "no_private_key");
  const certificates = blocks
    .filter(({ label }) => label === "CERTIFICATE")
    .map(({ pem }) => parsed(() => new X509Certificate(pem)));
  return Promise.all(
    keys.map(async (key) => {
      const certificate = certificates.find((each) => each.checkPrivateKey(key));
      return {
        key,
        publicKey: await publicClientKey(createPublicKey(key), settings),
        certificate:
          certificate && Buffer.from(certificate.fingerprint256.replaceAll(":", ""), "hex").toString("base64url"),
      };
    }),
  );
}

/** @param der SubjectPublicKeyInfo @throws Failure `client_key_unavailable` */
export function readPublicKey(der: Uint8Array, settings: PrivateKeyJwt): Promise<PublicClientKey> {
  return publicClientKey(
    parsed(() => createPublicKey({ key: Buffer.from(der), format: "der", type: "spki" })),
    settings,
  );
}

/** Names each member that is published, so that no private one ever can be. */
async function publicClientKey(key: KeyObject, settings: PrivateKeyJwt): Promise<PublicClientKey> {
  const { kty, crv, x, y, n, e } = parsed(() => key.export({ format: "jwk" })) as JWK;
  const jwk: JWK = kty === "RSA" ? { kty, n: n!, e: e! } : { kty: kty!, crv: crv!, x: x!, y: y! };
  if (kty === "RSA" && key.asymmetricKeyDetails!.modulusLength! < MIN_MODULUS)
    throw new Failure("client_key_unavailable", "key_too_small");
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), alg: algorithmOf(jwk, settings), use: "sig" };
}

function algorithmOf({ kty, crv = "" }: JWK, { algorithm }: PrivateKeyJwt): SigningAlgorithm {
  const ofCurve = kty === "EC" ? ALGORITHM_OF_CURVE[crv] : undefined;
  const usual = kty === "RSA" ? "RS256" : ofCurve;
  if (usual === undefined) throw new Failure("client_key_unavailable", "kind_of_key");
  const fits = algorithm === undefined || (kty === "RSA" ? !algorithm.startsWith("ES") : algorithm === ofCurve);
  if (!fits) throw new Failure("client_key_unavailable", "algorithm_of_another_key");
  return algorithm ?? usual;
}

/** Only the code of an error is passed on: its message could quote the key. */
function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Failure("client_key_unavailable", safeCode(error));
  }
}

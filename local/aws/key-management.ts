/**
 * KMS with asymmetric keys for signing.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html
 */
import { constants, generateKeyPairSync, sign, type KeyObject, type SigningOptions } from "node:crypto";
import { failure, success, type Targets } from "./answer";

const CURVES: Record<string, string> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };
const ALGORITHM = /^(RSASSA_PKCS1_V1_5|RSASSA_PSS|ECDSA)_SHA_(256|384|512)$/;

interface KeyPair {
  publicKey: KeyObject;
  privateKey: KeyObject;
}

/** ARN to key. */
export class SigningKeys extends Map<string, KeyPair> {
  /** Makes a key. @param algorithm of RFC 7518, for which it will be used */
  create(arn: string, algorithm: string): KeyPair {
    const namedCurve = CURVES[algorithm];
    const pair = namedCurve
      ? generateKeyPairSync("ec", { namedCurve })
      : generateKeyPairSync("rsa", { modulusLength: 2048 });
    this.set(arn, pair);
    return pair;
  }
}

export function keyManagement(keys: SigningKeys): Targets {
  return {
    "TrentService.GetPublicKey": ({ KeyId }) => {
      const key = keys.get(String(KeyId));
      if (!key) return notFound();
      const PublicKey = key.publicKey.export({ format: "der", type: "spki" }).toString("base64");
      return success({ KeyId, KeyUsage: "SIGN_VERIFY", PublicKey });
    },

    "TrentService.Sign": ({ KeyId, Message, MessageType, SigningAlgorithm }) => {
      const key = keys.get(String(KeyId));
      if (!key) return notFound();
      const [, scheme, bits] = ALGORITHM.exec(String(SigningAlgorithm)) ?? [];
      const isForKind = scheme?.startsWith("RSA") === (key.privateKey.asymmetricKeyType === "rsa");
      const message = Buffer.from(String(Message), "base64");
      if (!scheme || !isForKind || MessageType !== "RAW" || message.length > 4096)
        return failure("ValidationException");
      const options: SigningOptions =
        scheme === "RSASSA_PSS"
          ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
          : {};
      // An ECDSA signature is DER, as KMS returns it.
      const signature = sign(`sha${bits}`, message, { key: key.privateKey, ...options });
      return success({ KeyId, Signature: signature.toString("base64"), SigningAlgorithm });
    },
  };
}

function notFound() {
  return failure("NotFoundException", "Key does not exist");
}

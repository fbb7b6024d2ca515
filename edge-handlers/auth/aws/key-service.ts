/** The gateway's keys as a client in KMS: their private halves never leave it. */
import type { SigningAlgorithm } from "../../../session/client-authentication";
import { callAws } from "../../shared/aws/call";
import { cached, type Cached, type Surroundings } from "../../shared/cached";
import { safeCode } from "../../shared/failure";
import { Failure } from "../failures";
import type { KeyService } from "../ports";

/** Seconds. The public half of a key never changes, so this only limits how long a key that was deleted is published. */
const LIFETIMES = { fresh: 3600, stale: 24 * 3600, pause: 10 };

/** https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html */
const KMS_ALGORITHMS: Record<string, string> = { RS: "RSASSA_PKCS1_V1_5", PS: "RSASSA_PSS", ES: "ECDSA" };

export function keyManagementService(surroundings: Surroundings): KeyService {
  const publicKeys = new Map<string, Cached<Uint8Array>>();
  return {
    publicKey(key) {
      const known = publicKeys.get(key) ?? cached(() => getPublicKey(key), LIFETIMES, surroundings);
      publicKeys.set(key, known);
      return known.get();
    },
    sign,
  };
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html */
function getPublicKey(KeyId: string): Promise<Uint8Array> {
  return bytes("PublicKey", () => callAws("kms", "GetPublicKey", { KeyId }));
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html */
function sign(KeyId: string, algorithm: SigningAlgorithm, data: Uint8Array): Promise<Uint8Array> {
  const Message = Buffer.from(data).toString("base64");
  const SigningAlgorithm = `${KMS_ALGORITHMS[algorithm.slice(0, 2)]}_SHA_${algorithm.slice(2)}`;
  return bytes("Signature", () => callAws("kms", "Sign", { KeyId, Message, MessageType: "RAW", SigningAlgorithm }));
}

async function bytes(member: string, call: () => Promise<unknown>): Promise<Uint8Array> {
  try {
    const value = ((await call()) as Record<string, unknown> | null)?.[member];
    if (typeof value !== "string" || value === "") throw new TypeError("no bytes");
    return Buffer.from(value, "base64");
  } catch (error) {
    throw new Failure("client_key_unavailable", safeCode(error));
  }
}

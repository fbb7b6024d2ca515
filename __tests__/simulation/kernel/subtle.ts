/**
 * Web Crypto as far as the handler's libraries use it, computed at once: the real one computes in other threads, and in
 * what order they are done no seed decides. https://www.w3.org/TR/WebCryptoAPI/
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  verify,
  type KeyObject,
} from "node:crypto";

interface Algorithm {
  name: string;
  hash?: string | { name: string };
  namedCurve?: string;
  iv?: BufferSource;
  additionalData?: BufferSource;
  tagLength?: number;
}
type BufferSource = ArrayBuffer | ArrayBufferView;

/** What the libraries ask a key for. */
class Key {
  readonly [Symbol.toStringTag] = "CryptoKey";
  constructor(
    readonly type: string,
    readonly algorithm: object,
    readonly extractable: boolean,
    readonly usages: string[],
    readonly material: Buffer | KeyObject,
  ) {}
}

const TAG_BYTES = 16;

export const CryptoKeyClass = Key;

export const subtle = {
  async digest(algorithm: string | Algorithm, data: BufferSource): Promise<ArrayBuffer> {
    return bufferOf(createHash(hashName(algorithm)).update(bytes(data)).digest());
  },
  async importKey(
    format: string,
    data: unknown,
    algorithm: string | Algorithm,
    extractable: boolean,
    usages: string[],
  ): Promise<Key> {
    const named: Algorithm = typeof algorithm === "string" ? { name: algorithm } : algorithm;
    if (format === "raw") {
      const material = Buffer.from(bytes(data as BufferSource));
      return new Key(
        "secret",
        { ...named, length: material.length * 8, ...(named.hash !== undefined && { hash: nameOf(named.hash) }) },
        extractable,
        usages,
        material,
      );
    }
    if (format === "jwk") {
      const jwk = data as Record<string, string>;
      if (jwk["kty"] === "oct")
        return subtle.importKey("raw", Buffer.from(jwk["k"]!, "base64url"), algorithm, extractable, usages);
      const key = createPublicKey({ key: jwk, format: "jwk" });
      const details = key.asymmetricKeyDetails ?? {};
      const more = {
        ...(details.modulusLength !== undefined && { modulusLength: details.modulusLength }),
        ...(named.hash !== undefined && { hash: nameOf(named.hash) }),
      };
      return new Key("public", { ...named, ...more }, extractable, usages, key);
    }
    throw new Error(`no key of the format ${format} is imported here`);
  },
  async sign(algorithm: string | Algorithm, key: Key, data: BufferSource): Promise<ArrayBuffer> {
    if (nameOf(algorithm).name !== "HMAC") throw new Error("the gateway signs by HMAC only");
    return bufferOf(
      createHmac(hashName((key.algorithm as Algorithm).hash!), key.material as Buffer)
        .update(bytes(data))
        .digest(),
    );
  },
  async verify(algorithm: string | Algorithm, key: Key, signature: BufferSource, data: BufferSource): Promise<boolean> {
    const { name, hash } = nameOf(algorithm);
    const digest = hash === undefined ? "sha256" : hashName(hash);
    if (name === "ECDSA")
      return verify(
        digest,
        bytes(data),
        { key: key.material as KeyObject, dsaEncoding: "ieee-p1363" },
        bytes(signature),
      );
    if (name === "RSASSA-PKCS1-v1_5") return verify(digest, bytes(data), key.material as KeyObject, bytes(signature));
    throw new Error(`no signature of ${name} is verified here`);
  },
  async encrypt(algorithm: Algorithm, key: Key, data: BufferSource): Promise<ArrayBuffer> {
    const cipher = createCipheriv(cipherName(algorithm, key), key.material as Buffer, bytes(algorithm.iv!));
    if (algorithm.additionalData) cipher.setAAD(bytes(algorithm.additionalData));
    return bufferOf(Buffer.concat([cipher.update(bytes(data)), cipher.final(), cipher.getAuthTag()]));
  },
  async decrypt(algorithm: Algorithm, key: Key, data: BufferSource): Promise<ArrayBuffer> {
    const all = bytes(data);
    const decipher = createDecipheriv(cipherName(algorithm, key), key.material as Buffer, bytes(algorithm.iv!));
    if (algorithm.additionalData) decipher.setAAD(bytes(algorithm.additionalData));
    decipher.setAuthTag(all.subarray(all.length - TAG_BYTES));
    try {
      return bufferOf(Buffer.concat([decipher.update(all.subarray(0, all.length - TAG_BYTES)), decipher.final()]));
    } catch {
      throw new DOMException("The operation failed for an operation-specific reason", "OperationError");
    }
  },
};

function cipherName({ name }: Algorithm, { material }: Key): "aes-256-gcm" {
  if (name !== "AES-GCM" || (material as Buffer).length !== 32)
    throw new Error("the gateway encrypts by AES-256-GCM only");
  return "aes-256-gcm";
}

function nameOf(algorithm: string | Partial<Algorithm>): Algorithm {
  return typeof algorithm === "string" ? { name: algorithm } : (algorithm as Algorithm);
}

function hashName(algorithm: string | Partial<Algorithm>): string {
  return nameOf(algorithm).name.toLowerCase().replace("-", "");
}

function bytes(data: BufferSource): Buffer {
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}

/** With memory of its own, as callers may expect. */
function bufferOf(data: Buffer): ArrayBuffer {
  return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
}

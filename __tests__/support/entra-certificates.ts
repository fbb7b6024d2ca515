/** Certificates for an app in Microsoft Entra. */
import { generate } from "selfsigned";

export interface ClientCertificate {
  /** PEM. */
  certificate: string;
  /** PEM. */
  privateKey: string;
}

export function rsaCertificate(name: string, keySize = 2048): Promise<ClientCertificate> {
  return certificate(name, { keySize });
}

export function ecCertificate(name: string): Promise<ClientCertificate> {
  return certificate(name, { keyType: "ec" });
}

async function certificate(name: string, options: object): Promise<ClientCertificate> {
  const { cert, private: privateKey } = await generate([{ name: "commonName", value: name }], {
    algorithm: "sha256",
    ...options,
  });
  return { certificate: cert, privateKey };
}

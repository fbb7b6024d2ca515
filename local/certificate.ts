/** One certificate for the local edge and the local identity provider, made for one run. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";

export interface Certificate {
  key: string;
  cert: string;
  /** Path of `cert`, for `NODE_EXTRA_CA_CERTS` and the like. */
  caFile: string;
}

const DAY_MS = 86_400_000;

/**
 * @param folder where the certificate file is written
 * @param hosts DNS names without port
 */
export async function makeCertificate(folder: string, hosts: string[]): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: "commonName", value: hosts[0]! }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + 30 * DAY_MS),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", digitalSignature: true, keyCertSign: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [...new Set(hosts)].map((value) => ({ type: 2 as const, value })) },
    ],
  });
  const caFile = join(folder, "ca.pem");
  await writeFile(caFile, cert);
  return { key, cert, caFile };
}

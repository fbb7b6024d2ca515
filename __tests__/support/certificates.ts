import { generate } from "selfsigned";

export interface Certificate {
  /** PEM of the private key. */
  key: string;
  /** PEM of the certificate, which is its own authority: what `NODE_EXTRA_CA_CERTS` takes. */
  cert: string;
}

/** A certificate for `localhost` that nothing trusts unless it is told to. */
export async function localhostCertificate(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    // Tests move the handler's clock back and forth; TLS looks at the machine's own.
    notBeforeDate: new Date(Date.now() - 86_400_000),
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  return { key, cert };
}

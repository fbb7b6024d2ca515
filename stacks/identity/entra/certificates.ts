import { X509Certificate } from "node:crypto";
import { ApplicationCertificate } from "@cdktf/provider-azuread/lib/application-certificate";
import { TerraformIterator } from "cdktf";
import { Construct } from "constructs";
import { keyed } from "./keyed";

export interface CertificatesProps {
  applicationId: string;
  /** PEM, without private keys. */
  certificates: readonly string[];
}

/**
 * The certificates with which Entra verifies the auth handler's assertions, by their SHA-256 fingerprint. The private
 * keys are in Secrets Manager, and never here.
 *
 * https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 */
export class Certificates extends Construct {
  constructor(scope: Construct, id: string, { applicationId, certificates }: CertificatesProps) {
    super(scope, id);
    const each = TerraformIterator.fromMap(keyed(certificates, certificateEntry));
    new ApplicationCertificate(this, "Resource", {
      forEach: each,
      applicationId,
      type: "AsymmetricX509Cert",
      encoding: "pem",
      value: each.getString("pem"),
      startDate: each.getString("start"),
      endDate: each.getString("end"),
    });
  }
}

/** The fingerprint, and the resource's values: `pem`, and `start` and `end` as RFC 3339. */
export function certificateEntry(pem: string): [key: string, value: Record<string, string>] {
  const { fingerprint256, validFrom, validTo } = new X509Certificate(pem);
  return [fingerprint256.replaceAll(":", "").toLowerCase(), { pem, start: rfc3339(validFrom), end: rfc3339(validTo) }];
}

/** Date without milliseconds, as the provider reads it back. */
function rfc3339(date: string): string {
  return new Date(date).toISOString().replace(/\.\d+Z$/, "Z");
}

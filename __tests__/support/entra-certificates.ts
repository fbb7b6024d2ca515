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

/** For signatures of one kind only (RFC 4055): it has the length of an RSA key, and is none that Entra takes. */
export const RSA_PSS_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIDZzCCAhqgAwIBAgIUHVvpXxdu5n3mjhnHNGjZaZubTZMwQgYJKoZIhvcNAQEK
MDWgDzANBglghkgBZQMEAgEFAKEcMBoGCSqGSIb3DQEBCDANBglghkgBZQMEAgEF
AKIEAgIA3jAOMQwwCgYDVQQDDANwc3MwIBcNMjYxMTMwMDEyODMxWhgPMjEyNjEx
MDYwMTI4MzFaMA4xDDAKBgNVBAMMA3BzczCCASAwCwYJKoZIhvcNAQEKA4IBDwAw
ggEKAoIBAQCI2OYXyEwzKv0xMElAOxMxt13SW9XFNR83fBcnXTLl3htrxjwuFaIQ
049KiTaQQQUf7vLuP0nCwU/Uvez0+yELrcBMNAzFuTrxztnFsix8VN4ansnoc6u0
23BUXQQn9L6v/F+G5Nyyc74mVHsehzy1DvDgz/OkHhFOm6ITSsYWYlvmLQZ3gvU3
RAugbcFKdFD0uaW1079c7wyiOAGM34FkklzUMQIkfycXWp8W2HN9d1oQSIoDlzDK
EnBdTQRNp20NWNLXruSsbkk6U3DSprqqcqtzd7xuaQPuM3CAoG6uNO7K3e6EQZA1
V6O5B4+PueARxkafIQtSyYyiszm4bIiBAgMBAAGjUzBRMB0GA1UdDgQWBBTReTbC
Eua1Xmyk13dCwVuSBKwOVDAfBgNVHSMEGDAWgBTReTbCEua1Xmyk13dCwVuSBKwO
VDAPBgNVHRMBAf8EBTADAQH/MEIGCSqGSIb3DQEBCjA1oA8wDQYJYIZIAWUDBAIB
BQChHDAaBgkqhkiG9w0BAQgwDQYJYIZIAWUDBAIBBQCiBAICAN4DggEBAIhqlgwA
WKDx6WDEay5POdiS6ppyTf96SPvu4eaNPo3O5FiWPcMwDQ8is6ycNZh5WQF1uEII
ENiVnWDQJ3T+xclHO4rdtul797uYYFBPZKBluB9xzH3hLb2RlRfUKRbMtUKr9Ppf
riCxMdObn9vcHosvtX445M8vYcqEUjFowwHX08TrlEHeQW+ObevG1PF60ERXd6Uz
N7DRNcl9mUvFnIgTC0y5vxr/Chp23r8kfpvN1UONQ4zdAPXb8SCt3Qf4QoB+wgkp
C2F85K3miFppEX5rkrQsOtY850B/wRdYaptNSR4A/TgIGyKZr+HnJ07D/XSuEiE9
z0XbOoPX24mdODM=
-----END CERTIFICATE-----
`;

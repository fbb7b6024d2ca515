/** Keys of the gateway as a client of an identity provider. */
import { createPrivateKey } from "node:crypto";
import { SigningKeys } from "../../local/aws/key-management";
import type { AuthEnvironment } from "./auth-fixture";
import type { EdgeResponse } from "./cloudfront-event";

export const JWKS = "/_gate/jwks.json";
export const [FIRST_KEY, SECOND_KEY] = ["1", "2"].map(
  (digit) => `arn:aws:kms:us-east-1:111122223333:key/${digit}a1b2c3d-0000-1111-2222-333344445555`,
) as [string, string];

export interface PublicKey {
  kid: string;
  alg: string;
  kty: string;
}

export function newPem(algorithm: string): string {
  return new SigningKeys().create("", algorithm).privateKey.export({ format: "pem", type: "pkcs8" }) as string;
}

/** Notes what is private in PEM text as secrets: its lines, and the numbers of its keys. */
export function guardPem({ secret }: Pick<AuthEnvironment, "secret">, pem: string): void {
  for (const [block] of pem.matchAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]+-----/g)) {
    const members = membersOf(block);
    const isPublic = (line: string) => [members["n"], members["x"], members["y"]].some((text) => text?.includes(line));
    const lines = block
      .split(/\r?\n/)
      .filter((line) => !line.startsWith("---") && line.length >= 12 && !isPublic(line));
    // RFC 7518 sections 6.2.2 and 6.3.2.
    const numbers = ["d", "p", "q", "dp", "dq", "qi"].flatMap((name) => members[name] ?? []);
    for (const part of [...lines, ...numbers]) secret(part);
  }
}

/** The members of a key's JWK; none if it cannot be read. */
function membersOf(block: string): Record<string, string> {
  try {
    return createPrivateKey(block).export({ format: "jwk" }) as Record<string, string>;
  } catch {
    return {};
  }
}

export async function publishedKeys(environment: AuthEnvironment): Promise<PublicKey[]> {
  return keysIn(await environment.browser().fetch(JWKS));
}

export function keysIn({ body }: EdgeResponse): PublicKey[] {
  return (JSON.parse(body) as { keys: PublicKey[] }).keys;
}

/** The identity provider fetches the client's keys, as from its `jwks_uri`. */
export async function letProviderFetchKeys(environment: AuthEnvironment): Promise<void> {
  environment.idp.clientKeys = { keys: await publishedKeys(environment) };
}

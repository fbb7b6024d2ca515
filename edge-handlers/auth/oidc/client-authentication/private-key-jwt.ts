/** `private_key_jwt` (OpenID Connect Core 1.0, section 9): with PEM keys, or with keys that never leave a key service. */
import { webcrypto } from "node:crypto";
import { modifyAssertion, PrivateKeyJwt, type ClientAuth } from "oauth4webapi";
import type { PrivateKeyJwt as Settings, SigningAlgorithm } from "../../../../session/client-authentication";
import type { Ports } from "../../ports";
import { assertionClaims, assertionHeader, setAssertion } from "./client-assertion";
import { readPrivateKeys, readPublicKey, type PrivateClientKey, type PublicClientKey } from "./client-key";
import { toJwsSignature } from "./ecdsa-signature";
import type { Client, Method } from "./method";
import type { Proof } from "./proof";

export const privateKeyJwt: Method<Settings> = (client, settings) =>
  settings.kmsKeys ? withKeyService(client, settings, settings.kmsKeys[0]!) : withPem(client, settings);

/** The public keys of the gateway at a provider. @throws Failure `client_key_unavailable`, `client_secret_unavailable` */
export async function publishedKeys(ports: Ports, id: string, settings: Settings): Promise<PublicClientKey[]> {
  if (!settings.kmsKeys) {
    const keys = await readPrivateKeys(await ports.clientSecret(id), settings);
    return keys.map(({ publicKey }) => publicKey);
  }
  return Promise.all(
    settings.kmsKeys.map(async (key) => readPublicKey(await ports.keyService.publicKey(key), settings)),
  );
}

async function withPem(client: Client, settings: Settings): Promise<Proof> {
  const [audience, pem] = await Promise.all([
    audienceOf(client, settings),
    client.context.ports.clientSecret(client.id),
  ]);
  const [signing] = await readPrivateKeys(pem, settings);
  const { publicKey, certificate } = signing!;
  const authenticate = PrivateKeyJwt(
    { key: await cryptoKey(signing!), kid: publicKey.kid },
    {
      [modifyAssertion]: (header, claims) => {
        // Entra ID finds a key by the certificate that was uploaded there.
        Object.assign(
          header,
          assertionHeader(publicKey, settings.audience),
          certificate && { "x5t#S256": certificate },
        );
        claims["aud"] = audience;
      },
    },
  );
  return { authenticate };
}

/** The first assertion is signed immediately, in parallel with other work, because signing may be a call to KMS. */
async function withKeyService(client: Client, settings: Settings, key: string): Promise<Proof> {
  const { context, provider } = client;
  const { keyService, now, random } = context.ports;
  const [audience, publicKey] = await Promise.all([
    audienceOf(client, settings),
    keyService.publicKey(key).then((der) => readPublicKey(der, settings)),
  ]);
  const sign = async () => {
    const claims = assertionClaims(provider.clientId, audience, now(), random(16));
    const signed = [assertionHeader(publicKey, settings.audience), claims].map(encoded).join(".");
    const signature = await keyService.sign(key, publicKey.alg, Buffer.from(signed));
    return `${signed}.${toJwsSignature(publicKey.alg, signature)}`;
  };
  let first: string | undefined = await sign();
  const authenticate: ClientAuth = async (_server, { client_id: clientId }, form) => {
    // A provider may accept an assertion only once.
    setAssertion(form, clientId, first ?? (await sign()));
    first = undefined;
  };
  return { authenticate };
}

async function audienceOf({ provider, endpoint }: Client, { audience }: Settings): Promise<string> {
  return audience === "issuer" ? provider.issuer : endpoint();
}

/** https://www.w3.org/TR/webcrypto/#algorithm-overview */
function cryptoKey({ key, publicKey: { alg, crv } }: PrivateClientKey): Promise<webcrypto.CryptoKey> {
  const hash = `SHA-${alg.slice(2)}`;
  const algorithms: Record<string, webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams> = {
    RS: { name: "RSASSA-PKCS1-v1_5", hash },
    PS: { name: "RSA-PSS", hash },
    ES: { name: "ECDSA", namedCurve: crv! },
  };
  const der = key.export({ format: "der", type: "pkcs8" });
  return webcrypto.subtle.importKey("pkcs8", der, algorithms[kindOf(alg)]!, false, ["sign"]);
}

function kindOf(algorithm: SigningAlgorithm): string {
  return algorithm.slice(0, 2);
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

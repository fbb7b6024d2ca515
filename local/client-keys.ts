/** The gateway as a client of the local identity provider: its registration and its keys. */
import type { Config } from "../config/schema";
import { storedSecretOf } from "../session/client-authentication";
import { clientSecretName, type AuthSettings, type AwsNames } from "../session/settings";
import { SigningKeys } from "./aws/key-management";
import type { AwsEmulator } from "./aws-emulator";
import type { IdentityProviderOptions } from "./identity-provider";

type Client = IdentityProviderOptions["clients"][number];

export function registration(
  settings: Config["identityProviders"][string]["clientAuthentication"],
  { secret, jwksUri }: Required<Pick<Client, "secret" | "jwksUri">>,
): Pick<Client, "authentication" | "secret" | "jwksUri"> {
  const authentication = typeof settings === "string" ? settings : settings.method;
  if (authentication === "aws_assertion")
    throw new Error("the local identity provider accepts no assertions of AWS (see local/local-config.ts)");
  if (authentication === "private_key_jwt") return { authentication, jwksUri };
  return authentication === "none" ? { authentication } : { authentication, secret };
}

/**
 * Makes every key that the settings name, and stores the client secrets of the others.
 *
 * @param clientSecrets by the provider's ID
 * @param before settings whose keys and secrets already exist
 */
export function fillClientKeys(
  { secrets, signingKeys }: AwsEmulator,
  { identityProviders, aws }: AuthSettings & { aws: AwsNames },
  clientSecrets: Readonly<Record<string, string>>,
  before?: AuthSettings,
): void {
  for (const [id, { clientAuthentication: settings }] of Object.entries(identityProviders)) {
    const known = before?.identityProviders[id]?.clientAuthentication;
    if (JSON.stringify(known) === JSON.stringify(settings)) continue;
    const ownKeys = typeof settings === "object" && settings.method === "private_key_jwt" ? settings : undefined;
    for (const arn of ownKeys?.kmsKeys ?? [])
      if (!signingKeys.has(arn)) signingKeys.create(arn, ownKeys?.algorithm ?? "RS256");
    if (storedSecretOf(settings))
      secrets.set(clientSecretName(aws, id), ownKeys ? newPrivateKey(ownKeys.algorithm) : clientSecrets[id]!);
  }
}

/** PEM. */
function newPrivateKey(algorithm = "RS256"): string {
  return new SigningKeys().create("", algorithm).privateKey.export({ format: "pem", type: "pkcs8" }) as string;
}

/** How the auth handler authenticates at the identity providers: its settings, secrets and permissions. */
import { assertionAudience, signedAudience } from "../config/client-authentication";
import { hookAudience, type HookTarget } from "../config/hook-target";
import type { Config } from "../config/schema";
import {
  storedSecretOf,
  type AwsAssertion,
  type ClientAuthentication,
  type StoredSecret,
} from "../session/client-authentication";
import { allow, type Statement } from "./iam";

export function clientAuthenticationSettings(config: Config, id: string): ClientAuthentication {
  const provider = config.identityProviders[id]!;
  const { clientAuthentication: authentication } = provider;
  if (typeof authentication === "string") return authentication;
  if (authentication.method === "private_key_jwt")
    return { ...authentication, audience: authentication.audience ?? signedAudience(provider) };
  const audience = authentication.audience ?? assertionAudience(provider);
  if (audience === undefined) throw new Error("an assertion needs an audience (checked in config/cross-checks.ts)");
  return { ...authentication, audience };
}

/** The kind of secret that the gateway needs to authenticate at this identity provider; undefined for none. */
export function storedSecret(config: Config, id: string): StoredSecret | undefined {
  const authentication = config.identityProviders[id]?.clientAuthentication;
  return authentication && storedSecretOf(authentication);
}

/** All hooks that the auth handler calls. */
function hooksOf({ signInHook, accessDenied }: Config): HookTarget[] {
  return [signInHook, accessDenied?.requestHook].filter((hook) => hook !== undefined);
}

/** Exactly these keys, and assertions for exactly these audiences, those of hooks among them. */
export function clientAuthenticationPermissions(config: Config): Statement[] {
  const all = Object.keys(config.identityProviders).map((id) => clientAuthenticationSettings(config, id));
  const keys = all.flatMap((each) =>
    typeof each === "object" && each.method === "private_key_jwt" ? (each.kmsKeys ?? []) : [],
  );
  const assertions: Pick<AwsAssertion, "audience" | "algorithm">[] = all.filter(
    (each) => typeof each === "object" && each.method === "aws_assertion",
  );
  for (const hook of hooksOf(config)) {
    const audience = hookAudience(hook);
    if (audience !== undefined) assertions.push({ audience, algorithm: "RS256" });
  }
  return [
    ...(keys.length > 0 ? [allow("ClientKeys", ["kms:GetPublicKey", "kms:Sign"], [...new Set(keys)])] : []),
    ...(assertions.length > 0 ? [assertionPermission(assertions)] : []),
  ];
}

/**
 * The operation has no resource; the conditions bound it instead
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_policies.html). `ForAllValues` also
 * matches a request without an audience, which the operation refuses.
 */
function assertionPermission(assertions: readonly Pick<AwsAssertion, "audience" | "algorithm">[]): Statement {
  return allow("ClientAssertions", "sts:GetWebIdentityToken", "*", {
    "ForAllValues:StringEquals": {
      "sts:IdentityTokenAudience": distinct(assertions.map(({ audience }) => audience)),
    },
    StringEquals: { "sts:SigningAlgorithm": distinct(assertions.map(({ algorithm }) => algorithm)) },
    NumericLessThanEquals: { "sts:DurationSeconds": "300" },
  });
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

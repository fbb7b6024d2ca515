/**
 * How the gateway authenticates as a client of an identity provider, and how it protects its requests and tokens there.
 * This file has the options, their defaults by provider, and the checks that involve several of them.
 */
import { z } from "zod";
import type { ConfigProblem } from "./error";

const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"] as const;
/** A key's ARN, not an alias's: an alias can be moved to another key, whose public half is not registered. */
const KMS_KEY = /^arn:aws[a-z-]*:kms:us-east-1:[0-9]{12}:key\/[0-9a-z-]+$/;
const METHODS =
  'write "none", "client_secret_basic", "client_secret_post", { method: "private_key_jwt" } or { method: "aws_assertion" }';

function oneOf<const T extends string>(values: readonly T[]) {
  const write = `write ${values.map((value) => `"${value}"`).join(", ")}`.replace(/, ([^,]+)$/, " or $1");
  // Without `abort`, the union below reports this message, at this place.
  return z.custom<T>((value) => values.includes(value as T), { error: write, abort: false });
}

const privateKeyJwt = z.strictObject({
  method: z.literal("private_key_jwt"),
  /** The first one signs, and all are published. If absent, the keys are PEM text in Secrets Manager. */
  kmsKeys: z
    .array(
      z.string().regex(KMS_KEY, "write the ARN of a KMS key in us-east-1, not of an alias"),
      'write the ARNs of KMS keys, such as ["arn:aws:kms:us-east-1:…:key/…"], or leave it out',
    )
    .min(1, "write the ARN of a KMS key, or leave it out to keep the keys in Secrets Manager")
    .refine((keys) => keys.length <= 4, "write at most 4 keys")
    .refine((keys) => new Set(keys).size === keys.length, "write each key once")
    .optional(),
  algorithm: oneOf(ALGORITHMS).optional(),
  audience: oneOf(["issuer", "endpoint"]).optional(),
});

const awsAssertion = z.strictObject({
  method: z.literal("aws_assertion"),
  audience: z
    .custom<string>((value) => typeof value === "string" && /^[!-~]{1,255}$/.test(value), {
      error: 'write the audience that the identity provider expects, such as "api://AzureADTokenExchange"',
      abort: false,
    })
    .optional(),
  algorithm: oneOf(["RS256", "ES384"]).default("RS256"),
});

const clientAuthentication = z.union(
  [
    z.enum(["none", "client_secret_basic", "client_secret_post"]),
    z.discriminatedUnion("method", [privateKeyJwt, awsAssertion]),
  ],
  METHODS,
);

/** The options of an identity provider that this file is about. */
export const clientOptions = {
  /**
   * `none` is a public client with PKCE. The client secrets come from Secrets Manager. `private_key_jwt` signs with a
   * key of the gateway. `aws_assertion` needs no secret: AWS identifies the auth handler's role.
   */
  clientAuthentication: clientAuthentication.default("none"),
  /** Sends authorization requests through the provider's own endpoint for that (RFC 9126). */
  pushedAuthorizationRequests: z.boolean("write true or false").default(false),
  /** Binds refresh tokens to a key that is different for each session (RFC 9449). */
  dpop: z.boolean("write true or false").default(false),
};

export interface ClientOptions {
  clientAuthentication: z.output<typeof clientAuthentication>;
  issuer?: string | undefined;
  profile?: string | undefined;
}

/**
 * Entra ID's clouds, by the host of their issuers: what a federated identity credential accepts as audience
 * (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity).
 */
const ENTRA_AUDIENCES: Record<string, string> = {
  "login.microsoftonline.com": "api://AzureADTokenExchange",
  "login.microsoftonline.us": "api://AzureADTokenExchangeUSGov",
  "login.partner.microsoftonline.cn": "api://AzureADTokenExchangeChina",
};
const OKTA_HOST = /\.(?:okta|oktapreview|okta-emea)\.com$/;

/** The audience of an AWS-issued assertion; undefined if the config must set it. */
export function assertionAudience(provider: ClientOptions): string | undefined {
  return ENTRA_AUDIENCES[hostOf(provider)] ?? (provider.profile === "entra" ? "api://AzureADTokenExchange" : undefined);
}

/**
 * The audience of an assertion that the gateway signs. RFC 10070 section 4 requires the issuer. These providers still
 * refuse it:
 *
 * - Entra ID: https://learn.microsoft.com/entra/identity-platform/certificate-credentials
 * - Okta: https://developer.okta.com/docs/guides/build-self-signed-jwt/java/main/
 */
export function signedAudience(provider: ClientOptions): "issuer" | "endpoint" {
  const host = hostOf(provider);
  const isException =
    provider.profile === "entra" || provider.profile === "okta" || host in ENTRA_AUDIENCES || OKTA_HOST.test(host);
  return isException ? "endpoint" : "issuer";
}

/** @param path of the identity provider in the config */
export function clientAuthenticationProblems(provider: ClientOptions, path: string): ConfigProblem[] {
  const { clientAuthentication: authentication } = provider;
  const isAssertion = typeof authentication === "object" && authentication.method === "aws_assertion";
  if (!isAssertion || authentication.audience !== undefined || assertionAudience(provider) !== undefined) return [];
  return [
    {
      path: `${path}.clientAuthentication.audience`,
      message: "write the audience that the identity provider expects of assertions; only Entra ID has a default",
    },
  ];
}

/** Empty if Terraform makes the provider, so that its issuer is not known yet. */
function hostOf({ issuer = "" }: ClientOptions): string {
  return URL.canParse(issuer) ? new URL(issuer).hostname : "";
}

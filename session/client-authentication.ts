/**
 * How the gateway authenticates as a client of an identity provider (OpenID Connect Core 1.0, section 9). Part of the
 * auth handler's settings; none of it is secret.
 */

/** https://www.rfc-editor.org/rfc/rfc7518#section-3.1 */
export type SigningAlgorithm = "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512";

/** The gateway signs an assertion with its own key (RFC 7523 section 2.2). */
export interface PrivateKeyJwt {
  method: "private_key_jwt";
  /** KMS keys: the first one signs. Absent if the keys are PEM text in Secrets Manager. */
  kmsKeys?: string[] | undefined;
  /** By default the standard algorithm for the kind of key. */
  algorithm?: SigningAlgorithm | undefined;
  /** What the assertion names as its audience: the issuer, or the URL of the endpoint that it is sent to. */
  audience: "issuer" | "endpoint";
}

/** AWS vouches for the auth handler's role with an assertion that it signs. There is no secret. */
export interface AwsAssertion {
  method: "aws_assertion";
  audience: string;
  /** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html */
  algorithm: "RS256" | "ES384";
}

export type ClientAuthentication = "none" | "client_secret_basic" | "client_secret_post" | PrivateKeyJwt | AwsAssertion;

/** The kind of secret that Secrets Manager holds for a client. */
export type StoredSecret = "client secret" | "private keys";

/**
 * The kind of secret that an operator must store in Secrets Manager for a client that authenticates in this way;
 * undefined for none. Stacks create the secret, and the auth handler reads it.
 */
export function storedSecretOf(
  authentication: ClientAuthenticationMethod | { method: ClientAuthenticationMethod; kmsKeys?: string[] | undefined },
): StoredSecret | undefined {
  const method = methodOf(authentication);
  if (method === "client_secret_basic" || method === "client_secret_post") return "client secret";
  if (method !== "private_key_jwt") return undefined;
  return typeof authentication === "object" && authentication.kmsKeys ? undefined : "private keys";
}

type MethodOf<T> = T extends { method: infer Method } ? Method : T;
export type ClientAuthenticationMethod = MethodOf<ClientAuthentication>;

export function methodOf(
  authentication: ClientAuthenticationMethod | { method: ClientAuthenticationMethod },
): ClientAuthenticationMethod {
  return typeof authentication === "string" ? authentication : authentication.method;
}

/** Mistakes in how the gateway authenticates at an identity provider. */
import {
  CLIENT_AUTHENTICATION,
  KMS_KEY,
  UNKNOWN,
  clientAuthentication,
  identityProvider,
  type Mistake,
} from "../small-config";

export const CLIENT_AUTHENTICATION_MISTAKES: Mistake[] = [
  [
    identityProvider({ clientAuthentication: "secret" }),
    "identityProviders.main.clientAuthentication",
    `${CLIENT_AUTHENTICATION}; it is "secret"`,
  ],
  [
    identityProvider({ clientAuthentication: { method: "tls_client_auth" } }),
    "identityProviders.main.clientAuthentication",
    `${CLIENT_AUTHENTICATION}; it is {"method":"tls_client_auth"}`,
  ],
  [
    identityProvider({ clientAuthentication: "private_key_jwt" }),
    "identityProviders.main.clientAuthentication",
    `${CLIENT_AUTHENTICATION}; it is "private_key_jwt"`,
  ],
  [
    clientAuthentication({ method: "private_key_jwt", privateKey: "-----BEGIN" }),
    "identityProviders.main.clientAuthentication.privateKey",
    UNKNOWN,
  ],
  [
    clientAuthentication({ method: "private_key_jwt", kmsKeys: [] }),
    "identityProviders.main.clientAuthentication.kmsKeys",
    "write the ARN of a KMS key, or leave it out to keep the keys in Secrets Manager; it is []",
  ],
  [
    clientAuthentication({ method: "private_key_jwt", kmsKeys: ["alias/gateway"] }),
    "identityProviders.main.clientAuthentication.kmsKeys[0]",
    'write the ARN of a KMS key in us-east-1, not of an alias; it is "alias/gateway"',
  ],
  [
    clientAuthentication({ method: "private_key_jwt", kmsKeys: ["arn:aws:kms:us-east-1:111122223333:alias/a"] }),
    "identityProviders.main.clientAuthentication.kmsKeys[0]",
    'write the ARN of a KMS key in us-east-1, not of an alias; it is "arn:aws:kms:us-east-1:111122223333:alias/a"',
  ],
  [
    clientAuthentication({ method: "private_key_jwt", kmsKeys: ["arn:aws:kms:eu-west-1:111122223333:key/a"] }),
    "identityProviders.main.clientAuthentication.kmsKeys[0]",
    'write the ARN of a KMS key in us-east-1, not of an alias; it is "arn:aws:kms:eu-west-1:111122223333:key/a"',
  ],
  [
    clientAuthentication({ method: "private_key_jwt", kmsKeys: [KMS_KEY, KMS_KEY] }),
    "identityProviders.main.clientAuthentication.kmsKeys",
    "write each key once",
  ],
  [
    clientAuthentication({ method: "private_key_jwt", kmsKeys: [1, 2, 3, 4, 5].map((n) => `${KMS_KEY}${n}`) }),
    "identityProviders.main.clientAuthentication.kmsKeys",
    "write at most 4 keys",
  ],
  [
    clientAuthentication({ method: "private_key_jwt", algorithm: "HS256" }),
    "identityProviders.main.clientAuthentication.algorithm",
    'write "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384" or "ES512"; it is "HS256"',
  ],
  [
    clientAuthentication({ method: "private_key_jwt", audience: "https://login.example.com" }),
    "identityProviders.main.clientAuthentication.audience",
    'write "issuer" or "endpoint"; it is "https://login.example.com"',
  ],
  [
    clientAuthentication({ method: "aws_assertion", audience: "a b" }),
    "identityProviders.main.clientAuthentication.audience",
    'write the audience that the identity provider expects, such as "api://AzureADTokenExchange"; it is "a b"',
  ],
  [
    clientAuthentication({ method: "aws_assertion" }),
    "identityProviders.main.clientAuthentication.audience",
    "write the audience that the identity provider expects of assertions; only Entra ID has a default",
  ],
  [
    clientAuthentication({ method: "aws_assertion", audience: "a", algorithm: "PS256" }),
    "identityProviders.main.clientAuthentication.algorithm",
    'write "RS256" or "ES384"; it is "PS256"',
  ],
  [
    clientAuthentication({ method: "aws_assertion", audience: "a", kmsKeys: [KMS_KEY] }),
    "identityProviders.main.clientAuthentication.kmsKeys",
    UNKNOWN,
  ],
  [
    identityProvider({ pushedAuthorizationRequests: "yes" }),
    "identityProviders.main.pushedAuthorizationRequests",
    'write true or false; it is "yes"',
  ],
];

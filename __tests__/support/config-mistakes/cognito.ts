/** Mistakes with Amazon Cognito, and in the user pool that Terraform makes. */
import { identityProvider, rule, type Mistake } from "../small-config";

export const COGNITO_MISTAKES: Mistake[] = [
  [
    identityProvider({ profile: "cognito", clientAuthentication: { method: "private_key_jwt" } }),
    "identityProviders.main.clientAuthentication",
    'Cognito takes no assertions; write "none" or "client_secret_basic"',
  ],
  [
    identityProvider({ profile: "cognito", pool: { domain: { prefix: "acme" } }, clientId: undefined }),
    "identityProviders.main.issuer",
    "remove it: pool makes a user pool; or remove pool to use an existing one",
  ],
  [
    {
      ...identityProvider({
        ...{ profile: "cognito", issuer: undefined, clientId: undefined, pool: { domain: { prefix: "acme" } } },
      }),
      ...rule({ allow: { roles: ["admin", "Domain Users"] } }),
    },
    "identityProviders.main.pool",
    'Terraform makes a role here for each of the policy, and cannot make "Domain Users"; rename it in the policy, with letters, digits and . _ : @ / -',
  ],
  [
    identityProvider({ profile: "cognito", issuer: undefined, pool: { domain: { prefix: "acme" } } }),
    "identityProviders.main.clientId",
    "remove it: pool makes the client; or remove pool to use an existing one",
  ],
  [
    identityProvider({
      profile: "cognito",
      issuer: undefined,
      clientId: undefined,
      pool: { domain: { prefix: "acme" }, tokens: { refresh: "1h" } },
    }),
    "identityProviders.main.pool.tokens.refresh",
    "write at least session.absolute (28800s)",
  ],
];

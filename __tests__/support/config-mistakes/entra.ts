/** Mistakes in the tenants of Microsoft Entra, and in the app that Terraform makes there. */
import { identityProvider, type Mistake } from "../small-config";

export const ENTRA_MISTAKES: Mistake[] = [
  [
    identityProvider({ profile: "entra", issuer: undefined }),
    "identityProviders.main.tenants",
    'write the ID of your tenant: tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"]',
  ],
  [
    identityProvider({ profile: "entra", issuer: "https://login.microsoftonline.us/x/v2.0" }),
    "identityProviders.main.tenants",
    "write the IDs of the tenants whose users may sign in",
  ],
  [
    identityProvider({ profile: "entra", tenants: ["contoso.com"] }),
    "identityProviders.main.tenants[0]",
    'write the ID of a tenant in lower case, such as "8eaef023-2b34-4da1-9baa-8bc8c9d6a490"; it is "contoso.com"',
  ],
  [
    identityProvider({ profile: "entra", tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"] }),
    "identityProviders.main.issuer",
    'its tenant is not the one in tenants; leave issuer out, or write "{tenantid}" in the place of the tenant\'s ID',
  ],
  [
    identityProvider({ tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"] }),
    "identityProviders.main.tenants",
    'only the profile "entra" has tenants; remove it, or write profile: "entra"',
  ],
  [
    identityProvider({
      profile: "entra",
      issuer: undefined,
      tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"],
      app: { credential: { type: "password" } },
    }),
    "identityProviders.main.clientAuthentication",
    'write "client_secret_basic": app.credential is "password"',
  ],
  [
    identityProvider({
      profile: "entra",
      issuer: undefined,
      tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"],
      app: {
        credential: {
          issuer: "https://0a1b2c3d-0000-1111-2222-333344445555.tokens.sts.global.api.aws",
          subject: "arn:aws:iam::111122223333:role/wiki-auth",
        },
      },
    }),
    "identityProviders.main.clientAuthentication",
    'write { method: "aws_assertion" }: app.credential is "federated"',
  ],
  [
    identityProvider({ app: { credential: { type: "password" } }, clientAuthentication: "client_secret_post" }),
    "identityProviders.main.app",
    'only the profile "entra" has an app; remove it',
  ],
  [
    identityProvider({
      profile: "entra",
      issuer: undefined,
      tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"],
      clientAuthentication: "client_secret_post",
      app: {
        credential: { type: "password" },
        assignments: { boss: { groups: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"] } },
      },
    }),
    "identityProviders.main.app.assignments.boss",
    "no rule of the policy has roles; write signedIn for people who may sign in",
  ],
];

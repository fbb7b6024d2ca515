/** Employees sign in with Entra ID, customers with Cognito; Terraform makes the app and the user pool. No secret. */
import { defineConfig } from "edgegate";

export default defineConfig({
  name: "portal",
  domain: "portal.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  identityProviders: {
    staff: {
      label: "Employees",
      profile: "entra",
      tenants: ["8eaef023-2b34-4da1-9baa-8bc8c9d6a490"],
      // AWS identifies the gateway's role with a token: see docs/identity/entra.md.
      clientAuthentication: { method: "aws_assertion" },
      app: {
        credential: {
          issuer: "https://0a1b2c3d-0000-1111-2222-333344445555.tokens.sts.global.api.aws",
          subject: "arn:aws:iam::111122223333:role/portal-auth",
        },
        assignments: { admin: { groups: ["8d1f6b1e-0c0a-4c0e-9c55-2f4f0d6f7a10"] } },
      },
      roles: { grant: ["admin"] },
      emailDomains: ["example.com"],
    },
    customers: {
      label: "Customers",
      profile: "cognito",
      pool: { domain: { prefix: "example-portal" }, selfSignUp: true, mfa: "optional" },
      roles: { grant: [] },
    },
  },
  origin: { type: "custom", domainName: "portal-origin.example.com", secretHeader: true },
  policy: [
    { path: "/admin/**", allow: { roles: ["admin"], idp: ["staff"] } },
    { path: "/reports/**", allow: { idp: ["staff"] } },
    { path: "/**", allow: "signed-in" },
  ],
});

/**
 * A handbook with an API beside it: people open pages, and programs call `/api` with access tokens of the same identity
 * provider. `npm start` serves it on localhost.
 */
import { defineConfig } from "edgegate";

export default defineConfig({
  name: "handbook",
  domain: "handbook.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  identityProviders: {
    main: {
      label: "Example account",
      issuer: "https://login.example.com",
      clientId: "handbook",
      clientAuthentication: "client_secret_basic",
    },
  },
  // Tokens that this provider issues for this API only.
  accessTokens: { main: { identityProvider: "main", audience: ["https://api.example.com"] } },
  origin: { type: "s3" },
  behaviors: [
    { path: "/api/*", origin: { type: "custom", domainName: "api.example.com", secretHeader: true }, api: true },
  ],
  // The first rule that matches decides. Everything else is denied.
  policy: [
    { path: "/public/**", allow: "public" },
    { path: "/favicon.ico", allow: "public" },
    { path: "/admin/**", allow: { roles: ["admin"] } },
    { path: "/staff/**", allow: { roles: ["staff", "admin"] } },
    { path: "/api/**", methods: ["GET"], allow: "signed-in" },
    { path: "/api/**", allow: { roles: ["staff", "admin"] } },
    { path: "/**", methods: ["GET"], allow: "signed-in" },
  ],
  theme: { productName: "Example Handbook", support: "help@example.com" },
});

/** The example: a company handbook in S3 with an API beside it. `npm start` serves it on localhost. */
import { defineConfig } from "./define";

export default defineConfig({
  name: "handbook",
  domain: "handbook.example.com",
  identityProviders: {
    main: {
      label: "Example account",
      issuer: "https://login.example.com",
      clientId: "handbook",
      clientAuthentication: "client_secret_basic",
    },
  },
  origin: { type: "s3" },
  behaviors: [{ path: "/api/*", origin: { type: "custom", domainName: "api.example.com", secretHeader: true } }],
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
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  theme: { productName: "Example Handbook", support: "help@example.com" },
  tags: { service: "handbook" },
});

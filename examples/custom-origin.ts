/** A site on your own servers: public pages, an area for one role, an API with its own rules, shorter sessions. */
import { defineConfig } from "edgegate";

export default defineConfig({
  name: "shop",
  domain: "shop.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  identityProviders: {
    main: {
      label: "Example account",
      issuer: "https://login.example.com",
      clientId: "shop",
      // "npx edgegate secrets put main" stores the client secret.
      clientAuthentication: "client_secret_basic",
      roles: { claim: "groups" },
    },
  },
  origin: { type: "custom", domainName: "shop-origin.example.com", secretHeader: true },
  behaviors: [{ path: "/static/*", origin: { type: "s3" }, caching: "optimized" }],
  policy: [
    { path: "/", allow: "public" },
    { path: "/static/**", allow: "public" },
    { path: "/admin/**", allow: { roles: ["admin"] } },
    { path: "/api/orders/**", methods: ["GET"], allow: "signed-in" },
    { path: "/api/orders/**", allow: { roles: ["clerk", "admin"] } },
    { path: "/account/**", allow: "signed-in" },
  ],
  // A change of the rules that fails one of these tests is a mistake.
  tests: [
    { as: "anonymous", can: ["GET /static/app.css"], cannot: ["GET /account", "GET /api/orders/7"] },
    { as: "signed-in", can: ["GET /api/orders/7"], cannot: ["POST /api/orders/7", "GET /admin"] },
    { as: { roles: ["clerk"] }, can: ["POST /api/orders/7"], cannot: ["GET /admin"] },
  ],
  session: { absolute: "4h", idle: "30m", token: "5m" },
  identityHeaders: { "x-gate-department": "department" },
});

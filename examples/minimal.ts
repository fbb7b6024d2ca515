import { defineConfig } from "edgegate";

export default defineConfig({
  name: "wiki",
  domain: "wiki.example.com",
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  identityProviders: { main: { issuer: "https://login.example.com", clientId: "wiki" } },
  origin: { type: "custom", domainName: "wiki-origin.example.com", secretHeader: true },
  policy: [{ path: "/**", allow: "signed-in" }],
});

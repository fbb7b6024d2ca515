/** Three hosts behind one gateway, each with its own rules. Each host has its own sessions. */
import { defineConfig } from "edgegate";

export default defineConfig({
  name: "intranet",
  domain: "intranet.example.com",
  alternateDomains: ["wiki.example.com", "status.example.com"],
  hostedZoneId: "Z0123456789ABCDEFGHIJ",
  identityProviders: { main: { issuer: "https://login.example.com", clientId: "intranet" } },
  origin: { type: "custom", domainName: "intranet-origin.example.com", secretHeader: true },
  policy: [
    { host: "status.example.com", path: "/**", methods: ["GET"], allow: "public" },
    { host: "wiki.example.com", path: "/**", methods: ["GET"], allow: "signed-in" },
    { host: "wiki.example.com", path: "/**", allow: { roles: ["editor"] } },
    { host: "intranet.example.com", path: "/hr/**", allow: { roles: ["hr"] } },
    { host: "intranet.example.com", path: "/**", allow: "signed-in" },
  ],
});

/** The gateway under load: several hosts, every kind of requirement, and an API for programs. */
import { configSchema, type Config, type ConfigInput } from "../../config/schema";

/** A site whose scripts may call the API. */
export const SCRIPT_ORIGIN = "https://console.example.com";

const ORIGIN = { type: "custom", domainName: "site.example.com", open: true } as const;

const INPUT: ConfigInput = {
  name: "load",
  domain: "app.example.com",
  alternateDomains: ["docs.example.com", "shop.example.com"],
  identityProviders: {
    main: { issuer: "https://login.example.com", clientId: "load", clientAuthentication: "client_secret_basic" },
    partner: { issuer: "https://id.partner.example", clientId: "load-partner" },
  },
  accessTokens: { main: { identityProvider: "main", audience: ["https://api.example.com"] } },
  origin: ORIGIN,
  behaviors: [
    {
      path: "/api/*",
      origin: ORIGIN,
      api: { cors: { origins: [SCRIPT_ORIGIN], methods: ["GET", "PUT"], credentials: true } },
    },
  ],
  identityHeaders: { "x-gate-department": "department" },
  policy: [
    { host: "docs.example.com", path: "/**", methods: ["GET"], allow: "public" },
    { host: "shop.example.com", path: "/orders/**", allow: { roles: ["sales", "admin"] } },
    { path: "/public/**", allow: "public" },
    { path: "/admin/drafts/**", allow: "nobody" },
    { path: "/admin/**", allow: { roles: ["admin"] } },
    { path: "/staff/**", allow: { roles: ["staff", "Domain Admins"] } },
    { path: "/audit/**", allow: { allRoles: ["staff", "auditor"], notRoles: ["contractor"] } },
    { path: "/profile/{user}", methods: ["PUT", "GET"], allow: [{ owner: "user" }, { roles: ["admin"] }] },
    { path: "/premium/**", allow: { claims: { plan: ["pro", "team"] } } },
    { path: "/keys/**", allow: { roles: ["admin"], acr: ["mfa"], maxAge: "1h" } },
    { path: "/partners/**", allow: { idp: ["partner"] } },
    { path: "/mail/**", allow: { emailDomains: ["example.com"] } },
    { path: "/files/**", allow: "signed-in", escapes: true },
    { path: "/api/public/**", allow: "public" },
    { path: "/api/reports/**", allow: { scopes: ["reports:read"] } },
    { path: "/api/admin/**", allow: { roles: ["admin"] } },
    { path: "/api/**", methods: ["GET", "PUT"], allow: "signed-in" },
    { path: "/forms/**", methods: ["POST"], allow: "signed-in" },
    { path: "/**", methods: ["GET"], allow: "signed-in" },
  ],
};

export const LOAD_CONFIG: Config = configSchema.parse(INPUT);

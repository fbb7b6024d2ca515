import { configSchema, type Config } from "../../config/schema";
import { TEST_CONFIG } from "./local-edge";

const config = configSchema.parse({
  ...TEST_CONFIG,
  name: "token-test",
  behaviors: [
    ...TEST_CONFIG.behaviors.filter(({ path }) => path !== "/api/*"),
    { path: "/api/*", origin: { type: "custom", domainName: "api.example.com", open: true }, api: true },
  ],
});

/** A local edge with an API that programs call with tokens. */
export const TOKEN_CONFIG: Config = {
  ...config,
  policy: [
    { path: "/api/orders/**", methods: ["GET"], allow: { scopes: ["orders.read"] } },
    { path: "/api/import/**", allow: { roles: ["importer"] } },
    { path: "/api/**", allow: "signed-in" },
    ...config.policy,
  ] as Config["policy"],
};

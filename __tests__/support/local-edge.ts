/** A local edge for tests: the example's shape, small and fixed. */
import { configSchema, type ConfigInput } from "../../config/schema";
import { startLocalEdge, type LocalEdge, type LocalEdgeOptions } from "../../local/local-edge";
import { lambdaNode, PATIENCE } from "./tools";

export const TEST_CONFIG = {
  name: "local-test",
  domain: "app.example.com",
  identityProviders: {
    main: {
      issuer: "https://login.example.com",
      clientId: "edgegate-test",
      clientAuthentication: "client_secret_basic",
    },
  },
  origin: { type: "s3" },
  behaviors: [
    { path: "/api/*", origin: { type: "custom", domainName: "api.example.com", open: true } },
    { path: "/shop*", origin: { type: "custom", domainName: "shop.example.com", secretHeader: true } },
    { path: "/staff*", origin: { type: "custom", domainName: "staff.example.com", open: true } },
  ],
  policy: [
    { path: "/public/**", allow: "public" },
    { path: "/admin/**", allow: { roles: ["admin"] } },
    { path: "/staff/**", allow: { roles: ["staff", "admin"] } },
    { path: "/**", allow: "signed-in" },
  ],
  theme: { productName: "Example Intranet", support: "help@example.com" },
} satisfies ConfigInput;

/**
 * On a free port; the handlers run on the Lambda runtime's Node where it is installed and are given time, and queues
 * repeat themselves.
 */
export function startTestEdge(options: Partial<LocalEdgeOptions> = {}): Promise<LocalEdge> {
  return startLocalEdge({
    config: configSchema.parse(TEST_CONFIG),
    port: 0,
    node: lambdaNode(),
    patience: () => PATIENCE,
    repeatEvery: 3,
    ...options,
  });
}

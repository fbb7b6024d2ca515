import { z } from "zod";
import { host, text } from "../fields";

/** An HTTPS server. It sees the gateway's identity headers. */
export const customOrigin = z.strictObject({
  type: z.literal("custom"),
  domainName: host,
  /** Prepended to every path. */
  path: text(/^(\/[A-Za-z0-9._~-]+)+$/, 'a path without a trailing slash, such as "/app"').optional(),
  httpsPort: z
    .number("write a port number")
    .int()
    .min(1, "write a port from 1 to 65535")
    .max(65535, "write a port from 1 to 65535")
    .default(443),
  /** The server tells upper from lower case and serves each page under one path only (config/other-names.ts). */
  exactPaths: z.boolean("write true or false").default(false),
});

export type CustomOrigin = z.output<typeof customOrigin>;

import { z } from "zod";
import { host } from "../fields";
import { assertion, connection, exactPaths, hostHeader, open, originPath, port, secretHeader } from "./server-options";

/** The reason why a port for plain HTTP is refused. */
const NO_HTTP =
  "remove it: CloudFront speaks only HTTPS to servers on the internet, because requests carry people's identity; write httpsPort";

/** Any HTTPS server on the internet. It sees the gateway's identity headers. */
export const customOrigin = z.strictObject({
  type: z.literal("custom"),
  domainName: host,
  path: originPath,
  httpsPort: port.default(443),
  httpPort: z.never(NO_HTTP).optional(),
  host: hostHeader,
  secretHeader,
  assertion,
  open,
  exactPaths,
  ...connection,
});

export type CustomOrigin = z.output<typeof customOrigin>;

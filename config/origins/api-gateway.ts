import { z } from "zod";
import { text } from "../fields";
import { assertion, connection, exactPaths, open, originPath, secretHeader } from "./server-options";

/** A REST or HTTP API of API Gateway. It answers only to its own name, so `Host` is never the viewer's. */
export const apiGatewayOrigin = z.strictObject({
  type: z.literal("api-gateway"),
  domainName: text(
    /^[a-z0-9]{10}\.execute-api\.[a-z]{2}(?:-[a-z]+)+-[0-9]\.amazonaws\.com$/,
    'the host name of the invoke URL without scheme and stage, such as "abcde12345.execute-api.us-east-1.amazonaws.com"',
  ),
  /** The stage, such as `/prod`; none for the stage `$default` of an HTTP API. */
  path: originPath,
  secretHeader,
  assertion,
  open,
  exactPaths,
  ...connection,
});

export type ApiGatewayOrigin = z.output<typeof apiGatewayOrigin>;

import type { CloudfrontDistributionOrigin } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import type { Connection } from "../../config/origins/server-options";

/** How CloudFront connects to a server, as members of the origin. Absent options are CloudFront's to choose. */
export function connectionOf({
  connectionAttempts,
  connectionTimeout,
  shield,
}: Connection): Pick<CloudfrontDistributionOrigin, "connectionAttempts" | "connectionTimeout" | "originShield"> {
  return {
    ...(connectionAttempts !== undefined && { connectionAttempts }),
    ...(connectionTimeout !== undefined && { connectionTimeout }),
    ...(shield !== undefined && { originShield: { enabled: true, originShieldRegion: shield } }),
  };
}

/** How long CloudFront waits for a server, as members of the origin's own block. */
export function timeoutsOf({ readTimeout, keepAlive }: Connection): {
  originReadTimeout?: number;
  originKeepaliveTimeout?: number;
} {
  return {
    ...(readTimeout !== undefined && { originReadTimeout: readTimeout }),
    ...(keepAlive !== undefined && { originKeepaliveTimeout: keepAlive }),
  };
}

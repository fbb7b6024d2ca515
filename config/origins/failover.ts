import { z } from "zod";

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html */
const STATUSES = [400, 403, 404, 416, 429, 500, 502, 503, 504] as const;

/**
 * A second origin, for requests that the first one fails.
 *
 * @param to the schema of an origin without a failover
 */
export function failoverTo<Origin extends z.ZodType>(to: Origin) {
  return z
    .strictObject({
      to,
      /**
       * The statuses of the first origin for which CloudFront asks the second. It also does so if the first does not
       * answer.
       */
      on: z
        .array(z.literal([...STATUSES], `write statuses from ${STATUSES.join(", ")}`))
        .min(1, "write a status, or leave it out for 500, 502, 503 and 504")
        .default([500, 502, 503, 504]),
    })
    .optional();
}

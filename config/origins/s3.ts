import { z } from "zod";
import { region, text } from "../fields";

const bucketName = text(
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  "a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens",
);

/** A private bucket that the gateway reads through origin access control. */
export const s3Origin = z.strictObject({
  type: z.literal("s3"),
  /** Name of the bucket to create; by default AWS makes one up from the gateway's name. */
  bucketName: bucketName.optional(),
  /** A bucket that is there, instead of one to create. Its policy stays its owner's. */
  existingBucket: z.strictObject({ name: bucketName, region }).optional(),
});

export type S3Origin = z.output<typeof s3Origin>;

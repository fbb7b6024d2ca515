import { z } from "zod";
import { region, text } from "../fields";

/** Characters that mean the same in a path, in a key and in JavaScript. */
const NAME = "[A-Za-z0-9_~-][A-Za-z0-9._~-]*";

const WRITE_INDEX = 'write a file name, such as "index.html", or false';

const bucketName = text(
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  "a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens",
);

/** A private bucket that the gateway reads through origin access control. */
export const s3Origin = z.strictObject({
  type: z.literal("s3"),
  /** Name of the bucket to create; by default AWS makes one up from the gateway's name. */
  bucketName: bucketName.optional(),
  /** An existing bucket, instead of one to create. Its owner manages its policy. */
  existingBucket: z.strictObject({ name: bucketName, region }).optional(),
  /** The document of a folder: `/docs/` is served `/docs/index.html`. `false` for none. */
  index: z
    .union([z.literal(false), z.string()], WRITE_INDEX)
    .refine((name) => name === false || new RegExp(`^${NAME}$`).test(name), WRITE_INDEX)
    .default("index.html"),
  /** `true` serves the application's index document for paths without a file extension. */
  spa: z.boolean("write true or false").default(false),
  /** The page for missing files; by default a page of the gateway. */
  notFound: text(new RegExp(`^(/${NAME})+\\.html$`), 'the path of an HTML page, such as "/404.html"')
    .max(200, "write at most 200 characters")
    .optional(),
});

export type S3Origin = z.output<typeof s3Origin>;

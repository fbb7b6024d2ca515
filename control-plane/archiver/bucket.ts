/** The archiver's port on S3. */
import { paginateListObjectsV2, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CLIENT_OPTIONS } from "../aws-client-options";
import type { Archive } from "./ports";

/** @param bucket its name; it may be in another region */
export function bucketArchive(bucket: string): Archive {
  const client = new S3Client({ ...CLIENT_OPTIONS, region: "us-east-1", followRegionRedirects: true });
  return {
    async list(prefix, after) {
      const found = new Map<string, string>();
      const input = { Bucket: bucket, Prefix: prefix, ...(after !== undefined && { StartAfter: after }) };
      for await (const { Contents: objects = [] } of paginateListObjectsV2({ client }, input))
        for (const { Key: key = "", ETag: tag = "" } of objects) found.set(key, tag.replaceAll('"', ""));
      return found;
    },
    async put(key, body, type) {
      // Object Lock takes nothing without a checksum, which the SDK adds:
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-put-object
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: type }));
    },
  };
}

import type { Construct } from "constructs";
import type { S3Origin } from "../../config/origins/s3";
import type { Config } from "../../config/schema";
import { readStatement, SiteBucket } from "./site-bucket";

export function siteBucket(scope: Construct, id: string, { bucketName }: S3Origin, config: Config): SiteBucket {
  const name = bucketName === undefined ? { bucketPrefix: `${config.name}-` } : { bucket: bucketName };
  return new SiteBucket(scope, id, name, config);
}

type ExistingBucket = NonNullable<S3Origin["existingBucket"]>;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html */
export function domainNameOf({ name, region }: ExistingBucket): string {
  return `${name}.s3.${region}.amazonaws.com`;
}

/**
 * The statement to add to the bucket's policy. A bucket has one policy, so the gateway would replace its owner's
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html).
 */
export function statementFor({ name }: ExistingBucket, config: Config, distributionArn: string): string {
  return JSON.stringify({ ...readStatement(`arn:aws:s3:::${name}`, distributionArn), Sid: `Edgegate${config.name}` });
}

/**
 * IDs of origins in the distribution. Derived from the origin, not from its position in the config, so that reordering
 * behaviors changes no origin. Equal origins have one ID; origins that differ in any option have two.
 */
import { createHash } from "node:crypto";
import type { Origin, SingleOrigin } from "../../config/origins/origin";
import type { S3Origin } from "../../config/origins/s3";
import { portOf } from "./vpc";

/** https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html has no limit; the console stops here. */
const MAX_LENGTH = 128;

/** The target of a behavior: the origin, or the group of an origin with a failover. */
export function targetId(origin: Origin): string {
  return origin.failover ? groupId(origin) : originId(origin);
}

export function groupId(origin: Origin): string {
  const { to, on } = origin.failover!;
  return `failover-${digest([originId(origin), originId(to), [...on].sort()])}`;
}

export function originId(origin: SingleOrigin): string {
  const place = placeOf(origin);
  const options = optionsOf(origin);
  const id = options.length === 0 ? place : `${place}#${digest(options)}`;
  return id.length <= MAX_LENGTH ? id : `${id.slice(0, MAX_LENGTH - 9)}#${digest(id)}`;
}

/** Eight characters that differ whenever the value does. */
export function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 8);
}

function placeOf(origin: SingleOrigin): string {
  switch (origin.type) {
    case "s3":
      return [bucketId(origin), ...servingId(origin)].join(":");
    case "custom":
      return `${origin.domainName}:${origin.httpsPort}${origin.path ?? ""}`;
    case "vpc":
      return `vpc-${origin.domainName}:${portOf(origin)}${origin.path ?? ""}`;
    case "lambda-url":
    case "api-gateway":
      return `${origin.domainName}${origin.path ?? ""}`;
  }
}

export function bucketId({ bucketName, existingBucket }: S3Origin): string {
  if (existingBucket) return `bucket-${existingBucket.name}`;
  return bucketName === undefined ? "site" : `site-${bucketName}`;
}

/**
 * The options for serving files that differ from the defaults. The same bucket with other options is another origin.
 */
function servingId({ index, spa, notFound = "" }: S3Origin): string[] {
  const folders = spa ? "spa" : index === false ? "no-index" : index === "index.html" ? "" : index;
  return folders === "" && notFound === "" ? [] : [folders + notFound];
}

/** CloudFront's options of the origin besides its address; empty if all are defaults. */
function optionsOf(origin: SingleOrigin): unknown[] {
  if (origin.type === "s3") return [];
  const { readTimeout, keepAlive, connectionAttempts, connectionTimeout, shield } = origin;
  const connection = { readTimeout, keepAlive, connectionAttempts, connectionTimeout, shield };
  const own = origin.type === "vpc" ? [origin.arn, origin.protocol] : [];
  return JSON.stringify(connection) === "{}" ? own : [connection, ...own];
}

import { safeCode } from "../failure";
import { send, type Answer } from "../connections";
import { AwsError, credentials } from "./call";
import { signedHeaders } from "./signature";

/** The gateway's buckets are in the region of all its resources. */
const REGION = "us-east-1";
/** Seconds for which S3 keeps an idle connection, at least. */
const KEPT_FOR = 5;

/**
 * Reads an object of a bucket, using the function's own credentials
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html).
 *
 * @param domainName of the bucket, such as `bucket.s3.us-east-1.amazonaws.com`
 * @param path of the object, not encoded
 * @param options `timeLimit`: milliseconds; `sizeLimit`: bytes
 * @returns the answer if its status is 200; undefined if there is no such object, or the function may not read it
 * @throws AwsError
 */
export async function readObject(
  method: "GET" | "HEAD",
  domainName: string,
  path: string,
  { timeLimit, sizeLimit }: { timeLimit: number; sizeLimit: number },
): Promise<Answer | undefined> {
  const url = objectUrl(domainName, path.split("/").map(encodeName).join("/"));
  try {
    const headers = signedHeaders(
      { method, service: "s3", region: REGION, url, headers: {}, body: "" },
      credentials(),
      new Date(),
    );
    const signal = AbortSignal.timeout(timeLimit);
    const answer = await send(url, { method, headers, signal, sizeLimit, isRepeatable: true, keptFor: KEPT_FOR });
    // Without the permission to list a bucket, a missing object is a 403.
    if (answer.status === 403 || answer.status === 404) return undefined;
    if (answer.status !== 200) throw new AwsError(`status_${answer.status}`);
    return answer;
  } catch (error) {
    throw error instanceof AwsError ? error : new AwsError(safeCode(error));
  }
}

/** A path-style endpoint takes the bucket from the first segment of the path. */
function objectUrl(domainName: string, path: string): URL {
  const endpoint = process.env["AWS_ENDPOINT_URL_S3"] ?? process.env["AWS_ENDPOINT_URL"];
  if (endpoint === undefined) return new URL(`https://${domainName}${path}`);
  return new URL(`/${domainName.split(".s3.")[0]}${path}`, endpoint);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html: everything that is not unreserved. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A Fetch response as what CloudFront takes from a viewer-request trigger. */

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-generating-http-responses.html */
export interface CloudFrontResponse {
  /** Three digits. */
  status: string;
  headers: Record<string, { key: string; value: string }[]>;
  body?: string;
  bodyEncoding?: "text";
}

/**
 * Bytes of headers and body together.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-lambda-at-edge
 */
const MAX_SIZE = 40 * 1024;

/**
 * With one of these CloudFront would answer 502 in the handler's place.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
 */
const DISALLOWED_HEADERS = [
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "trailer",
  "upgrade",
  "x-accel-buffering",
  "x-accel-charset",
  "x-accel-limit-rate",
  "x-accel-redirect",
  "x-cache",
  "x-forwarded-proto",
  "x-real-ip",
];
const DISALLOWED_PREFIXES = ["x-amz-cf-", "x-edge-"];
/**
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-read-only-headers
 */
const READ_ONLY_HEADERS = ["cdn-loop", "content-length", "host", "transfer-encoding", "via", "warning"];

/** @throws TypeError for a header that CloudFront refuses; RangeError for a response of more than 40 KB */
export async function toCloudFrontResponse(response: Response, method: string): Promise<CloudFrontResponse> {
  const headers: CloudFrontResponse["headers"] = {};
  for (const [key, value] of response.headers) {
    if (isRefused(key)) throw new TypeError(`CloudFront refuses the header ${key}`);
    // Fetch lists each set-cookie by itself and joins the values of every other header.
    (headers[key] ??= []).push({ key, value });
  }
  const body = method === "HEAD" ? "" : await response.text();
  const size = Buffer.byteLength(JSON.stringify(headers)) + Buffer.byteLength(body);
  if (size > MAX_SIZE) throw new RangeError(`response of ${size} bytes; CloudFront takes ${MAX_SIZE}`);
  return { status: String(response.status), headers, ...(body !== "" && { body, bodyEncoding: "text" }) };
}

function isRefused(name: string): boolean {
  return (
    DISALLOWED_HEADERS.includes(name) ||
    READ_ONLY_HEADERS.includes(name) ||
    DISALLOWED_PREFIXES.some((prefix) => name.startsWith(prefix))
  );
}

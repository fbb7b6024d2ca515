/**
 * Headers that no edge function may set. If a response has one of them, CloudFront answers 502 instead.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html#function-restrictions-headers
 */

const DISALLOWED = [
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
  "x-amzn-auth",
  "x-amzn-cf-billing",
  "x-amzn-cf-id",
  "x-amzn-cf-xff",
  "x-amzn-errortype",
  "x-amzn-fle-profile",
  "x-amzn-header-count",
  "x-amzn-header-order",
  "x-amzn-lambda-integration-tag",
  "x-amzn-requestid",
  "x-cache",
  "x-forwarded-proto",
  "x-real-ip",
];
const DISALLOWED_PREFIXES = ["x-amz-cf-", "x-edge-"];

/** A viewer-request function can read these request headers, but may not add, change or remove them. */
export const READ_ONLY_IN_REQUEST: readonly string[] = [
  "cdn-loop",
  "content-length",
  "host",
  "transfer-encoding",
  "via",
];

/** An origin-response function must return these headers unchanged. */
export const READ_ONLY_IN_ORIGIN_RESPONSE: readonly string[] = ["transfer-encoding", "via"];

const READ_ONLY_IN_RESPONSE = ["transfer-encoding", "via", "warning"];

/**
 * Request headers that CloudFront removes or rewrites on the way to a custom origin.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#request-custom-headers-behavior
 */
const REMOVED_FROM_REQUEST = [
  "connection",
  "expect",
  "host",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "upgrade",
  "x-forwarded-proto",
  "x-real-ip",
];

/**
 * Response headers of an origin that CloudFront removes or rewrites. Connection headers are not forwarded
 * (https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1).
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html#ResponseCustomRemovedHeaders
 */
const REMOVED_FROM_RESPONSE = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
  "x-amz-cf-id",
];

/**
 * A list of headers without those that CloudFront removes, and without those that `Connection` names.
 *
 * @param to the receiver of the headers
 */
export function withoutRemoved(
  headers: readonly [name: string, value: string][],
  to: "origin" | "viewer",
): [name: string, value: string][] {
  const removed = to === "origin" ? REMOVED_FROM_REQUEST : REMOVED_FROM_RESPONSE;
  const named = headers
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.split(",").map((option) => option.trim().toLowerCase()));
  return headers.filter(([written]) => {
    const name = written.toLowerCase();
    return !removed.includes(name) && !named.includes(name) && !(to === "origin" && name.startsWith("x-edge-"));
  });
}

/** @param name in lower case */
export function isDisallowedHeader(name: string): boolean {
  return DISALLOWED.includes(name) || DISALLOWED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

/**
 * True if CloudFront refuses a viewer-request function's generated response because of this header.
 *
 * @param name in lower case
 */
export function isRefusedInResponse(name: string): boolean {
  return isDisallowedHeader(name) || READ_ONLY_IN_REQUEST.includes(name) || READ_ONLY_IN_RESPONSE.includes(name);
}

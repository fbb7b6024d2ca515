/**
 * Quotas of CloudFront and Lambda@Edge:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
 */

/** Maximum size of a CloudFront Function's source, in bytes. */
export const MAX_FUNCTION_SOURCE = 10_240;

/**
 * Milliseconds after which Lambda@Edge ends an invocation for a viewer request. The viewer then sees a CloudFront
 * error.
 */
export const MAX_VIEWER_REQUEST_TIME = 5_000;

/** Maximum size of a response generated for a viewer request, headers and body together, in bytes. */
export const MAX_GENERATED_RESPONSE = 40_960;

/** Maximum size of a response generated for an origin event, headers and body together, in bytes. */
export const MAX_ORIGIN_RESPONSE = 1_048_576;

/** Bytes of a request's body that Lambda@Edge passes to a viewer-request function. */
export const MAX_EXPOSED_BODY = 40_960;

/** Milliseconds after which CloudFront closes a WebSocket whose origin sends nothing: "origin response timeout (idle timeout)". */
export const MAX_WEBSOCKET_IDLE = 600_000;

/** What CloudFront takes: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */

/** Bytes of a CloudFront Function's source. */
export const MAX_FUNCTION_SOURCE = 10_240;

/** Milliseconds after which Lambda@Edge ends an invocation for a viewer request; the viewer then sees an error of CloudFront's. */
export const MAX_VIEWER_REQUEST_TIME = 5_000;

/** Bytes of a response that Lambda@Edge makes for a viewer request, headers and body together. */
export const MAX_GENERATED_RESPONSE = 40_960;

/** Bytes of a request's body that Lambda@Edge gets for a viewer request. */
export const MAX_EXPOSED_BODY = 40_960;

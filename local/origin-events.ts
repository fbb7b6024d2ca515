/**
 * The events of Lambda@Edge functions between cache and origin, and the effects of their results. Plain data in both
 * directions.
 */
import { STATUS_CODES } from "node:http";
import {
  DISTRIBUTION,
  headerList,
  lambdaHeaders,
  responseFromLambda,
  type EdgeRequest,
  type EdgeResponse,
  type LambdaRequest,
  type LambdaResponse,
} from "./cloudfront-events";

/**
 * An origin-request event, without the body.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html#example-origin-request
 */
export function originRequestEvent(request: EdgeRequest, origin: string): unknown {
  return {
    Records: [
      {
        cf: {
          config: { ...DISTRIBUTION, eventType: "origin-request", requestId: request.id },
          request: {
            clientIp: request.clientIp,
            headers: lambdaHeaders(request.headers),
            method: request.method,
            origin: {
              custom: {
                customHeaders: {},
                domainName: origin,
                keepaliveTimeout: 5,
                path: "",
                port: 443,
                protocol: "https",
                readTimeout: 30,
                sslProtocols: ["TLSv1.2"],
              },
            },
            querystring: request.query ?? "",
            uri: request.path,
          },
        },
      },
    ],
  };
}

/** The request that CloudFront sends to the origin after an origin-request function has returned one. */
export function changedRequest(returned: LambdaRequest, original: EdgeRequest): EdgeRequest {
  return {
    ...original,
    path: returned.uri,
    query: returned.querystring === (original.query ?? "") ? original.query : returned.querystring,
    headers: headerList(returned.headers),
  };
}

/**
 * An origin-response event of a bucket. Its function does not get the body.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html#example-origin-response
 */
export function originResponseEvent(
  request: EdgeRequest,
  response: Omit<EdgeResponse, "body">,
  customHeaders: [name: string, value: string][],
): unknown {
  return {
    Records: [
      {
        cf: {
          config: { ...DISTRIBUTION, eventType: "origin-response", requestId: request.id },
          request: {
            clientIp: request.clientIp,
            headers: lambdaHeaders(request.headers),
            method: request.method,
            origin: {
              s3: {
                authMethod: "none",
                customHeaders: lambdaHeaders(customHeaders),
                domainName: "local-bucket.s3.us-east-1.amazonaws.com",
                path: "",
                region: "",
              },
            },
            querystring: request.query ?? "",
            uri: request.path,
          },
          response: {
            headers: lambdaHeaders(response.headers),
            status: String(response.status),
            statusDescription: STATUS_CODES[response.status] ?? "",
          },
        },
      },
    ],
  };
}

/**
 * The response that CloudFront sends after an origin-response function. If the function returns no body, it is the
 * origin's.
 */
export function changedResponse<Response extends Omit<EdgeResponse, "body">>(
  response: LambdaResponse,
  original: Response,
): Response | EdgeResponse {
  const changed = responseFromLambda(response);
  return response.body === undefined ? { ...original, status: changed.status, headers: changed.headers } : changed;
}

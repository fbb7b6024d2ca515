/**
 * The functions with which the gateway decides a behavior's requests: the gate, or the auth handler on the gateway's
 * own endpoints. They are the same for the gateway's distribution and for existing ones.
 */
import { METADATA_PATH } from "../session/resource-metadata";
import { MANAGED_CACHE_POLICY } from "./caching";

export const ALL_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
export const CACHED_METHODS = ["GET", "HEAD"];

/** ARNs of the functions that decide, and the policy that every response needs. */
export interface Protection {
  basePath: string;
  gateArn: string;
  /** With the version: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html */
  authArn: string;
  responseHeadersPolicyId: string;
  /** The functions of API behaviors, if there are any. */
  api?: ApiProtection | undefined;
}

/** The two functions that decide requests of API behaviors. Neither is enough without the other. */
export interface ApiProtection {
  /** The gate that passes on unverified tokens. */
  gateArn: string;
  /** The version of the handler on origin requests that verifies them. */
  bearerArn: string;
}

export interface FunctionAssociation {
  eventType: "viewer-request";
  functionArn: string;
}

/** A behavior of an `aws_cloudfront_distribution`, but for its origin. */
export interface AuthBehavior {
  pathPattern: string;
  viewerProtocolPolicy: "https-only";
  allowedMethods: string[];
  cachedMethods: string[];
  cachePolicyId: string;
  responseHeadersPolicyId: string;
  lambdaFunctionAssociation: { eventType: "viewer-request"; lambdaArn: string; includeBody: true }[];
}

export function gateAssociation({ gateArn }: Protection): FunctionAssociation {
  return { eventType: "viewer-request", functionArn: gateArn };
}

/**
 * The gateway's endpoints. The handler answers every viewer request itself, so the origin that CloudFront requires is
 * never reached. There is no redirect from http: nobody types these addresses, and an authorization code sent in the
 * clear is already exposed.
 */
export function authBehavior({ basePath, authArn, responseHeadersPolicyId }: Protection): AuthBehavior {
  return {
    pathPattern: `${basePath}/*`,
    viewerProtocolPolicy: "https-only",
    allowedMethods: [...ALL_METHODS],
    cachedMethods: [...CACHED_METHODS],
    cachePolicyId: MANAGED_CACHE_POLICY.CachingDisabled,
    responseHeadersPolicyId,
    lambdaFunctionAssociation: [{ eventType: "viewer-request", lambdaArn: authArn, includeBody: true }],
  };
}

/** The documents of resources (RFC 9728), which the same handler answers; nobody sends it a body there. */
export function resourceMetadataBehavior(protection: Protection): AuthBehavior {
  return { ...authBehavior(protection), pathPattern: `${METADATA_PATH}*` };
}

/**
 * The same for HCL, as an item of `ordered_cache_behavior` of terraform-aws-modules/cloudfront, which keys associations
 * by event. It compresses by default, and its versions before 6 assume the old `forwarded_values`
 * (https://registry.terraform.io/modules/terraform-aws-modules/cloudfront/aws).
 */
export function authBehaviorForModule(protection: Protection): object {
  const behavior = authBehavior(protection);
  return {
    path_pattern: behavior.pathPattern,
    viewer_protocol_policy: behavior.viewerProtocolPolicy,
    allowed_methods: behavior.allowedMethods,
    cached_methods: behavior.cachedMethods,
    compress: false,
    use_forwarded_values: false,
    cache_policy_id: behavior.cachePolicyId,
    response_headers_policy_id: behavior.responseHeadersPolicyId,
    lambda_function_association: Object.fromEntries(
      behavior.lambdaFunctionAssociation.map(({ eventType, lambdaArn, includeBody }) => [
        eventType,
        { lambda_arn: lambdaArn, include_body: includeBody },
      ]),
    ),
  };
}

export function gateAssociationForModule(protection: Protection): object {
  const { eventType, functionArn } = gateAssociation(protection);
  return { event_type: eventType, function_arn: functionArn };
}

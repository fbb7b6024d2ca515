/** Permissions for CloudFront's side of a gateway: distribution, functions, store, certificate, web ACL and DNS. */
import {
  apiGateFunctionName,
  authFunctionName,
  bearerFunctionName,
  gateFunctionName,
  redirectFunctionName,
  siteFunctionName,
} from "../names";
import { TAGS, distributions, zones, everything, type Names, type NeedsByType } from "./needs";

const certificates = ({ arn }: Names) => [arn("acm", "certificate/*")];
const cloudfront =
  (resource: string) =>
  ({ global }: Names) => [global("cloudfront", resource)];

export const EDGE_NEEDS: NeedsByType = {
  aws_acm_certificate: {
    "acm:RequestCertificate DescribeCertificate DeleteCertificate AddTagsToCertificate RemoveTagsFromCertificate ListTagsForCertificate":
      certificates,
  },
  aws_acm_certificate_validation: { "acm:DescribeCertificate": certificates },
  aws_cloudfront_cache_policy: {
    "cloudfront:CreateCachePolicy GetCachePolicy UpdateCachePolicy DeleteCachePolicy": cloudfront("cache-policy/*"),
  },
  aws_cloudfront_distribution: {
    [`cloudfront:CreateDistribution GetDistribution GetDistributionConfig UpdateDistribution DeleteDistribution ${TAGS}`]:
      distributions,
    // The distribution takes a web ACL and a version of each handler
    // (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html).
    "wafv2:GetWebACL": ({ arn, config }) => [arn("wafv2", `global/webacl/${config.name}-gateway/*`)],
    "lambda:GetFunction EnableReplication* DisableReplication*": ({ arn, config }) =>
      [authFunctionName(config), bearerFunctionName(config), siteFunctionName(config)].map((name) =>
        arn("lambda", `function:${name}:*`),
      ),
    "iam:CreateServiceLinkedRole": ({ global }) =>
      [
        "replicator.lambda.amazonaws.com/AWSServiceRoleForLambdaReplicator",
        "logger.cloudfront.amazonaws.com/AWSServiceRoleForCloudFrontLogger",
      ].map((role) => global("iam", `role/aws-service-role/${role}`)),
  },
  aws_cloudfront_function: {
    "cloudfront:CreateFunction DescribeFunction GetFunction UpdateFunction PublishFunction DeleteFunction": ({
      global,
      config,
    }) => [
      global("cloudfront", `function/${gateFunctionName(config)}`),
      global("cloudfront", `function/${apiGateFunctionName(config)}`),
      global("cloudfront", `function/${redirectFunctionName(config)}`),
    ],
  },
  aws_cloudfront_key_value_store: {
    "cloudfront:CreateKeyValueStore DescribeKeyValueStore UpdateKeyValueStore DeleteKeyValueStore":
      cloudfront("key-value-store/*"),
  },
  aws_cloudfront_origin_access_control: {
    "cloudfront:CreateOriginAccessControl GetOriginAccessControl UpdateOriginAccessControl DeleteOriginAccessControl":
      cloudfront("origin-access-control/*"),
  },
  aws_cloudfront_origin_request_policy: {
    "cloudfront:CreateOriginRequestPolicy GetOriginRequestPolicy UpdateOriginRequestPolicy DeleteOriginRequestPolicy":
      cloudfront("origin-request-policy/*"),
  },
  aws_cloudfront_response_headers_policy: {
    "cloudfront:CreateResponseHeadersPolicy GetResponseHeadersPolicy UpdateResponseHeadersPolicy DeleteResponseHeadersPolicy":
      cloudfront("response-headers-policy/*"),
  },
  // Names and actions: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
  aws_cloudfront_vpc_origin: {
    [`cloudfront:CreateVpcOrigin GetVpcOrigin UpdateVpcOrigin DeleteVpcOrigin ${TAGS}`]: cloudfront("vpcorigin/*"),
    "ec2:DescribeInstances DescribeInternetGateways DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs":
      everything,
    "elasticloadbalancing:DescribeListeners DescribeLoadBalancers": everything,
    "iam:CreateServiceLinkedRole": ({ global }) => [
      global("iam", "role/aws-service-role/vpcorigin.cloudfront.amazonaws.com/AWSServiceRoleForCloudFrontVPCOrigin"),
    ],
  },
  aws_route53_record: {
    "route53:ChangeResourceRecordSets ListResourceRecordSets GetHostedZone": zones,
    "route53:GetChange": () => ["arn:aws:route53:::change/*"],
  },
  aws_wafv2_ip_set: {
    [`wafv2:CreateIPSet GetIPSet UpdateIPSet DeleteIPSet ${TAGS}`]: ({ arn, config }) => [
      arn("wafv2", `global/ipset/${config.name}-*/*`),
    ],
  },
  aws_wafv2_web_acl: {
    [`wafv2:CreateWebACL GetWebACL UpdateWebACL DeleteWebACL ${TAGS}`]: ({ arn, config }) => [
      arn("wafv2", `global/webacl/${config.name}-gateway/*`),
      arn("wafv2", `global/ipset/${config.name}-*/*`),
      arn("wafv2", "global/managedruleset/*/*"),
    ],
  },
  aws_wafv2_web_acl_logging_configuration: {
    "wafv2:PutLoggingConfiguration GetLoggingConfiguration DeleteLoggingConfiguration": ({ arn, config }) => [
      arn("wafv2", `global/webacl/${config.name}-gateway/*`),
    ],
    // https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html#logging-cw-logs-permissions
    "logs:CreateLogDelivery DeleteLogDelivery PutResourcePolicy DescribeResourcePolicies DescribeLogGroups": everything,
  },
};

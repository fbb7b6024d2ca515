/** Permissions for CloudFront's side of a gateway: distribution, functions, store, certificate, web ACL and DNS. */
import {
  apiGateFunctionName,
  authFunctionName,
  bearerFunctionName,
  gateFunctionName,
  redirectFunctionName,
  siteFunctionName,
} from "../names";
import { TAGS, distributions, zones, everything, type NeedsByType } from "./needs";

export const EDGE_NEEDS: NeedsByType = {
  aws_acm_certificate: [
    [
      "acm",
      {
        actions:
          "RequestCertificate DescribeCertificate DeleteCertificate AddTagsToCertificate RemoveTagsFromCertificate ListTagsForCertificate",
        on: ({ arn }) => [arn("acm", "certificate/*")],
      },
    ],
  ],
  aws_acm_certificate_validation: [
    ["acm", { actions: "DescribeCertificate", on: ({ arn }) => [arn("acm", "certificate/*")] }],
  ],
  aws_cloudfront_cache_policy: [
    [
      "cloudfront",
      {
        actions: "CreateCachePolicy GetCachePolicy UpdateCachePolicy DeleteCachePolicy",
        on: ({ global }) => [global("cloudfront", "cache-policy/*")],
      },
    ],
  ],
  aws_cloudfront_distribution: [
    [
      "cloudfront",
      {
        actions: `CreateDistribution GetDistribution GetDistributionConfig UpdateDistribution DeleteDistribution ${TAGS}`,
        on: distributions,
      },
    ],
    // The distribution takes a web ACL and a version of each handler
    // (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html).
    [
      "wafv2",
      { actions: "GetWebACL", on: ({ arn, config }) => [arn("wafv2", `global/webacl/${config.name}-gateway/*`)] },
    ],
    [
      "lambda",
      {
        actions: "GetFunction EnableReplication* DisableReplication*",
        on: ({ arn, config }) =>
          [authFunctionName(config), bearerFunctionName(config), siteFunctionName(config)].map((name) =>
            arn("lambda", `function:${name}:*`),
          ),
      },
    ],
    [
      "iam",
      {
        actions: "CreateServiceLinkedRole",
        on: ({ global }) =>
          [
            "replicator.lambda.amazonaws.com/AWSServiceRoleForLambdaReplicator",
            "logger.cloudfront.amazonaws.com/AWSServiceRoleForCloudFrontLogger",
          ].map((role) => global("iam", `role/aws-service-role/${role}`)),
      },
    ],
  ],
  aws_cloudfront_function: [
    [
      "cloudfront",
      {
        actions: "CreateFunction DescribeFunction GetFunction UpdateFunction PublishFunction DeleteFunction",
        on: ({ global, config }) => [
          global("cloudfront", `function/${gateFunctionName(config)}`),
          global("cloudfront", `function/${apiGateFunctionName(config)}`),
          global("cloudfront", `function/${redirectFunctionName(config)}`),
        ],
      },
    ],
  ],
  aws_cloudfront_key_value_store: [
    [
      "cloudfront",
      {
        actions: "CreateKeyValueStore DescribeKeyValueStore UpdateKeyValueStore DeleteKeyValueStore",
        on: ({ global }) => [global("cloudfront", "key-value-store/*")],
      },
    ],
  ],
  aws_cloudfront_origin_access_control: [
    [
      "cloudfront",
      {
        actions: "CreateOriginAccessControl GetOriginAccessControl UpdateOriginAccessControl DeleteOriginAccessControl",
        on: ({ global }) => [global("cloudfront", "origin-access-control/*")],
      },
    ],
  ],
  aws_cloudfront_origin_request_policy: [
    [
      "cloudfront",
      {
        actions: "CreateOriginRequestPolicy GetOriginRequestPolicy UpdateOriginRequestPolicy DeleteOriginRequestPolicy",
        on: ({ global }) => [global("cloudfront", "origin-request-policy/*")],
      },
    ],
  ],
  aws_cloudfront_response_headers_policy: [
    [
      "cloudfront",
      {
        actions:
          "CreateResponseHeadersPolicy GetResponseHeadersPolicy UpdateResponseHeadersPolicy DeleteResponseHeadersPolicy",
        on: ({ global }) => [global("cloudfront", "response-headers-policy/*")],
      },
    ],
  ],
  // Names and actions: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
  aws_cloudfront_vpc_origin: [
    [
      "cloudfront",
      {
        actions: `CreateVpcOrigin GetVpcOrigin UpdateVpcOrigin DeleteVpcOrigin ${TAGS}`,
        on: ({ global }) => [global("cloudfront", "vpcorigin/*")],
      },
    ],
    [
      "ec2",
      {
        actions:
          "DescribeInstances DescribeInternetGateways DescribeNetworkInterfaces DescribeSecurityGroups DescribeSubnets DescribeVpcs",
        on: everything,
      },
    ],
    ["elasticloadbalancing", { actions: "DescribeListeners DescribeLoadBalancers", on: everything }],
    [
      "iam",
      {
        actions: "CreateServiceLinkedRole",
        on: ({ global }) => [
          global(
            "iam",
            "role/aws-service-role/vpcorigin.cloudfront.amazonaws.com/AWSServiceRoleForCloudFrontVPCOrigin",
          ),
        ],
      },
    ],
  ],
  aws_route53_record: [
    ["route53", { actions: "ChangeResourceRecordSets ListResourceRecordSets GetHostedZone", on: zones }],
    ["route53", { actions: "GetChange", on: () => ["arn:aws:route53:::change/*"] }],
  ],
  aws_wafv2_ip_set: [
    [
      "wafv2",
      {
        actions: `CreateIPSet GetIPSet UpdateIPSet DeleteIPSet ${TAGS}`,
        on: ({ arn, config }) => [arn("wafv2", `global/ipset/${config.name}-*/*`)],
      },
    ],
  ],
  aws_wafv2_web_acl: [
    [
      "wafv2",
      {
        actions: `CreateWebACL GetWebACL UpdateWebACL DeleteWebACL ${TAGS}`,
        on: ({ arn, config }) => [
          arn("wafv2", `global/webacl/${config.name}-gateway/*`),
          arn("wafv2", `global/ipset/${config.name}-*/*`),
          arn("wafv2", "global/managedruleset/*/*"),
        ],
      },
    ],
  ],
  aws_wafv2_web_acl_logging_configuration: [
    [
      "wafv2",
      {
        actions: "PutLoggingConfiguration GetLoggingConfiguration DeleteLoggingConfiguration",
        on: ({ arn, config }) => [arn("wafv2", `global/webacl/${config.name}-gateway/*`)],
      },
    ],
    // https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html#logging-cw-logs-permissions
    [
      "logs",
      {
        actions: "CreateLogDelivery DeleteLogDelivery PutResourcePolicy DescribeResourcePolicies DescribeLogGroups",
        on: everything,
      },
    ],
  ],
};

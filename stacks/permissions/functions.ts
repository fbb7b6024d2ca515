/** Permissions for the regional functions, with their roles, queues, topics and schedules. */
import { TAGS, functions, calledFunctions, rules, roles, queues, topics, everything, type NeedsByType } from "./needs";

export const FUNCTIONS_NEEDS: NeedsByType = {
  aws_cloudwatch_event_rule: { [`events:PutRule DescribeRule DeleteRule ${TAGS}`]: rules },
  aws_cloudwatch_event_target: { "events:PutTargets ListTargetsByRule RemoveTargets": rules },
  aws_iam_role: {
    "iam:CreateRole GetRole UpdateRole UpdateAssumeRolePolicy DeleteRole PassRole TagRole UntagRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole PutRolePermissionsBoundary DeleteRolePermissionsBoundary":
      roles,
  },
  aws_iam_role_policy: { "iam:PutRolePolicy GetRolePolicy DeleteRolePolicy": roles },
  aws_lambda_event_source_mapping: {
    "lambda:CreateEventSourceMapping": everything,
    "lambda:GetEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping TagResource UntagResource ListTags":
      ({ arn }) => [arn("lambda", "event-source-mapping:*")],
  },
  aws_lambda_function: {
    "lambda:CreateFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig UpdateFunctionCode UpdateFunctionConfiguration PublishVersion ListVersionsByFunction PutFunctionConcurrency DeleteFunctionConcurrency DeleteFunction TagResource UntagResource ListTags":
      functions,
  },
  // A policy that is too large for the gate's source; the function writes it into the store.
  aws_lambda_invocation: { "lambda:InvokeFunction": calledFunctions },
  aws_lambda_permission: { "lambda:AddPermission GetPolicy RemovePermission": calledFunctions },
  aws_sns_topic: { [`sns:CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic ${TAGS}`]: topics },
  aws_sns_topic_policy: { "sns:GetTopicAttributes SetTopicAttributes": topics },
  aws_sns_topic_subscription: {
    "sns:Subscribe GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe ListSubscriptionsByTopic": topics,
  },
  aws_sqs_queue: {
    "sqs:CreateQueue GetQueueAttributes SetQueueAttributes DeleteQueue TagQueue UntagQueue ListQueueTags": queues,
  },
  aws_sqs_queue_policy: { "sqs:GetQueueAttributes SetQueueAttributes": queues },
  aws_sqs_queue_redrive_allow_policy: { "sqs:GetQueueAttributes SetQueueAttributes": queues },
};

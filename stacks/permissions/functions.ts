/** Permissions for the regional functions, with their roles, queues, topics and schedules. */
import { TAGS, functions, calledFunctions, rules, roles, queues, topics, everything, type NeedsByType } from "./needs";

export const FUNCTIONS_NEEDS: NeedsByType = {
  aws_cloudwatch_event_rule: [["events", { actions: `PutRule DescribeRule DeleteRule ${TAGS}`, on: rules }]],
  aws_cloudwatch_event_target: [["events", { actions: "PutTargets ListTargetsByRule RemoveTargets", on: rules }]],
  aws_iam_role: [
    [
      "iam",
      {
        actions:
          "CreateRole GetRole UpdateRole UpdateAssumeRolePolicy DeleteRole PassRole TagRole UntagRole ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole PutRolePermissionsBoundary DeleteRolePermissionsBoundary",
        on: roles,
      },
    ],
  ],
  aws_iam_role_policy: [["iam", { actions: "PutRolePolicy GetRolePolicy DeleteRolePolicy", on: roles }]],
  aws_lambda_event_source_mapping: [
    ["lambda", { actions: "CreateEventSourceMapping", on: everything }],
    [
      "lambda",
      {
        actions:
          "GetEventSourceMapping UpdateEventSourceMapping DeleteEventSourceMapping TagResource UntagResource ListTags",
        on: ({ arn }) => [arn("lambda", "event-source-mapping:*")],
      },
    ],
  ],
  aws_lambda_function: [
    [
      "lambda",
      {
        actions:
          "CreateFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig UpdateFunctionCode UpdateFunctionConfiguration PublishVersion ListVersionsByFunction PutFunctionConcurrency DeleteFunctionConcurrency DeleteFunction TagResource UntagResource ListTags",
        on: functions,
      },
    ],
  ],
  // A policy that is too large for the gate's source; the function writes it into the store.
  aws_lambda_invocation: [["lambda", { actions: "InvokeFunction", on: calledFunctions }]],
  aws_lambda_permission: [["lambda", { actions: "AddPermission GetPolicy RemovePermission", on: calledFunctions }]],
  aws_sns_topic: [
    ["sns", { actions: `CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic ${TAGS}`, on: topics }],
  ],
  aws_sns_topic_policy: [["sns", { actions: "GetTopicAttributes SetTopicAttributes", on: topics }]],
  aws_sns_topic_subscription: [
    [
      "sns",
      {
        actions: "Subscribe GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe ListSubscriptionsByTopic",
        on: topics,
      },
    ],
  ],
  aws_sqs_queue: [
    [
      "sqs",
      {
        actions: "CreateQueue GetQueueAttributes SetQueueAttributes DeleteQueue TagQueue UntagQueue ListQueueTags",
        on: queues,
      },
    ],
  ],
  aws_sqs_queue_policy: [["sqs", { actions: "GetQueueAttributes SetQueueAttributes", on: queues }]],
  aws_sqs_queue_redrive_allow_policy: [["sqs", { actions: "GetQueueAttributes SetQueueAttributes", on: queues }]],
};

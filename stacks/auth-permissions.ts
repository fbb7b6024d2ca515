import type { Config } from "../config/schema";
import { SECURITY_EVENT_SOURCE } from "../session/security-event";
import { keyUse, type Statement } from "./iam";
import { revocationQueueName, revocationsTableName, sessionsTableName, signOutQueueName } from "./names";

/**
 * What the auth handler may do beside reading its settings and secrets: write sessions, read revocations, ask for
 * revocations and tell of security events. It runs anywhere; all of it is in us-east-1.
 *
 * Names instead of references, as in edge-function.ts: readable in the plan that creates them.
 */
export function authPermissions(config: Config): Statement[] {
  return [
    {
      Sid: "Sessions",
      Effect: "Allow",
      Action: [
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      Resource: `arn:aws:dynamodb:us-east-1:*:table/${sessionsTableName(config)}`,
    },
    {
      Sid: "Revocations",
      Effect: "Allow",
      Action: ["dynamodb:BatchGetItem", "dynamodb:GetItem"],
      Resource: `arn:aws:dynamodb:us-east-1:*:table/${revocationsTableName(config)}`,
    },
    {
      Sid: "Revoke",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: [revocationQueueName(config), signOutQueueName(config)].map(
        (queue) => `arn:aws:sqs:us-east-1:*:${queue}`,
      ),
    },
    {
      Sid: "SecurityEvents",
      Effect: "Allow",
      Action: "events:PutEvents",
      Resource: "arn:aws:events:us-east-1:*:event-bus/default",
      // Nothing in another's name (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html).
      Condition: { StringEquals: { "events:source": SECURITY_EVENT_SOURCE } },
    },
    ...keyUse(config, ["dynamodb", "secretsmanager", "sqs"]),
  ];
}

import type { Config } from "../config/schema";
import { IDP_SESSION_INDEX, SESSION_INDEX } from "../session/ledger";
import { SECURITY_EVENT_SOURCE } from "../session/security-event";
import { keyUse, type Statement } from "./iam";
import { revocationQueueName, revocationsTableName, sessionsTableName } from "./names";

/**
 * What the auth handler may do beside reading its settings and secrets: write sessions, read revocations, ask for revocations and
 * tell of security events. It runs anywhere; all of it is in us-east-1.
 *
 * Names instead of references, as in edge-function.ts: readable in the plan that creates them.
 */
export function authPermissions(config: Config): Statement[] {
  const sessions = `arn:aws:dynamodb:us-east-1:*:table/${sessionsTableName(config)}`;
  return [
    { Sid: "Sessions", Effect: "Allow", Action: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], Resource: sessions },
    { Sid: "SessionsBySid", Effect: "Allow", Action: "dynamodb:Query", Resource: [SESSION_INDEX, IDP_SESSION_INDEX].map((index) => `${sessions}/index/${index}`) },
    { Sid: "Revocations", Effect: "Allow", Action: "dynamodb:BatchGetItem", Resource: `arn:aws:dynamodb:us-east-1:*:table/${revocationsTableName(config)}` },
    { Sid: "Revoke", Effect: "Allow", Action: "sqs:SendMessage", Resource: `arn:aws:sqs:us-east-1:*:${revocationQueueName(config)}` },
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

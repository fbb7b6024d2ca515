import type { HookTarget } from "../config/hook-target";
import type { Config } from "../config/schema";
import { SECURITY_EVENT_SOURCE } from "../session/security-event";
import { clientAuthenticationPermissions } from "./client-authentication";
import { allow, keyUse, type Statement } from "./iam";
import { revocationQueueName, revocationsTableName, sessionsTableName, signOutQueueName } from "./names";

/**
 * Permissions of the auth handler besides reading its settings and secrets. It writes sessions, reads and requests
 * revocations, publishes security events, and calls the site's hooks. It also signs or gets assertions for the identity
 * providers that need them. The handler runs in any region; all these resources are in us-east-1.
 *
 * Names instead of references, as in edge-function.ts, keep the plan that creates them readable.
 */
export function authPermissions(config: Config): Statement[] {
  return [
    allow(
      "Sessions",
      [
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
      ],
      `arn:aws:dynamodb:us-east-1:*:table/${sessionsTableName(config)}`,
    ),
    allow(
      "Revocations",
      ["dynamodb:BatchGetItem", "dynamodb:GetItem"],
      `arn:aws:dynamodb:us-east-1:*:table/${revocationsTableName(config)}`,
    ),
    allow(
      "Revoke",
      "sqs:SendMessage",
      [revocationQueueName(config), signOutQueueName(config)].map((queue) => `arn:aws:sqs:us-east-1:*:${queue}`),
    ),
    // Only events from the gateway's own source
    // (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html).
    allow("SecurityEvents", "events:PutEvents", "arn:aws:events:us-east-1:*:event-bus/default", {
      StringEquals: { "events:source": SECURITY_EVENT_SOURCE },
    }),
    ...clientAuthenticationPermissions(config),
    ...invocation("SignInHook", config.signInHook),
    ...invocation("RequestHook", config.accessDenied?.requestHook),
    ...keyUse(config, ["dynamodb", "secretsmanager", "sqs"]),
  ];
}

function invocation(sid: string, hook: HookTarget | undefined): Statement[] {
  if (hook?.lambda === undefined) return [];
  return [allow(sid, "lambda:InvokeFunction", hook.lambda)];
}

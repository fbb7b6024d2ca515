/**
 * Names that people and other programs use: the sign-in settings name the secrets, the runbooks name the functions and
 * log groups. All other names are beside their resources.
 */
import { usesApi } from "../config/api-checks";
import type { Config } from "../config/schema";
import { clientSecretName as secretNameInSettings } from "../session/settings";

export function gateFunctionName(config: Config): string {
  return `${config.name}-gate`;
}

/** The gate of API behaviors. */
export function apiGateFunctionName(config: Config): string {
  return `${config.name}-gate-api`;
}

export function redirectFunctionName(config: Config): string {
  return `${config.name}-redirect`;
}

export function authFunctionName(config: Config): string {
  return `${config.name}-auth`;
}

/** The handler that verifies access tokens. */
export function bearerFunctionName(config: Config): string {
  return `${config.name}-bearer`;
}

export function siteFunctionName(config: Config): string {
  return `${config.name}-site`;
}

export function keyRotatorFunctionName(config: Config): string {
  return `${config.name}-key-rotator`;
}

export function revokerFunctionName(config: Config): string {
  return `${config.name}-revoker`;
}

/** The function that carries out the revocations in the queues. */
export function revocationConsumerFunctionName(config: Config): string {
  return `${config.name}-revocations`;
}

/** The function that copies audit events into the archive. */
export function archiverFunctionName(config: Config): string {
  return `${config.name}-archiver`;
}

/** The queue for revocations that must not wait. */
export function revocationQueueName(config: Config): string {
  return `${config.name}-revocations`;
}

/** The queue for revocations that can wait and be batched. */
export function signOutQueueName(config: Config): string {
  return `${config.name}-sign-outs`;
}

/** The dead-letter queue for messages that the revoker cannot carry out. */
export function deadRevocationQueueName(config: Config): string {
  return `${config.name}-revocations-dead`;
}

/** The dead-letter queue for messages of the topic that did not reach the queue. */
export function failedRevocationQueueName(config: Config): string {
  return `${config.name}-revocations-failed`;
}

/** The SNS topic for the customer's own automation. */
export function revocationTopicName(config: Config): string {
  return `${config.name}-revocations`;
}

export function sessionsTableName(config: Config): string {
  return `${config.name}-sessions`;
}

export function revocationsTableName(config: Config): string {
  return `${config.name}-revocations`;
}

export function sessionKeysSecretName(config: Config): string {
  return `edgegate/${config.name}/session-keys`;
}

/** The secret that servers behind the gateway read to recognize its requests. */
export function originSecretName(config: Config): string {
  return `edgegate/${config.name}/origin`;
}

/** The secret that servers behind the gateway read to verify its assertions. */
export function assertionKeysName(config: Config): string {
  return `edgegate/${config.name}/assertion`;
}

/** Names of identity providers' secrets begin with it. */
export function clientSecretPrefix(config: Config): string {
  return `edgegate/${config.name}/idp/`;
}

/** @param id of the identity provider in the config */
export function clientSecretName(config: Config, id: string): string {
  return secretNameInSettings({ clientSecretPrefix: clientSecretPrefix(config) }, id);
}

/** Lambda@Edge logs in the region where it runs, in a group that is prefixed by the function's home region. */
export function edgeLogGroupName(functionName: string): string {
  return `/aws/lambda/us-east-1.${functionName}`;
}

/**
 * The log groups that replicas make in their own regions. Those of the site handler and of the bearer handler are
 * included even if the config has none, because a removed one leaves its logs behind.
 */
export function replicaLogGroupNames(config: Config): string[] {
  const bearer = usesApi(config) ? [bearerFunctionName(config)] : [];
  return [authFunctionName(config), ...bearer, siteFunctionName(config)].map(edgeLogGroupName);
}

/**
 * AWS grants itself access to groups with this prefix; any other group adds to a resource policy of limited length
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html).
 */
export function accessLogGroupName(config: Config): string {
  return `/aws/vendedlogs/cloudfront/${config.name}`;
}

/** The trail of the store's calls, and the role that writes them. */
export function storeAccessName(config: Config): string {
  return `${config.name}-store-access`;
}

export function storeAccessLogGroupName(config: Config): string {
  return `/aws/cloudtrail/${storeAccessName(config)}`;
}

/** The log group of a function that runs in us-east-1 only. */
export function logGroupName(functionName: string): string {
  return `/aws/lambda/${functionName}`;
}

/** WAF requires the prefix: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html */
export function webAclLogGroupName(config: Config): string {
  return `aws-waf-logs-${config.name}`;
}

/**
 * Long enough to undo the deletion of a secret, short enough that its name is free again within a week. The name of a
 * throw-away stage is free immediately.
 */
export function secretRecoveryDays(config: Config): number {
  return config.deletionProtection ? 7 : 0;
}

/**
 * Names that people and other programs use: the sign-in settings name the secrets, the runbooks name the functions and
 * log groups. All other names are beside their resources.
 */
import { usesApi } from "../config/api-checks";
import type { Config } from "../config/schema";
import { clientSecretName as secretNameInSettings } from "../session/settings";

const named =
  (part: string) =>
  ({ name }: Config): string =>
    `${name}-${part}`;
const secret =
  (part: string) =>
  ({ name }: Config): string =>
    `edgegate/${name}/${part}`;

export const gateFunctionName = named("gate");
/** The gate of API behaviors. */
export const apiGateFunctionName = named("gate-api");
export const redirectFunctionName = named("redirect");
export const authFunctionName = named("auth");
/** The handler that verifies access tokens. */
export const bearerFunctionName = named("bearer");
export const siteFunctionName = named("site");
export const keyRotatorFunctionName = named("key-rotator");
export const revokerFunctionName = named("revoker");
/** The function that carries out the revocations in the queues. */
export const revocationConsumerFunctionName = named("revocations");
/** The function that copies audit events into the archive. */
export const archiverFunctionName = named("archiver");
/** The queue for revocations that must not wait. */
export const revocationQueueName = named("revocations");
/** The queue for revocations that can wait and be batched. */
export const signOutQueueName = named("sign-outs");
/** The dead-letter queue for messages that the revoker cannot carry out. */
export const deadRevocationQueueName = named("revocations-dead");
/** The dead-letter queue for messages of the topic that did not reach the queue. */
export const failedRevocationQueueName = named("revocations-failed");
/** The SNS topic for the customer's own automation. */
export const revocationTopicName = named("revocations");
export const sessionsTableName = named("sessions");
export const revocationsTableName = named("revocations");
export const sessionKeysSecretName = secret("session-keys");
/** What servers behind the gateway read, to know its requests. */
export const originSecretName = secret("origin");
/** What servers behind the gateway read, to verify its assertions. */
export const assertionKeysName = secret("assertion");
/** Names of identity providers' secrets begin with it. */
export const clientSecretPrefix = secret("idp/");

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
export const storeAccessName = named("store-access");

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

/**
 * Names that people and other programs look things up by: the sign-in settings name the secrets, the runbooks name the
 * functions and log groups. Names that nobody types stay where their resource is.
 */
import type { Config } from "../config/schema";

/** The gateway, where a name must be unique in the account. */
export function gateFunctionName(config: Config): string {
  return `${config.name}-gate`;
}

export function authFunctionName(config: Config): string {
  return `${config.name}-auth`;
}

export function keyRotatorFunctionName(config: Config): string {
  return `${config.name}-key-rotator`;
}

export function revokerFunctionName(config: Config): string {
  return `${config.name}-revoker`;
}

/** The function that carries out what comes by the queues. */
export function revocationConsumerFunctionName(config: Config): string {
  return `${config.name}-revocations`;
}

/** The queue for revocations that must not wait. */
export function revocationQueueName(config: Config): string {
  return `${config.name}-revocations`;
}

/** The queue for revocations that can wait and be batched. */
export function signOutQueueName(config: Config): string {
  return `${config.name}-sign-outs`;
}

/** Where messages end that the revoker cannot carry out. */
export function deadRevocationQueueName(config: Config): string {
  return `${config.name}-revocations-dead`;
}

/** Where messages of the topic end that did not reach the queue. */
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

/** @param id of the identity provider in the config */
export function clientSecretName(config: Config, id: string): string {
  return `edgegate/${config.name}/idp/${id}`;
}

/** Lambda@Edge logs in the region that ran it, in a group that is prefixed by the function's home region. */
export function edgeLogGroupName(functionName: string): string {
  return `/aws/lambda/us-east-1.${functionName}`;
}

/** Long enough to undo the deletion of a secret, short enough that its name is free again within a week. */
export const SECRET_RECOVERY_DAYS = 7;

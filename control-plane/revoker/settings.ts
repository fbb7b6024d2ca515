/** The revoker's environment, set by Terraform (stacks/revoker.ts). */
import { SHARD_COUNTS, type ShardCount } from "../../session/shard";
import { OperationError } from "../errors";

export interface Environment {
  keyValueStoreArn: string;
  sessionKeysSecretArn: string;
  sessionsTable: string;
  revocationsTable: string;
  queueUrl: string;
  deadQueueUrl: string;
}

export interface RevokerSettings {
  shardCount: ShardCount;
  /** Seconds from sign-in to the end of a session, whatever happens. */
  sessionLifetime: number;
  /** Seconds a token is good for. */
  tokenLifetime: number;
}

export function readEnvironment(): Environment {
  return {
    keyValueStoreArn: variable("KEY_VALUE_STORE_ARN"),
    sessionKeysSecretArn: variable("SESSION_KEYS_SECRET_ARN"),
    sessionsTable: variable("SESSIONS_TABLE"),
    revocationsTable: variable("REVOCATIONS_TABLE"),
    queueUrl: variable("QUEUE_URL"),
    deadQueueUrl: variable("DEAD_QUEUE_URL"),
  };
}

export function readSettings(): RevokerSettings {
  const shardCount = SHARD_COUNTS.find((count) => count === Number(variable("SHARD_COUNT")));
  if (shardCount === undefined) throw new OperationError(`SHARD_COUNT must be one of ${SHARD_COUNTS.join(", ")}`);
  return { shardCount, sessionLifetime: seconds("SESSION_SECONDS"), tokenLifetime: seconds("TOKEN_SECONDS") };
}

function seconds(name: string): number {
  const value = variable(name);
  if (!/^[0-9]{1,9}$/.test(value)) throw new OperationError(`the environment variable ${name} must be a whole number of seconds`);
  return Number(value);
}

function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new OperationError(`the environment variable ${name} is not set`);
  return value;
}

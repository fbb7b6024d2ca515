/** The revoker's environment, set by Terraform (stacks/revoker.ts). */
import { seconds, variable } from "../environment";

export interface Environment {
  keyValueStoreArn: string;
  sessionKeysSecretArn: string;
  sessionsTable: string;
  revocationsTable: string;
  deadQueueUrl: string;
}

export interface RevokerSettings {
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
    deadQueueUrl: variable("DEAD_QUEUE_URL"),
  };
}

export function readSettings(): RevokerSettings {
  return { sessionLifetime: seconds("SESSION_SECONDS"), tokenLifetime: seconds("TOKEN_SECONDS") };
}

import { seconds } from "../environment";

/** Set by Terraform (stacks/revoker.ts). */
export interface RevokerSettings {
  /** Maximum number of seconds from sign-in to the end of a session. */
  sessionLifetime: number;
  /** Seconds for which a token is valid. */
  tokenLifetime: number;
}

/** @throws OperationError that names a missing or invalid variable */
export function revokerSettings(): RevokerSettings {
  return { sessionLifetime: seconds("SESSION_SECONDS"), tokenLifetime: seconds("TOKEN_SECONDS") };
}

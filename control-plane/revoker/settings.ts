import { seconds } from "../environment";

/** Set by Terraform (stacks/revoker.ts). */
export interface RevokerSettings {
  /** Seconds from sign-in to the end of a session, whatever happens. */
  sessionLifetime: number;
  /** Seconds a token is good for. */
  tokenLifetime: number;
}

/** @throws OperationError that names the variable which is missing or wrong */
export function revokerSettings(): RevokerSettings {
  return { sessionLifetime: seconds("SESSION_SECONDS"), tokenLifetime: seconds("TOKEN_SECONDS") };
}

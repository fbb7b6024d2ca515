/**
 * An operation that cannot continue. The message contains no value of a secret or a record, so it may be logged and
 * shown.
 */
export class OperationError extends Error {
  override readonly name = "OperationError";
}

/**
 * Another writer has changed the store since it was read, or a response of the store was lost. Read it again and retry.
 */
export class StoreConflict extends Error {
  override readonly name = "StoreConflict";
}

/**
 * A description of any error that is safe to log: our own message, otherwise the error's name. AWS's messages can echo
 * the request.
 */
export function describeError(error: unknown): string {
  if (error instanceof OperationError) return error.message;
  const name = error instanceof Error ? error.name : "";
  return /^[A-Za-z]{1,64}$/.test(name) ? name : "unknown error";
}

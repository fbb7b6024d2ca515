/**
 * An operation that cannot go on. The message is ours and holds no value of a secret or a record, so it may be logged
 * and shown.
 */
export class OperationError extends Error {
  override readonly name = "OperationError";
}

/** Somebody else wrote to the store since it was read, or an answer of the store was lost. Worth reading again. */
export class StoreConflict extends Error {
  override readonly name = "StoreConflict";
}

/**
 * What may be said of any error: its own message where we wrote it, else its name. Messages of AWS can echo what was
 * sent.
 */
export function describeError(error: unknown): string {
  if (error instanceof OperationError) return error.message;
  const name = error instanceof Error ? error.name : "";
  return /^[A-Za-z]{1,64}$/.test(name) ? name : "unknown error";
}

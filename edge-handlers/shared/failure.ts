/** What goes wrong, as a code: the one thing that is logged of it. What callers are told is each handler's own. */

/** Failures that a handler meets in the code that all of them share. */
export type SharedFailureCode =
  | "bad_request"
  | "body_too_large"
  | "wrong_host"
  | "not_found"
  | "idp_unavailable"
  | "idp_answer_unreadable"
  | "idp_misconfigured"
  | "internal";

/** `detail` is for the log and only ever a code, never text from outside. */
export class Failure<Code extends string = SharedFailureCode> extends Error {
  override readonly name = "Failure";

  constructor(
    readonly code: NoInfer<Code>,
    readonly detail?: string,
  ) {
    super(code);
  }
}

/** A failure that another outcome hides, as one text of codes for the log. */
export function codesOf({ code, detail }: Failure<string>): string {
  return detail === undefined ? code : `${code} ${detail}`;
}

const CODE = /^[A-Za-z0-9_]{1,64}$/;

/**
 * What may be logged of an error: a machine-readable code, its own or its cause's, else the name of its class.
 * Messages are left out: libraries put tokens and URLs there.
 */
export function safeCode(error: unknown): string {
  // Libraries also put what they received there; only an error's own code is one that a program wrote.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  const candidates = [property(cause, "code"), property(error, "code"), property(error, "name")];
  return (
    candidates.find((candidate): candidate is string => typeof candidate === "string" && CODE.test(candidate)) ??
    "unknown"
  );
}

/** Any error as a failure; what nobody expected becomes `internal`, with the place in the bundle. */
export function asFailure<Code extends string>(error: unknown): Failure<Code | SharedFailureCode> {
  if (error instanceof Failure) return error;
  const place = error instanceof Error ? /\/index\.js:(\d+:\d+)/.exec(error.stack ?? "") : null;
  return new Failure("internal", safeCode(error) + (place ? ` at ${place[1]}` : ""));
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

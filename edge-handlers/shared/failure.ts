/** Failures as codes. Only the code is logged; each handler decides what to tell the caller. */

/** Failures that the code shared by all handlers can cause. */
export type SharedFailureCode =
  | "bad_request"
  | "body_too_large"
  | "wrong_host"
  | "not_found"
  | "idp_unavailable"
  | "idp_answer_unreadable"
  | "idp_misconfigured"
  | "ledger_unavailable"
  | "internal";

/** `detail` is for the log: always a code, never external text. */
export class Failure<Code extends string = SharedFailureCode> extends Error {
  override readonly name = "Failure";

  constructor(
    readonly code: NoInfer<Code>,
    readonly detail?: string,
  ) {
    super(code);
  }
}

/** A failure as codes for the log, to be added to another outcome. */
export function codesOf({ code, detail }: Failure<string>): string {
  return detail === undefined ? code : `${code} ${detail}`;
}

const CODE = /^[A-Za-z0-9_]{1,64}$/;

/**
 * The part of an error that may be logged: a machine-readable code of its cause or its own, else the name of its class.
 * Never the message, because libraries put tokens and URLs there.
 */
export function safeCode(error: unknown): string {
  // Libraries also use `cause` for what they received; only the code of an `Error` is certain to come from a program.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  const candidates = [property(cause, "code"), property(error, "code"), property(error, "name")];
  return (
    candidates.find((candidate): candidate is string => typeof candidate === "string" && CODE.test(candidate)) ??
    "unknown"
  );
}

/** Any error as a failure. Unexpected errors become `internal`, with their position in the bundle. */
export function asFailure<Code extends string>(error: unknown): Failure<Code | SharedFailureCode> {
  if (error instanceof Failure) return error;
  return new Failure("internal", safeCode(error) + placeOf(error));
}

/** The place in the bundle where an error was thrown: the first frame that is not Node's own. */
function placeOf(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  const frame = lines.find((line) => /^\s+at /.test(line) && !line.includes("node:"));
  const place = /\/main\.js:(\d+:\d+)\)?$/.exec(frame ?? "");
  return place ? ` at ${place[1]}` : "";
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

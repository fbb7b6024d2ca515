/** What the log learns of an error: codes that a program wrote, never text that somebody sent. */
import { asFailure, Failure, safeCode } from "../../../edge-handlers/shared/failure";

class OddError extends Error {
  constructor(
    readonly code: unknown,
    cause?: unknown,
  ) {
    super("text with a secret", { cause });
    this.name = "OddError";
  }
}

test.each<[string, unknown, string]>([
  ["an error's code", new OddError("ERR_ODD"), "ERR_ODD"],
  ["the code of its cause, which says more", new OddError("ERR_ODD", new OddError("ECONNREFUSED")), "ECONNREFUSED"],
  ["its class where the code is text", new OddError("secret=1 2"), "OddError"],
  ["its class where the code is no text", new OddError({ secret: 1 }), "OddError"],
  ["its own code where the cause is what somebody sent", new OddError("ERR_ODD", { code: "secret" }), "ERR_ODD"],
  ["nothing of a text", "secret", "unknown"],
  ["nothing of nothing", undefined, "unknown"],
])("%s", (_name, error, code) => {
  expect(safeCode(error)).toBe(code);
});

test("an unexpected error becomes an internal failure without its message", () => {
  const failure = asFailure(new OddError("ERR_ODD"));
  expect([failure.code, failure.detail]).toEqual(["internal", "ERR_ODD"]);
  expect(JSON.stringify(failure)).not.toContain("secret");
});

test("a failure stays what it is", () => {
  const failure = new Failure("not_found");
  expect(asFailure(failure)).toBe(failure);
});

/** Exit codes for scripts, and failures that say what is wrong and what to do. */

export const EXIT_CODES = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  notFound: 4,
  storeDiffers: 5,
  problemsFound: 6,
  accessDiffers: 7,
} as const;
export type Exit = keyof typeof EXIT_CODES;

/** For `--help`. */
export const EXIT_CODE_HELP: Record<Exit, string> = {
  done: "done",
  failed:
    "failed; stderr (stdout with --json) says what is wrong and what to do. check with a plan: it leaves a way around the gate",
  usage: "the command line or the config has a mistake; nothing was done",
  refused: "not confirmed; nothing was done",
  notFound: "no such user, session, stream, request, gateway or local edge",
  storeDiffers: "store check: the store does not match ledger and keys",
  problemsFound:
    "doctor, adopt: something is wrong; review: a risk is as severe as --fail-on says. The output says what",
  accessDiffers: "policy diff and replay with --exit-code: somebody gains or loses access",
};

/** A command that cannot continue. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";

  /**
   * @param message what is wrong, in one sentence without its full stop
   * @param hint what to do
   */
  constructor(
    readonly exit: Exclude<Exit, "done">,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** A mistake on the command line or in the config. */
export function usageFailure(message: string, hint?: string): CommandFailure {
  return new CommandFailure("usage", message, hint);
}

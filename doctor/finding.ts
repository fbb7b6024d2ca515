/** The result of a check, and what to do about it. */

/**
 * `ok`: correct. `warning`: works, but worth knowing. `problem`: people cannot sign in, or strangers could get in.
 * `skipped`: could not be checked.
 */
export type Status = "ok" | "warning" | "problem" | "skipped";

export interface Finding {
  /** The check, such as `issuer` or `redirect URI`. */
  check: string;
  status: Status;
  /** The observation. It may contain text from others, which the output must escape. */
  seen: string;
  /** What to do; always present for a problem. */
  fix?: string;
}

export type Findings = Finding | Finding[];

/** Makes the findings of one check. */
export function finder(check: string) {
  return {
    ok: (seen: string): Finding => ({ check, status: "ok", seen }),
    warning: (seen: string, fix?: string): Finding => ({ check, status: "warning", seen, ...(fix && { fix }) }),
    problem: (seen: string, fix: string): Finding => ({ check, status: "problem", seen, fix }),
    skipped: (seen: string, fix?: string): Finding => ({ check, status: "skipped", seen, ...(fix && { fix }) }),
  };
}

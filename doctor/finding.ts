/** What a check found out, and what to do about it. */

/**
 * `ok`: as it should be. `warning`: works, but worth knowing. `problem`: people cannot sign in, or somebody could get
 * in. `skipped`: could not be checked.
 */
export type Status = "ok" | "warning" | "problem" | "skipped";

export interface Finding {
  /** The check, such as `issuer` or `redirect URI`. */
  check: string;
  status: Status;
  /** What was seen. Texts of others in it are as they sent them; whoever shows it must escape them. */
  seen: string;
  /** What to do; always there for a problem. */
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

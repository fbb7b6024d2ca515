/** How long until the edge has what a command changed. */
import { duration, facts } from "./output";
import type { Gateway } from "./gateway";

/** Of `--json`, wherever sessions end. */
export interface TakesEffect {
  renewals: "at once";
  gate: "at once" | "within seconds";
  /** Seconds after which the last token is over, whatever the gate knows. */
  atTheLatest: number;
}

/**
 * CloudFront says "seconds" for a change of a store to reach the edges, and gives no bound. The local edge reads the
 * store itself.
 */
export function takesEffect({ config, isLocal }: Gateway): TakesEffect {
  return { renewals: "at once", gate: isLocal ? "at once" : "within seconds", atTheLatest: config.session.token };
}

export function takesEffectText({ renewals, gate, atTheLatest }: TakesEffect): string {
  const bound =
    gate === "at once"
      ? "for the local edge reads the store itself"
      : "as the store's change reaches the edges; AWS gives no bound";
  return (
    "When\n" +
    facts([
      [renewals, "no session that is void is renewed: the ledger is read before each renewal"],
      [gate, `the gate refuses its token, ${bound}`],
      [duration(atTheLatest), "is the longest that a token is good for, whatever else happens"],
    ])
  );
}

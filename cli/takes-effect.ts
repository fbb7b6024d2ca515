/** When the change that a command made takes effect. */
import { duration, facts } from "./output";
import type { Gateway } from "./gateway";

/** Members in the JSON of every command that ends sessions. */
export interface TakesEffect {
  renewals: "immediately";
  gate: "immediately" | "within seconds";
  /** Seconds after which the last token has expired, even if the gate has not learned of the revocation. */
  atTheLatest: number;
}

/**
 * CloudFront documents that a change of a store reaches the edges within seconds, without an upper limit. The local
 * edge reads the store directly.
 */
export function takesEffect({ config, isLocal }: Gateway): TakesEffect {
  return {
    renewals: "immediately",
    gate: isLocal ? "immediately" : "within seconds",
    atTheLatest: config.session.token,
  };
}

export function takesEffectText({ renewals, gate, atTheLatest }: TakesEffect): string {
  const bound =
    gate === "immediately"
      ? "because the local edge reads the store itself"
      : "as soon as the change reaches the edges; AWS gives no bound";
  return (
    "When\n" +
    facts([
      [renewals, "no revoked session can be renewed: the ledger is read before each renewal"],
      [gate, `the gate refuses revoked tokens, ${bound}`],
      [`after ${duration(atTheLatest)}`, "at the latest, every token of a revoked session has expired"],
    ])
  );
}

import { sha256 } from "../../../session/node-hash";
import type { RequestContext } from "../request-context";

export interface PushedOnce {
  /** Who pushed it and where to: an endpoint's tokens are no replay of another's. */
  sender: string;
  issuer: string;
  jti: string;
  /** Unix seconds until which a replay would be accepted otherwise. */
  until: number;
}

/**
 * Does what a pushed token asks for, unless its `jti` was taken before. It is taken last: where the queue or the ledger
 * fails in between, the sender's next attempt finds it untaken and nothing is lost. Two copies at one time, or an
 * attempt after a `take` that failed, ask for the same twice, which changes nothing: a revocation is recorded once.
 *
 * @returns false for a replay
 * @throws Failure `ledger_unavailable`, and what `act` throws
 */
export async function guardAgainstReplay(
  { ports }: RequestContext,
  { sender, issuer, jti, until }: PushedOnce,
  act: () => Promise<unknown>,
): Promise<boolean> {
  const hash = sha256([sender, issuer, jti].join("\n"));
  if (await ports.ledger.wasTaken(hash)) return false;
  await act();
  await ports.ledger.take(hash, until);
  return true;
}

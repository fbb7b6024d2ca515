import { sha256 } from "../../../session/node-hash";
import type { RequestContext } from "../request-context";

export interface ReceivedToken {
  /** Who pushed it, and to which endpoint: the same token at another endpoint is not a replay. */
  sender: string;
  issuer: string;
  jti: string;
  /** Unix seconds until which a replay would be accepted otherwise. */
  until: number;
}

/**
 * Carries out the actions of a security event token, unless its `jti` was recorded before. The `jti` is recorded last:
 * if the queue or the ledger fails before that, the sender's next attempt is not a replay and nothing is lost.
 * Concurrent copies, or an attempt after a failed `take`, send the same commands twice. That changes nothing, because a
 * revocation is recorded once.
 *
 * @returns false for a replay
 * @throws Failure `ledger_unavailable`, and what `act` throws
 */
export async function guardAgainstReplay(
  { ports }: RequestContext,
  { sender, issuer, jti, until }: ReceivedToken,
  act: () => Promise<unknown>,
): Promise<boolean> {
  const hash = sha256([sender, issuer, jti].join("\n"));
  if (await ports.ledger.wasTaken(hash)) return false;
  await act();
  await ports.ledger.take(hash, until);
  return true;
}

/** Sessions in the ledger of a fixture that began at sessions of the provider. */
import { randomBytes } from "node:crypto";
import { LEDGER_RETENTION, type LedgerSession } from "../../ledger/records";
import type { AuthEnvironment } from "./auth-fixture";
import { idpSessionOf } from "./session-tokens";

type Place = Pick<AuthEnvironment, "ledger" | "idp" | "clock">;

/**
 * An active session of alice, with whatever is in `changes`. @param idpSid the `sid` of the provider `main` that it
 * began at
 */
export function putSession(
  { ledger, idp, clock }: Place,
  idpSid: string,
  changes: Partial<LedgerSession> = {},
): Promise<LedgerSession> {
  const startedAt = clock.now() - 60;
  const sid = randomBytes(12).toString("base64url");
  const endsAt = changes.endsAt ?? clock.now() + 8 * 3600;
  return ledger.open({
    expiresAt: endsAt + LEDGER_RETENTION,
    sid,
    idpSession: idpSessionOf(idp.issuer, idpSid),
    email: "alice@example.com",
    startedAt,
    renewedAt: startedAt,
    ...changes,
  });
}

export function getSession(
  { ledger }: Place,
  of: Pick<LedgerSession, "uid" | "sid">,
): Promise<LedgerSession | undefined> {
  return ledger.session(of);
}

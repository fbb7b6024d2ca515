/**
 * Turns a service token into a session. The session is not in the ledger, because operators list and revoke the token
 * itself.
 */
import type { Session } from "../../../session/token";
import { codesOf } from "../../shared/failure";
import { SERVICE_TOKEN_IDP } from "../../../session/service-token";
import {
  ServiceTokenRefused,
  serviceTokenSession,
  verifyServiceToken,
  type ServiceTokenRefusalCode,
  type VerifiedServiceToken,
} from "../../shared/service-token";
import { asFailure } from "../failures";
import { addDetail, type RequestContext } from "../request-context";
import { keepUpWithLockdown } from "../session/lockdown";
import { ExchangeRefused, type ExchangeRefusal } from "./refusal";

const REFUSALS: Record<ServiceTokenRefusalCode, ExchangeRefusal> = {
  malformed: "malformed",
  unknown: "unknown",
  revoked: "revoked",
  expired: "time",
};

/**
 * The session of a service token, with all its scopes. Always reads the ledger: an edge token that is made from a
 * cached answer could outlive the revocation.
 *
 * @throws ExchangeRefused; Failure `ledger_unavailable`, `keys_unavailable`
 */
export async function sessionOfServiceToken(context: RequestContext, text: string): Promise<Session> {
  const { ports, now, note, settings } = context;
  const verified = await verify(context, text);
  const { id, endsAt } = verified.token;
  Object.assign(note, { uid: id, sid: id, idp: SERVICE_TOKEN_IDP });
  const day = new Date(now * 1000).toISOString().slice(0, 10);
  await Promise.all([
    keepUpWithLockdown(context, verified.status.revocations),
    // The note is only for operators, so a failure to write it must not fail the program.
    ports.ledger.noteUse(id, day, endsAt).catch((error) => addDetail(context, codesOf(asFailure(error)))),
  ]);
  return serviceTokenSession(verified, now, now + settings.session.token);
}

async function verify({ ports, now }: RequestContext, text: string): Promise<VerifiedServiceToken> {
  try {
    return await verifyServiceToken(text, (id) => ports.ledger.serviceToken(id), now);
  } catch (error) {
    if (!(error instanceof ServiceTokenRefused)) throw error;
    throw new ExchangeRefused(REFUSALS[error.code], `service_token ${error.code}`);
  }
}

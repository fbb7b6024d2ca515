/** `me`: what the gateway knows about the signed-in user. */
import { json } from "../../shared/responses";
import { readSession } from "../cookies/session";
import type { RequestContext } from "../request-context";
import { Failure } from "../failures";
import { renewIn } from "../session/next-renewal";
import { statusOf } from "../session/status";

export async function me(context: RequestContext): Promise<Response> {
  const signed = await readSession(context);
  if (!signed || !(context.now < signed.session.expiresAt)) throw new Failure("not_signed_in");
  const { uid, sid, idp, email, roles, claims, issuedAt, expiresAt } = signed.session;
  // The gate does not see requests to the gateway's own endpoints, so revocations are checked here.
  const ledgerStatus = await context.ports.ledger.status({ uid, sid });
  const status = statusOf(ledgerStatus, context);
  if (status !== "active") throw new Failure("not_signed_in", `session_${status}`);
  context.note.outcome = "told";
  const { generation, renewedAt } = ledgerStatus.session!;
  return json({
    user: uid,
    email,
    roles,
    claims,
    session: sid,
    idp,
    signed_in_at: issuedAt,
    expires_at: expiresAt,
    renew_in: renewIn(expiresAt - context.now, generation > 0 ? context.now - renewedAt : undefined),
  });
}

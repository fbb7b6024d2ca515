/** `me`: what the gateway knows about the signed-in user. */
import { json } from "../../shared/responses";
import { readSession } from "../cookies/session";
import type { RequestContext } from "../request-context";
import { Failure } from "../failures";
import { statusOf } from "../session/status";

export async function me(context: RequestContext): Promise<Response> {
  const signed = await readSession(context);
  if (!signed || !(context.now < signed.session.expiresAt)) throw new Failure("not_signed_in");
  const { uid, sid, idp, email, roles, claims, issuedAt, expiresAt } = signed.session;
  // The gate does not see requests to the gateway's own endpoints, so revocations are checked here.
  const status = statusOf(await context.ports.ledger.status({ uid, sid }), context);
  if (status !== "active") throw new Failure("not_signed_in", `session_${status}`);
  context.note.outcome = "told";
  return json({ user: uid, email, roles, claims, session: sid, idp, signed_in_at: issuedAt, expires_at: expiresAt });
}

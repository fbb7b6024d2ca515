/** `me`: what the gateway knows of the user who asks. */
import { json } from "../answers";
import { readSession } from "../cookies/session";
import type { Exchange } from "../exchange";
import { Failure } from "../failures";

export async function me(exchange: Exchange): Promise<Response> {
  const session = await readSession(exchange);
  if (!session || !(exchange.now < session.expiresAt)) throw new Failure("not_signed_in");
  const { uid, sid, idp, email, roles, claims, issuedAt, expiresAt } = session;
  exchange.note.outcome = "told";
  return json({ user: uid, email, roles, claims, session: sid, idp, signed_in_at: issuedAt, expires_at: expiresAt });
}

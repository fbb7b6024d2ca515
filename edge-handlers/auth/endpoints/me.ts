/** `me`: what the gateway knows of the user who asks. */
import { json } from "../answers";
import { readSession } from "../cookies/session";
import type { Exchange } from "../exchange";
import { Failure } from "../failures";
import { lifeOf } from "../standing";

export async function me(exchange: Exchange): Promise<Response> {
  const signed = await readSession(exchange);
  if (!signed || !(exchange.now < signed.session.expiresAt)) throw new Failure("not_signed_in");
  const { uid, sid, idp, email, roles, claims, issuedAt, expiresAt } = signed.session;
  // The gate, which knows of revocations, does not see requests to the gateway's own endpoints.
  const life = lifeOf(await exchange.ports.ledger.standing(uid, sid), exchange);
  if (life !== "living") throw new Failure("not_signed_in", `session_${life}`);
  exchange.note.outcome = "told";
  return json({ user: uid, email, roles, claims, session: sid, idp, signed_in_at: issuedAt, expires_at: expiresAt });
}

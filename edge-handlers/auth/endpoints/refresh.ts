/** `POST refresh`: renews the session for the scripts of a page, which a redirect to sign-in could not help. */
import { json } from "../answers";
import { readSession } from "../cookies/session";
import type { Exchange } from "../exchange";
import { Failure } from "../failures";
import { renewSession } from "../renew";

export async function refresh(exchange: Exchange): Promise<Response> {
  if (!isSameOrigin(exchange)) throw new Failure("cross_origin");
  const session = await readSession(exchange);
  const renewed = session && (await renewSession(exchange, session));
  if (!renewed) throw new Failure("not_renewed", exchange.note.detail);
  exchange.note.outcome = "renewed";
  return json({ expires_at: renewed.expiresAt });
}

/** Lax cookies also come with requests from other hosts of the same site: those are not asked to renew anything. */
function isSameOrigin({ request, url }: Exchange): boolean {
  const site = request.headers.get("sec-fetch-site");
  return site === null ? request.headers.get("origin") === url.origin : site === "same-origin";
}

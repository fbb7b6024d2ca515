/**
 * `POST events/<transmitter>`: security events that others push here (RFC 8935): CAEP, RISC.
 *
 * A 5xx means that the event was not taken and may be sent again; a 400, that sending it again changes nothing.
 */
import type { EventTransmitterSettings } from "../../../session/settings";
import { empty, json } from "../answers";
import { endIdpSession, endUser } from "../end-sessions";
import { namesOf, ordersIn, type Order } from "../events/orders";
import { EVENT_RETENTION, verifySecurityEventToken } from "../events/security-event-token";
import type { KnownIssuers } from "../events/subject";
import type { Exchange } from "../exchange";
import { Failure } from "../failures";
import { mediaType } from "../media-type";
import { Refused } from "../oidc/refused";
import { onlyOnce } from "../only-once";

export async function events(exchange: Exchange, id: string): Promise<Response> {
  const { eventTransmitters } = exchange.settings;
  const transmitter = Object.hasOwn(eventTransmitters, id) ? eventTransmitters[id] : undefined;
  if (!transmitter) throw new Failure("not_found");
  try {
    await take(exchange, id, transmitter);
    return empty(202);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    Object.assign(exchange.note, { outcome: "refused", detail: `${id}: ${error.codes}` });
    // https://www.rfc-editor.org/rfc/rfc8935#section-2.3
    return json(error.refusal, 400);
  }
}

async function take(exchange: Exchange, id: string, transmitter: EventTransmitterSettings): Promise<void> {
  const { request, now, note, identityProviders, settings } = exchange;
  if (mediaType(request) !== "application/secevent+jwt") throw new Refused("content_type");
  const { issuer, audience, jwksUri } = transmitter;
  const token = await verifySecurityEventToken(await request.text(), {
    issuer,
    audience,
    keys: identityProviders.keySet(jwksUri),
    now,
  });
  const orders = ordersIn(token, knownIssuers(settings.identityProviders, transmitter), now);
  Object.assign(note, { outcome: "ignored", detail: `${id}: ${namesOf(token)}` });
  if (orders.length === 0) return;
  const by = `event:${id}`;
  const carryOut = () => Promise.all(orders.map((order) => carriedOut(exchange, order, by)));
  const isNew = await onlyOnce(
    exchange,
    { sender: by, issuer, jti: token.jti, until: now + EVENT_RETENTION },
    carryOut,
  );
  // The answer to a replay is that to the first (RFC 8935 section 2): its sender may not have heard it.
  note.outcome = isNew ? "event_taken" : "replayed";
}

async function carriedOut(exchange: Exchange, order: Order, by: string): Promise<void> {
  const ending = { by, reason: order.reason };
  if ("session" in order) await endIdpSession(exchange, order.session, ending, true);
  else await endUser(exchange, order.uid, order.cutoff, ending);
}

function knownIssuers(
  providers: Exchange["settings"]["identityProviders"],
  { identityProvider }: EventTransmitterSettings,
): KnownIssuers {
  return {
    all: Object.values(providers).map(({ issuer }) => issuer),
    ofOpaque:
      identityProvider === undefined || !Object.hasOwn(providers, identityProvider)
        ? undefined
        : providers[identityProvider]!.issuer,
  };
}

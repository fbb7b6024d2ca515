/**
 * `POST events/<transmitter>`: receives security events (CAEP, RISC) by push (RFC 8935).
 *
 * A 5xx means that the event was not accepted and may be sent again. A 400 means that sending it again changes nothing.
 */
import { issuersOf } from "../../../identity/user";
import type { EventTransmitterSettings } from "../../../session/settings";
import { empty, json } from "../../shared/responses";
import { endIdpSession, endUser } from "../security-events/end-sessions";
import { namesOf, revocationActionsIn, type RevocationAction } from "../security-events/revocation-actions";
import { EVENT_RETENTION, verifySecurityEventToken } from "../security-events/security-event-token";
import type { KnownIssuers } from "../security-events/subject";
import type { RequestContext } from "../request-context";
import { Failure } from "../failures";
import { mediaType } from "../media-type";
import { Refused } from "../oidc/refused";
import { guardAgainstReplay } from "../security-events/replay-guard";
import { recordVerification } from "../security-events/verification";

export async function events(context: RequestContext, id: string): Promise<Response> {
  const { eventTransmitters } = context.settings;
  const transmitter = Object.hasOwn(eventTransmitters, id) ? eventTransmitters[id] : undefined;
  if (!transmitter) throw new Failure("not_found");
  try {
    await take(context, id, transmitter);
    return empty(202);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    Object.assign(context.note, { outcome: "refused", detail: `${id}: ${error.codes}` });
    // https://www.rfc-editor.org/rfc/rfc8935#section-2.3
    return json(error.refusal, 400);
  }
}

async function take(context: RequestContext, id: string, transmitter: EventTransmitterSettings): Promise<void> {
  const { request, now, note, identityProviders, settings } = context;
  if (mediaType(request) !== "application/secevent+jwt") throw new Refused("content_type");
  const { issuer, audience, jwksUri } = transmitter;
  const token = await verifySecurityEventToken(await request.text(), {
    issuer,
    audience,
    keys: identityProviders.keySet(jwksUri),
    now,
  });
  const actions = revocationActionsIn(
    token,
    knownIssuers(settings.identityProviders, transmitter),
    transmitter.on,
    now,
  );
  const isVerified = await recordVerification(context, id, token);
  Object.assign(note, { outcome: isVerified ? "verified" : "ignored", detail: `${id}: ${namesOf(token)}` });
  if (actions.length === 0) return;
  const by = `event:${id}`;
  const carryOut = () => Promise.all(actions.map((action) => carriedOut(context, action, by)));
  const isNew = await guardAgainstReplay(
    context,
    { sender: by, issuer, jti: token.jti, until: now + EVENT_RETENTION },
    carryOut,
  );
  // A replay gets the same answer as the first delivery (RFC 8935 section 2), because that answer may have been lost.
  note.outcome = isNew ? "event_taken" : "replayed";
}

async function carriedOut(context: RequestContext, action: RevocationAction, by: string): Promise<void> {
  const ending = { by, reason: action.reason };
  if ("session" in action) await endIdpSession(context, action.session, ending, true);
  else await endUser(context, action.uid, action.cutoff, ending);
}

function knownIssuers(
  providers: RequestContext["settings"]["identityProviders"],
  { identityProvider }: EventTransmitterSettings,
): KnownIssuers {
  return {
    all: Object.values(providers).flatMap(issuersOf),
    ofOpaque:
      identityProvider === undefined || !Object.hasOwn(providers, identityProvider)
        ? undefined
        : providers[identityProvider]!.issuer,
  };
}

/**
 * `POST backchannel-logout/<idp>`: the identity provider reports that it signed a user out
 * (https://openid.net/specs/openid-connect-backchannel-1_0.html).
 */
import { sha256 } from "../../../session/node-hash";
import { userId } from "../../../session/token";
import { empty, json } from "../../shared/responses";
import { endIdpSession, endUser } from "../security-events/end-sessions";
import { identityProviderOf, type RequestContext } from "../request-context";
import { Failure } from "../failures";
import { mediaType } from "../media-type";
import { verifyLogoutToken, type LogoutToken } from "../security-events/logout-token";
import { Refused } from "../oidc/refused";
import { relyingParty } from "../oidc/relying-party";
import { guardAgainstReplay } from "../security-events/replay-guard";

export async function backchannelLogout(context: RequestContext, idp: string): Promise<Response> {
  const { settings, note } = context;
  if (!identityProviderOf(settings, idp)) throw new Failure("not_found");
  note.idp = idp;
  try {
    await signOut(context, idp, await readForm(context.request));
    return empty(200);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    Object.assign(note, { outcome: "refused", detail: error.codes });
    // https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse
    return json({ error: "invalid_request", error_description: error.refusal.description }, 400);
  }
}

/** Ignores unknown parameters. */
async function readForm(request: Request): Promise<string> {
  if (mediaType(request) !== "application/x-www-form-urlencoded") throw new Refused("content_type");
  const [token, ...others] = new URLSearchParams(await request.text()).getAll("logout_token");
  if (!token || others.length > 0) throw new Refused("no_token");
  return token;
}

async function signOut(context: RequestContext, idp: string, token: string): Promise<void> {
  const { note, now, identityProviders } = context;
  const {
    server,
    settings: { issuer, clientId, signingAlgorithms: algorithms },
  } = await relyingParty(context, idp);
  const keys = identityProviders.keySet(server.jwks_uri!);
  const logout = await verifyLogoutToken(token, { issuer, audience: clientId, keys, algorithms, now });
  const sender = `backchannel-logout:${idp}`;
  const isNew = await guardAgainstReplay(context, { sender, issuer, jti: logout.jti, until: logout.usableUntil }, () =>
    end(context, issuer, logout, sender),
  );
  if (!isNew) throw new Refused("replayed");
  note.outcome = "signed_out";
}

/** If the token names no provider session, ends all sessions of the user that began by the time it was issued. */
async function end(
  context: RequestContext,
  issuer: string,
  { sub, sid, issuedAt }: LogoutToken,
  by: string,
): Promise<void> {
  const ending = { by, reason: "The identity provider signed the user out." };
  const uid = sub === undefined ? undefined : userId(sha256, issuer, sub);
  if (sid !== undefined) await endIdpSession(context, { issuer, sid, uid }, ending, true);
  else if (uid !== undefined) await endUser(context, uid, Math.min(issuedAt, context.now), ending);
}

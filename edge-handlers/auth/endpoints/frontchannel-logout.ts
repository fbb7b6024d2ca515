/**
 * `frontchannel-logout/<idp>?iss=…&sid=…`: the identity provider loads it in a hidden frame when it has signed a user
 * out (https://openid.net/specs/openid-connect-frontchannel-1_0.html).
 *
 * Lax cookies do not come along into a frame of another site, so nothing is read from the browser or cleared in it: the
 * sessions of the provider's session are revoked on this side. That does not depend on the frame being shown, although
 * it may be: browsers go by `frame-ancestors`, not by the `X-Frame-Options` that the distribution adds. Nothing is
 * signed here: what makes a request genuine is that it knows a `sid`, and all that it can do is end that session.
 */
import { framed } from "../../shared/responses";
import { endIdpSession } from "../pushed/end-sessions";
import { identityProviderOf, type RequestContext } from "../request-context";
import { Failure } from "../failures";

export async function frontchannelLogout(context: RequestContext, idp: string): Promise<Response> {
  const { settings, url, note } = context;
  const provider = identityProviderOf(settings, idp);
  if (!provider) throw new Failure("not_found");
  note.idp = idp;
  const [issuers, sids] = [url.searchParams.getAll("iss"), url.searchParams.getAll("sid")];
  const [sid] = sids;
  if (issuers.length !== 1 || issuers[0] !== provider.issuer || sids.length !== 1 || !sid)
    throw new Failure("bad_request");
  const ending = { by: `frontchannel-logout:${idp}`, reason: "The identity provider signed the user out." };
  const ended = await endIdpSession(context, { issuer: provider.issuer, sid }, ending, false);
  note.outcome = ended > 0 ? "signed_out" : "no_session";
  return framed("Signed out", new URL(provider.issuer).origin);
}
